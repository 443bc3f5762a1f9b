"""The doctor: a row a check, with what to do; nothing is changed and nothing is started."""

from __future__ import annotations

import io
import json
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agentwatch.clock import NS_PER_S, FakeClock
from agentwatch.config import Config, FeedConfig, RedactConfig, StoreConfig
from agentwatch.doctor import Check, checks
from tests.store.records import span
from tests.store.stores import made, write, writer_on

CLOCK = FakeClock()
RAN_NS = CLOCK() - 2 * NS_PER_S


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "s" / "s.db"


@pytest.fixture
def store(path: Path) -> Iterator[sqlite3.Connection]:
    connection = made(path)
    connection.execute(
        "INSERT INTO meta VALUES ('recorder', ?)",
        (json.dumps({"pid": 7, "started_ns": 0, "heartbeat_ns": RAN_NS}),),
    )
    yield connection
    connection.close()


def found(path: Path, config: Config | None = None, clock: FakeClock = CLOCK) -> dict[str, Check]:
    return {check.check: check for check in checks(config or Config(), path, clock)}


def test_a_sound_store_with_a_live_recorder_has_no_failure(
    store: sqlite3.Connection, path: Path
) -> None:
    rows = found(path)
    assert set(rows) >= {"sqlite", "terminal", "store", "disk", "recorder", "feed f"}
    assert rows["recorder"] == Check("recorder", "ok", "pid 7")
    assert rows["feed f"].state == "ok"
    assert rows["sqlite"].detail == sqlite3.sqlite_version
    assert not [row for row in rows.values() if row.state == "failure"]


def test_a_store_that_is_not_there_is_skipped_and_not_made(path: Path) -> None:
    row = found(path)["store"]
    assert row.state == "skipped"
    assert "`agentwatch record` makes one" in row.detail
    assert not path.parent.exists()


def test_a_silent_recorder_is_a_failure_with_its_age(store: sqlite3.Connection, path: Path) -> None:
    later = FakeClock(RAN_NS + 60 * NS_PER_S)
    row = found(path, clock=later)["recorder"]
    assert (row.state, row.detail) == ("failure", "pid 7, last beat 60s ago")
    assert row.remedy is not None and "agentwatch record" in row.remedy
    store.execute("DELETE FROM meta WHERE key = 'recorder'")
    assert found(path)["recorder"].state == "warning"


@pytest.mark.parametrize(
    ("change", "state", "said"),
    [
        ("state = 'stale'", "warning", "see whether its sender runs"),
        ("state = 'connecting'", "warning", "see whether its sender runs"),
        ("frames_dropped = 3", "warning", "faster than this disk"),
        ("sampled = 1", "warning", "limit: 10000"),
        ("frames_rejected = 1", "warning", "no OTLP/JSON"),
        ("frames_empty = 1", "warning", "no OTLP/JSON"),
        ("skew_s = 5.0", "warning", "set the sender's clock"),
        ("skew_s = 1.0", "ok", None),
        ("frames = 1200, frames_stored = 1200", "ok", None),
    ],
)
def test_a_feed_is_judged_by_what_became_of_its_frames(
    store: sqlite3.Connection, path: Path, change: str, state: str, said: str | None
) -> None:
    store.execute(f"UPDATE feeds SET {change}")  # noqa: S608 - from the table above
    row = found(path)["feed f"]
    assert row.state == state
    assert said is None or (row.remedy is not None and said in row.remedy)
    assert " frames = " in row.detail


def test_others_that_may_read_the_store_are_a_warning(
    store: sqlite3.Connection, path: Path
) -> None:
    path.chmod(0o644)
    row = found(path)["store mode"]
    assert (row.state, row.remedy) == ("warning", f"chmod 600 {path}")


