"""The main job, end to end: a websocket server, the program, its store, its answers."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.feeds.servers import Server, serving
from tests.program import agentwatch, ended, start

SPAN_FIELDS = [
    "trace_id",
    "span_id",
    "parent_span_id",
    "agent",
    "agent_claimed_id",
    "agent_version",
    "conversation_id",
    "operation",
    "name",
    "state",
    "start_ns",
    "end_ns",
    "duration_ns",
    "provider",
    "model",
    "tool",
    "data_source",
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_creation_tokens",
    "reasoning_tokens",
    "cost_usd_micros",
    "cost_source",
    "error_type",
    "dialect",
    "feed",
    "received_ns",
    "attributes",
]
STATS_FIELDS = [
    "frames",
    "frames_stored",
    "frames_empty",
    "frames_rejected",
    "frames_dropped",
    "spans",
    "spans_new",
    "spans_duplicate",
    "spans_rejected",
    "logs",
    "metrics",
    "gaps",
    "commits",
    "wall_s",
    "cpu_s",
    "max_rss_bytes",
]


def documents(shared_data: Path) -> list[str]:
    found: list[str] = []
    for path in sorted(shared_data.glob("*/*.jsonl")):
        found += path.read_text().splitlines()
    return found


def span_keys(frames: list[str]) -> set[tuple[str, str]]:
    """Return (trace, span) as the documents themselves tell them, without our decoder."""
    keys = set()
    for frame in frames:
        for resource in json.loads(frame).get("resourceSpans", []):
            for scope in resource["scopeSpans"]:
                for span in scope["spans"]:
                    pending = any(
                        attribute["key"] == "logfire.span_type"
                        and attribute["value"].get("stringValue") == "pending_span"
                        for attribute in span.get("attributes", [])
                    )
                    own = span["parentSpanId"] if pending else span["spanId"]
                    keys.add((span["traceId"].lower(), own.lower()))
    return keys


def adds_up(stats: dict[str, Any]) -> bool:
    kinds = ("frames_stored", "frames_empty", "frames_rejected", "frames_dropped")
    spans = ("spans_new", "spans_duplicate", "spans_rejected")
    return bool(
        stats["frames"] == sum(stats[kind] for kind in kinds)
        and stats["spans"] == sum(stats[kind] for kind in spans)
    )


@pytest.mark.parametrize(
    ("times", "cut_every"), [(1, None), (2, None), (1, 50)], ids=["once", "twice", "cut"]
)
async def test_every_span_of_the_corpora_is_stored_once(
    shared_data: Path, tmp_path: Path, times: int, cut_every: int | None
) -> None:
    frames = documents(shared_data)
    store = tmp_path / "s" / "s.db"
    server = Server(frames * times, demand_origin=True, cut_every=cut_every)
    async with serving(server):
        done = await agentwatch(
            "--store", store, "record", "--feed", server.url(), "--until-idle", 2, "--stats-json",
            home=tmp_path,
        )  # fmt: skip
    assert (done.code, done.err) == (0, "")
    stats = json.loads(done.out)
    assert list(stats) == STATS_FIELDS
    assert adds_up(stats)
    assert stats["frames_stored"] == len(frames) * times
    assert stats["gaps"] == (0 if cut_every is None else (len(frames) - 1) // cut_every)
    rows = (await agentwatch("--store", store, "query", "spans", home=tmp_path)).rows
    assert all(list(row) == SPAN_FIELDS for row in rows)
    stored = [(row["trace_id"], row["span_id"]) for row in rows]
    assert len(stored) == len(set(stored)) == stats["spans_new"]
    assert set(stored) == span_keys(frames)
    order = [row["received_ns"] for row in rows]
    assert order == sorted(order, reverse=True)
    assert (await agentwatch("--store", store, "store", "check", home=tmp_path)).code == 0


async def test_what_is_malformed_is_counted_by_its_reason_and_the_feed_lives_on(
    shared_data: Path, tmp_path: Path
) -> None:
    suite = shared_data / "bad_input" / "JSONTestSuite"
    bad = sorted(path.read_bytes() for path in suite.glob("n_*.json"))
    no_otlp = sorted(path.read_bytes() for path in suite.glob("y_*.json"))
    good = documents(shared_data)[:3]
    frames: list[str | bytes] = [*bad, *no_otlp, '{"hello":1}', "", *good]
    store = tmp_path / "s" / "s.db"
    async with serving(Server(frames)) as server:
        done = await agentwatch(
            "--store", store, "record", "--feed", server.url(), "--until-idle", 1, "--stats-json",
            home=tmp_path,
        )  # fmt: skip
    stats = json.loads(done.out)
    assert adds_up(stats)
    assert stats["frames"] == len(frames)
    assert stats["frames_rejected"] == len(bad) + 1
    assert (stats["frames_empty"], stats["frames_stored"]) == (len(no_otlp) + 1, 3)
    connection = sqlite3.connect(store)
    reasons = json.loads(connection.execute("SELECT rejections FROM feeds").fetchone()[0])
    connection.close()
    assert sum(reasons.values()) == len(bad) + 1
    assert set(reasons) <= {"bad_json", "not_utf8", "too_deep"}
    (feed,) = (await agentwatch("--store", store, "query", "feeds", home=tmp_path)).rows
    assert feed["frames_rejected"] == len(bad) + 1


async def test_sigterm_stores_what_was_received(shared_data: Path, tmp_path: Path) -> None:
    frames = documents(shared_data)
    store = tmp_path / "s" / "s.db"
    async with serving(Server(frames)) as server:
        process = await start(
            "--store", store, "record", "--feed", server.url(), "--stats-json", home=tmp_path
        )
        while server.sent < len(frames):
            await asyncio.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        done = await ended(process)
    assert (done.code, done.err) == (0, "")
    stats = json.loads(done.out)
    assert adds_up(stats)
    rows = (await agentwatch("--store", store, "query", "spans", home=tmp_path)).rows
    assert len(rows) == stats["spans_new"]
    (feed,) = (await agentwatch("--store", store, "query", "feeds", home=tmp_path)).rows
    assert (feed["state"], feed["frames"]) == ("closed", stats["frames"])


async def test_a_killed_recorder_leaves_whole_batches_and_the_next_one_goes_on(
    shared_data: Path, tmp_path: Path
) -> None:
    frames = documents(shared_data)
    store = tmp_path / "s" / "s.db"
    for stop_at in (40, 160, 320):
        async with serving(Server(frames, pause_s=0.002)) as server:
            process = await start("--store", store, "record", "--feed", server.url(), home=tmp_path)
            while server.sent < stop_at:
                await asyncio.sleep(0.001)
            process.kill()
            await process.wait()
        connection = sqlite3.connect(store)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()
    async with serving(Server(frames)) as server:
        await agentwatch(
            "--store", store, "record", "--feed", server.url(), "--until-idle", 1, home=tmp_path
        )
    rows = (await agentwatch("--store", store, "query", "spans", home=tmp_path)).rows
    assert {(row["trace_id"], row["span_id"]) for row in rows} == span_keys(frames)
    assert len(rows) == len(span_keys(frames))


async def test_several_feeds_of_a_configuration_and_a_witness(
    shared_data: Path, tmp_path: Path
) -> None:
    frames = documents(shared_data)
    config, store = tmp_path / "config.toml", tmp_path / "s" / "s.db"
    witnessed = """{"resourceLogs":[{"resource":{},"scopeLogs":[{"logRecords":[{"timeUnixNano":
        "1790000000000000000","attributes":[
        {"key":"agentwatch.point","value":{"stringValue":"gateway-1"}},
        {"key":"enduser.id","value":{"stringValue":"client:abc"}},
        {"key":"http.response.status_code","value":{"intValue":"403"}}]}]}]}]}"""
    async with serving(Server(frames[:20])) as one, serving(Server([witnessed])) as two:
        config.write_text(
            f'[[feed]]\nname = "agents"\nurl = "{one.url()}"\n'
            f'[[feed]]\nname = "gateway"\nurl = "{two.url()}"\nkind = "witness"\n'
        )
        done = await agentwatch(
            "--store", store, "--config", config, "record", "--until-idle", 1, home=tmp_path
        )
    assert done.code == 0
    rows = (await agentwatch("--store", store, "query", "feeds", home=tmp_path)).rows
    assert {row["feed"]: row["frames"] for row in rows} == {"agents": 20, "gateway": 1}
    connection = sqlite3.connect(store)
    kinds = dict(connection.execute("SELECT name, kind FROM feeds"))
    event = connection.execute(
        "SELECT e.kind FROM events e JOIN feeds f ON f.id = e.feed_id WHERE f.name = 'gateway'"
    ).fetchall()
    connection.close()
    assert kinds == {"agents": "agents", "gateway": "witness"}
    assert event == [("witnessed",)]


async def test_a_bad_configuration_at_sighup_keeps_the_last_good_one(tmp_path: Path) -> None:
    store, config = tmp_path / "s" / "s.db", tmp_path / "config.toml"
    async with serving(Server()) as server:
        good = f'[[feed]]\nname = "f"\nurl = "{server.url()}"\n'
        config.write_text(good)
        process = await start(
            "--store", store, "--config", config, "record", "--stats-json", home=tmp_path
        )
        while not server.answered:
            await asyncio.sleep(0.01)
        config.write_text(good + "retain = 3\n")
        process.send_signal(signal.SIGHUP)
        assert process.stderr is not None
        complaint = (await process.stderr.readline()).decode()
        config.write_text(good)
        process.send_signal(signal.SIGHUP)
        process.send_signal(signal.SIGTERM)
        done = await ended(process)
    assert "unknown key 'feed.retain'" in complaint
    assert "The last good configuration stays." in complaint
    assert (done.code, done.err) == (0, "")


async def test_a_second_recorder_is_refused_with_the_first_ones_pid(tmp_path: Path) -> None:
    store = tmp_path / "s" / "s.db"
    async with serving(Server()) as server:
        first = await start("--store", store, "record", "--feed", server.url(), home=tmp_path)
        while not server.answered:
            await asyncio.sleep(0.01)
        second = await agentwatch("--store", store, "record", "--feed", server.url(), home=tmp_path)
        first.terminate()
        await ended(first)
    assert second.code == 2
    assert second.err == (
        f"agentwatch: A recorder (pid {first.pid}) already serves {store}; stop it first.\n"
    )


async def test_exit_codes_of_a_recorder(tmp_path: Path) -> None:
    recording = tmp_path / "r.jsonl"
    recording.write_text('{"resourceSpans":[]}\n')
    store = tmp_path / "s" / "s.db"

    async def record(*arguments: object) -> tuple[int, str]:
        done = await agentwatch("--store", store, "record", *arguments, home=tmp_path)
        return done.code, done.err

    assert await record("--feed", f"replay:{recording}?speed=0") == (0, "")
    async with serving(Server(status=401)) as refusing:
        code, said = await record("--feed", refusing.url())
        assert code == 2
        assert "refused us (HTTP 401)" in said
    async with serving(Server()) as silent:
        assert (await record("--feed", silent.url(), "--duration", "1")) == (0, "")
    assert (await record("--feed", "replay:nowhere"))[0] == 2
    assert (await record("--feed", "http://x"))[0] == 2
    assert (await record())[0] == 2


@pytest.mark.long
async def test_silence_from_the_first_moment_ends_with_four(tmp_path: Path) -> None:
    async with serving(Server()) as silent:
        done = await agentwatch(
            "--store", tmp_path / "s" / "s.db", "record", "--feed", silent.url(),
            "--until-idle", "1", "--stats-json", home=tmp_path,
        )  # fmt: skip
    assert done.code == 4
    assert json.loads(done.out)["frames"] == 0
    assert "No frame came" in done.err


async def test_secrets_never_reach_the_disk(tmp_path: Path) -> None:
    secret = "AKIA" + "IOSFODNN7EXAMPLQ"
    span = {
        "traceId": "ab" * 16, "spanId": "cd" * 8, "name": f"deploy with {secret}",
        "startTimeUnixNano": "1790000000000000000", "endTimeUnixNano": "1790000001000000000",
        "attributes": [
            {"key": "input.value", "value": {"stringValue": f"use {secret} " + "x" * 500}}
        ],
    }  # fmt: skip
    frame = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]})
    for enabled in (True, False):
        folder = tmp_path / str(enabled)
        store, config = folder / "s.db", tmp_path / "config.toml"
        async with serving(Server([frame])) as server:
            config.write_text(
                f'[[feed]]\nname = "f"\nurl = "{server.url()}"\n'
                f"[redact]\nenabled = {str(enabled).lower()}\n"
            )
            await agentwatch(
                "--store", store, "--config", config, "record", "--until-idle", 1, home=tmp_path
            )
        on_disk = b"".join(path.read_bytes() for path in folder.iterdir())
        assert (secret.encode() in on_disk) is not enabled
        assert re.search(rb"\[redacted:", on_disk) is not None or not enabled


async def test_files_are_private_whatever_the_umask(tmp_path: Path) -> None:
    store = tmp_path / "s" / "s.db"
    before = os.umask(0)
    try:
        async with serving(Server()) as server:
            process = await start("--store", store, "record", "--feed", server.url(), home=tmp_path)
            while not server.answered:
                await asyncio.sleep(0.01)
            modes = {path.name: path.stat().st_mode & 0o777 for path in store.parent.iterdir()}
            folder = store.parent.stat().st_mode & 0o777
            process.terminate()
            await ended(process)
    finally:
        os.umask(before)
    assert folder == 0o700
    assert {"s.db", "s.db-wal", "s.db-shm"} <= set(modes)
    assert set(modes.values()) == {0o600}
