"""Hostile text through a real recorder and every command: no byte of it reaches a terminal.

tests/test_terminal.py is the positive control: it shows that `leaks` would see each of them.
"""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from tests.decode.wires import START_NS, pairs
from tests.program import Ended, agentwatch, ended, environment, start
from tests.terminal import HOSTILE, MARKUP, leaks

SPANS_A_FRAME = 40
TABLES = ("spans", "runs", "agents", "feeds")
ESCAPE = "\x1b]0;owned\x07\x9b31m\u202e\u200b"


def texts(shared_data: Path) -> list[str]:
    """Return every hostile text: ours, the naughty strings, the JSON test suite as strings."""
    bad = shared_data / "bad_input"
    naughty = json.loads((bad / "blns" / "blns_first_half.json").read_bytes())
    suite = sorted((bad / "JSONTestSuite").glob("*.json"))
    found = [*HOSTILE, *MARKUP, *naughty]
    found += [path.read_bytes()[:2000].decode("latin-1") for path in suite]
    found += [f"agent {ESCAPE}"] * 5  # fails often enough to be told of
    assert len(naughty) > 200
    assert len(suite) > 250
    return found


def span(number: int, text: str) -> dict[str, Any]:
    """Return a span that carries the text wherever a text can stand."""
    told = {
        "gen_ai.operation.name": "execute_tool", "gen_ai.agent.name": text,
        "gen_ai.tool.name": text, "gen_ai.agent.description": text,
        "gen_ai.provider.name": text, "gen_ai.request.model": text, "gen_ai.response.model": text,
        "gen_ai.conversation.id": text, "gen_ai.data_source.id": text, "gen_ai.agent.id": text,
        "gen_ai.agent.version": text, "error.type": text, "agentwatch.task.id": text,
        "long": text * 200, text: [text, {text: text}],
    }  # fmt: skip
    return {
        "traceId": f"{number + 1:032x}", "spanId": f"{number + 1:016x}", "name": text,
        "startTimeUnixNano": str(START_NS), "endTimeUnixNano": str(START_NS + 5),
        "status": {"code": 2, "message": text}, "attributes": pairs(told),
        "events": [{"name": text, "timeUnixNano": str(START_NS), "attributes": pairs({"x": text})}],
    }  # fmt: skip


def frames(told: list[str]) -> Iterator[str]:
    """Yield documents of some spans each, of a process whose own name is hostile too."""
    for at in range(0, len(told), SPANS_A_FRAME):
        part = told[at : at + SPANS_A_FRAME]
        resource = {"service.name": part[0], "service.version": part[-1], "host.name": part[0]}
        spans = [span(at + number, text) for number, text in enumerate(part)]
        logs = [
            {
                "timeUnixNano": str(START_NS),
                "eventName": text,
                "traceId": f"{at + number + 1:032x}",
                "body": {"stringValue": text},
                "attributes": pairs({"agentwatch.waiting.for": text, text: text}),
            }
            for number, text in enumerate(part)
        ]
        group = {"resource": {"attributes": pairs(resource)}}
        yield json.dumps(
            {
                "resourceSpans": [group | {"scopeSpans": [{"spans": spans}]}],
                "resourceLogs": [group | {"scopeLogs": [{"logRecords": logs}]}],
            }
        )


def clean(done: Ended) -> Ended:
    """Return the run of a command after looking at each character of its two streams."""
    assert leaks(done.out) == []
    assert leaks(done.err) == []
    assert "Traceback" not in done.err
    return done


async def record_hostile(store: Path, home: Path, told: list[str]) -> tuple[Ended, Ended]:
    """Record every text while the plain console watches; return what each of the two said."""
    config = home / "config.toml"
    waiting = list(frames(told))

    async def handle(client: ServerConnection) -> None:
        while waiting:
            await client.send(waiting.pop(0))
            await asyncio.sleep(0.12)
            if len(waiting) == 10:
                await client.close(4000, "bye \x1b]0;x\x07\u202e\x9b")
                return
        await client.wait_closed()

    async with serve(handle, "127.0.0.1", 0, ping_interval=None) as server:
        port = server.sockets[0].getsockname()[1]
        name = json.dumps(f"feed {ESCAPE}")  # a JSON string is a TOML string
        config.write_text(f'[[feed]]\nname = {name}\nurl = "ws://127.0.0.1:{port}/"\n')
        watcher = await start(
            "--store", store, "--config", config, "--read-only", "--plain", home=home
        )
        recorder = await agentwatch(
            "--store", store, "--config", config, "record", "--until-idle", 1.5, "--stats-json",
            home=home,
        )  # fmt: skip
        await asyncio.sleep(0.6)
        watcher.send_signal(signal.SIGTERM)
        return recorder, await ended(watcher)