def test_a_secret_that_cannot_be_read_is_a_failure(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOD", "s3cret")
    monkeypatch.delenv("BAD", raising=False)
    feeds = tuple(
        FeedConfig(name=name, url="ws://localhost:1", token=f"env:{name}")
        for name in ("GOOD", "BAD")
    )
    rows = found(path, Config(feed=feeds))
    assert (rows["secret GOOD"].state, rows["secret BAD"].state) == ("ok", "failure")
    assert not [row for row in rows.values() if "s3cret" in row.detail]


@pytest.mark.parametrize("content", [b"no database", b"\x00" * 8192])
def test_a_file_that_is_no_store_is_a_failure_and_left_as_it_is(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    assert found(path)["store"].state == "failure"
    assert path.read_bytes() == content


def test_a_damaged_store_is_a_failure_and_no_traceback(path: Path) -> None:
    connection = made(path)
    write(writer_on(connection), *(span(n, trace=n) for n in range(1, 400)))
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    content = bytearray(path.read_bytes())
    for at in range(4096, len(content)):
        content[at] = 0xA5
    path.write_bytes(content)
    rows = checks(Config(), path, CLOCK)
    assert [row.check for row in rows if row.state == "failure"] == ["store"]


def test_redaction_tells_how_much_it_masked_and_warns_when_it_is_off(
    store: sqlite3.Connection, path: Path
) -> None:
    store.execute("""UPDATE feeds SET faults = '{"secret": 3, "mended": 9}'""")
    assert found(path)["redaction"].detail.endswith("3 secrets masked")
    own = Config(redact=RedactConfig(patterns={"order": "ot_[a-z]{20}"}))
    assert "and 1 of your own" in found(path, own)["redaction"].detail
    off = found(path, Config(redact=RedactConfig(enabled=False)))["redaction"]
    assert (off.state, off.remedy) == ("warning", "set [redact] enabled = true")


def test_calls_without_a_price_are_a_warning(store: sqlite3.Connection, path: Path) -> None:
    writer = writer_on(store)
    write(writer, span(1, request_model="m1", tokens=10), at_ns=CLOCK())
    assert found(path)["prices"].state == "ok"
    write(writer, span(2, request_model="no-such", tokens=10), at_ns=CLOCK())
    row = found(path)["prices"]
    assert (row.state, row.detail) == (
        "warning", "1 calls of 1 models in the last 24 h have no price",
    )  # fmt: skip


def test_an_account_that_does_not_add_up_is_a_failure(
    store: sqlite3.Connection, path: Path
) -> None:
    store.execute("UPDATE feeds SET frames = 7, frames_stored = 5, frames_empty = 2")
    assert found(path)["frames"].detail == "7 in = 5 stored + 2 empty + 0 rejected + 0 dropped"
    store.execute("UPDATE feeds SET frames = 8")
    assert found(path)["frames"].state == "failure"


@pytest.mark.parametrize(
    ("rows", "state", "said"),
    [
        (10, "ok", "every record"),
        (50_000, "ok", "50,000 records wait"),
        (2_000_000, "warning", "wait"),
    ],
)
def test_a_backlog_of_the_find_index_is_told(
    store: sqlite3.Connection, path: Path, rows: int, state: str, said: str
) -> None:
    writer = writer_on(store)
    write(writer, span(1), at_ns=CLOCK())
    store.execute("UPDATE spans SET id = ?", (rows,))
    row = found(path)["find"]
    assert row.state == state and said in row.detail


def test_retention_is_told_as_it_is_configured(store: sqlite3.Connection, path: Path) -> None:
    assert found(path)["retention"].detail == "14 days"
    both = Config(store=StoreConfig(retain_days=2.5, retain_bytes=20_000_000_000))
    assert found(path, both)["retention"].detail == "2.5 days or 20.0 GB"
    none = Config(store=StoreConfig(retain_days=None))
    assert found(path, none)["retention"].detail == "without end"


def test_a_secret_that_a_command_gives_is_not_asked_for_while_the_console_looks(
    path: Path, tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    feed = FeedConfig(name="a", url="ws://localhost:1", token=f"cmd:touch {ran}")
    rows = {
        each.check: each for each in checks(Config(feed=(feed,)), path, CLOCK, run_commands=False)
    }
    assert rows["secret a"].state == "skipped" and not ran.exists()
    checks(Config(feed=(feed,)), path, CLOCK)
    assert ran.exists()


class _Terminal(io.StringIO):
    encoding = "ascii"

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("variables", "told"),
    [({"COLORTERM": "truecolor"}, "true colour"), ({}, "256 colours"),
     ({"NO_COLOR": "1"}, "NO_COLOR"), ({"TERM": "linux"}, "16 colours")],
)  # fmt: skip
def test_the_terminal_tells_its_colours_and_its_encoding(
    path: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], told: str
) -> None:
    for name in ("COLORTERM", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in ({"TERM": "xterm-256color"} | variables).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "__stdout__", _Terminal())
    row = found(path)["terminal"]
    assert row.detail.endswith(f"ASCII, {told}")
    assert row.state == "warning" and "UTF-8" in str(row.remedy)