async def test_no_byte_of_hostile_text_reaches_the_terminal(
    shared_data: Path, tmp_path: Path
) -> None:
    told = texts(shared_data)
    store, config = tmp_path / "s" / "s.db", tmp_path / "config.toml"
    recorder, watcher = await record_hostile(store, tmp_path, told)
    stats = json.loads(clean(recorder).out)
    assert (recorder.code, stats["spans_new"]) == (0, len(told))
    assert (stats["frames_rejected"], stats["spans_rejected"], stats["gaps"]) == (0, 0, 1)

    assert clean(watcher).code == 0
    assert {line.split()[1] for line in watcher.out.splitlines()} >= {
        "head", "feed", "gap", "agent", "error", "run",
    }  # fmt: skip
    for mark in ("‹U+001B›", "‹U+202E›", "‹U+200B›"):
        assert mark in watcher.out
    (gap,) = (line for line in watcher.out.splitlines() if line.split()[1] == "gap")
    assert "(4000 'bye " in gap

    async def ask(*arguments: object) -> Ended:
        return clean(await agentwatch("--store", store, *arguments, home=tmp_path))

    async def rows_of(table: str, form: str) -> None:
        done = await ask("query", table, "--format", form)
        assert (done.code, done.err) == (0, "")
        assert done.out.isascii() if form == "jsonl" else "‹U+" in done.out

    async with asyncio.TaskGroup() as group:
        for table in TABLES:
            for form in ("jsonl", "table", "csv"):
                group.create_task(rows_of(table, form))
    spans = (await ask("query", "spans")).rows
    assert len(spans) == len(told)
    assert len({row["agent"] for row in spans}) > 250
    found = (await ask("query", "spans", "--where", f'name:"{HOSTILE[27]}"')).rows
    assert found, "a text is found by itself, although it is stored mended"

    assert (await ask("--config", config, "doctor")).code in (0, 1)
    assert "‹U+001B›]0;ow" in (await ask("--config", config, "doctor")).out
    for arguments in (
        ("--config", config, "doctor", "--json"),
        ("--config", config, "config", "show"),
        ("--config", config, "config", "check"),
        ("store", "info"),
        ("store", "check"),
        ("store", "backup", tmp_path / f"copy {ESCAPE}.db"),
        ("store", "migrate"),
    ):
        assert (await ask(*arguments)).code in (0, 1), arguments


@pytest.mark.parametrize(
    ("arguments", "config"),
    [
        (["query", "spans", "--where", f"x{ESCAPE}:1"], ""),
        (["query", "spans", "--where", f"/({ESCAPE}/"], ""),
        (["query", "spans", "--where", f"spans>{ESCAPE}"], ""),
        (["query", ESCAPE], ""),
        (["query", "spans", "--since", ESCAPE], ""),
        (["query", "spans", "--limit", ESCAPE], ""),
        (["query", "spans", f"--{ESCAPE}"], ""),
        (["query", "spans", ESCAPE], ""),
        ([ESCAPE], ""),
        (["--store", f"no{ESCAPE}.db", "query", "spans"], ""),
        (["--config", f"no{ESCAPE}.toml", "config", "check"], ""),
        (["--config", f"no{ESCAPE}.toml", "config", "path"], ""),
        (["record", "--feed", ESCAPE], ""),
        (["record", "--feed", f"ws://{ESCAPE}/"], ""),
        (["record", "--feed", f"ws://127.0.0.1:1{ESCAPE}/"], ""),
        (["record", "--feed", f"replay:{ESCAPE}"], ""),
        (["record", "--feed", f"replay:x?{ESCAPE}={ESCAPE}"], ""),
        (["record", "--duration", ESCAPE], ""),
        (["demo", "--scenario", ESCAPE], ""),
        (["store", "backup", f"/nowhere/{ESCAPE}"], ""),
        (["store", ESCAPE], ""),
        (["--config", "c.toml", "config", "check"], '"k{e}" = 1'),
        (["--config", "c.toml", "config", "check"], 'a = "\x1b'),
        (["--config", "c.toml", "config", "check"], '[[feed]]\nname = "{e}"\nurl = "{e}"'),
        (["--config", "c.toml", "record"], '[[feed]]\nname = "{e}"\nurl = "x"\ntoken = "{e}"'),
        (["--config", "c.toml", "config", "check"], '[agents."{e}"]\n"{e}" = 1'),
        (["--config", "c.toml", "config", "check"], '[redact.patterns]\n"{e}" = "("'),
        (["--config", "c.toml", "config", "check"], '[redact.patterns]\na = "({e}"'),
    ],
)  # fmt: skip
def test_what_an_error_quotes_reaches_no_terminal(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    config: str,
) -> None:
    from agentwatch.cli import run

    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", environment(tmp_path)["HOME"])
    monkeypatch.chdir(tmp_path)
    escaped = json.dumps(ESCAPE)[1:-1]
    (tmp_path / "c.toml").write_text(config.replace("{e}", escaped))
    code = run(arguments)
    out, err = capsys.readouterr()
    assert code == (0 if arguments[-1] == "path" else 2)
    assert leaks(out + err) == []
    assert (out + err).count("\n") == 1
    assert (out + err).startswith("" if arguments[-1] == "path" else "agentwatch: ")
