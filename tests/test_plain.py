"""The plain console on a real store: a line a change, and nothing but words."""

from __future__ import annotations

import io
import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import pytest

from agentwatch.clock import NS_PER_S, FakeClock
from agentwatch.plain import BURST, watch
from agentwatch.store.schema import StoreError
from tests.store.records import T0, span
from tests.store.stores import made, write, writer_on
from tests.terminal import leaks

NOW_NS = T0 + 100 * NS_PER_S


class Told:
    """What a console that runs in a thread has said so far."""

    def __init__(self, out: io.StringIO) -> None:
        self.out = out
        self.code: int | None = None

    @property
    def lines(self) -> list[str]:
        return [line.split("Z ", 1)[1] for line in self.out.getvalue().splitlines()]

    def until(self, beginning: str) -> str:
        """Return the first line that begins so, once it has come."""
        deadline_s = time.monotonic() + 10
        while time.monotonic() < deadline_s:
            for line in self.lines:
                if line.startswith(beginning):
                    return line
            time.sleep(0.01)
        raise AssertionError(f"{beginning!r} never came:\n{self.out.getvalue()}")


@contextmanager
def watching(store: Path, clock: FakeClock) -> Iterator[Told]:
    told, stop = Told(io.StringIO()), threading.Event()

    def run() -> None:
        told.code = watch(store, out=told.out, clock=clock, stop=stop)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield told
    finally:
        stop.set()
        thread.join(10)
    assert told.code == 0
    assert leaks(told.out.getvalue()) == []


def beat(connection: sqlite3.Connection, at_ns: int) -> None:
    connection.execute(
        "INSERT INTO meta (key, value) VALUES ('recorder', ?) "
        "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (json.dumps({"pid": 1, "started_ns": 0, "heartbeat_ns": at_ns}),),
    )


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW_NS)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "s" / "s.db"


@pytest.fixture
def store(path: Path) -> Iterator[sqlite3.Connection]:
    connection = made(path)
    beat(connection, NOW_NS)
    yield connection
    connection.close()


def test_it_begins_with_how_things_stand(
    store: sqlite3.Connection, path: Path, clock: FakeClock
) -> None:
    write(writer_on(store), span(1), at_ns=NOW_NS)
    with watching(path, clock) as told:
        told.until("feed")
    assert told.lines == [
        "head  agents=1 run=0 wait=0 idle=1 failing=0 degraded=0 stale=0",
        "feed  f live frames=0",
    ]


def test_what_was_there_before_is_not_told_again(
    store: sqlite3.Connection, path: Path, clock: FakeClock
) -> None:
    writer = writer_on(store)
    write(writer, span(1, state="error", error_type="Old"), at_ns=NOW_NS)
    with watching(path, clock) as told:
        told.until("feed")
        write(writer, span(2, trace=2, state="error", error_type="New"), at_ns=NOW_NS + 1)
        told.until("error")
    assert not [line for line in told.lines if "Old" in line]


def test_a_run_that_ends_and_its_error_are_a_line_each(
    store: sqlite3.Connection, path: Path, clock: FakeClock
) -> None:
    with watching(path, clock) as told:
        told.until("feed")
        write(
            writer_on(store),
            span(1, trace=0xABCDEF << 104, state="error", tool="pay", error_type="Timeout"),
            at_ns=NOW_NS,
        )
        error, run = told.until("error"), told.until("run")
    assert error == "error shop pay type=Timeout run=abcdef00"
    assert run == "run   shop error run=abcdef00 spans=1 errors=1 dur=1.00s tokens=0 usd=-"


def test_an_agent_that_fails_is_told_with_its_cause_and_its_recovery_too(
    store: sqlite3.Connection, path: Path, clock: FakeClock
) -> None:
    writer = writer_on(store)
    with watching(path, clock) as told:
        told.until("feed")
        for number in range(1, 5):
            write(writer, span(number, trace=number, state="error"), at_ns=NOW_NS + number)
        assert told.until("agent") == "agent shop failing cause=errors runs=0"
        for number in range(5, 15):
            write(writer, span(number, trace=number), at_ns=NOW_NS + number)
        told.until("agent shop idle runs=0")


def test_an_agent_that_starts_and_ends_runs_is_no_news(
    store: sqlite3.Connection, path: Path, clock: FakeClock
) -> None:
    writer = writer_on(store)
    with watching(path, clock) as told:
        told.until("feed")
        write(writer, span(1, state="running", end_ns=None), at_ns=NOW_NS)
        write(writer, span(1), at_ns=NOW_NS + 1)
        told.until("run")
    assert not [line for line in told.lines if line.startswith("agent")]


def test_a_gap_is_told_once_it_has_ended_also_when_it_began_before_us(
    store: sqlite3.Connection, path: Path, clock: FakeClock
) -> None:
    store.execute("INSERT INTO gaps VALUES (1, 1, ?, ?, 'old')", (T0, T0 + NS_PER_S))
    store.execute("INSERT INTO gaps VALUES (2, 1, ?, NULL, 'host x said: bye')", (T0,))
    with watching(path, clock) as told:
        told.until("feed")
        store.execute("UPDATE gaps SET until_ns = ? WHERE id = 2", (NOW_NS,))
        gap = told.until("gap")
    assert gap == (
        "gap   f what was sent meanwhile is lost since=2027-01-15T08:00:00Z "
        'until=2027-01-15T08:01:40Z reason="host x said: bye"'
    )
    assert not [line for line in told.lines if "old" in line]


def test_a_feed_that_falls_silent_and_a_recorder_that_dies_are_told_without_any_news(
    store: sqlite3.Connection, path: Path, clock: FakeClock
) -> None:
    store.execute("UPDATE feeds SET interval_s = 2, last_frame_ns = ?", (NOW_NS,))
    with watching(path, clock) as told:
        told.until("feed  f live age=0s frames=0")
        clock.advance(30)
        told.until("head  RECORDER DOWN last_beat=30s")
        told.until("feed  f stale age=30s frames=0")
        beat(store, clock())
        told.until("head  recorder up last_beat=0s")


def test_a_burst_says_how_much_it_leaves_out(
    store: sqlite3.Connection, path: Path, clock: FakeClock
) -> None:
    with watching(path, clock) as told:
        told.until("feed")
        spans = [span(n, trace=n, state="error", tool=f"t{n}") for n in range(1, BURST + 11)]
        write(writer_on(store), *spans, at_ns=NOW_NS)
        told.until("run   shop")
    assert "error and 10 more, too many to print" in told.lines
    errors = [line for line in told.lines if line.startswith("error shop")]
    assert (len(errors), errors[-1].split()[2]) == (BURST, f"t{BURST + 10}")


def test_a_name_cannot_pass_for_several_words_or_for_a_fact(
    store: sqlite3.Connection, path: Path, clock: FakeClock
) -> None:
    names = ('x"y', "desk failing cause=errors", "a\u202eb\nc")
    spans = [
        span(n, trace=n, agent_name=name, state="error", tool="t usd=0")
        for n, name in enumerate(names, 1)
    ]
    with watching(path, clock) as told:
        told.until("feed")
        write(writer_on(store), *spans, at_ns=NOW_NS)
        told.until("run")
    errors = [line for line in told.lines if line.startswith("error")]
    assert [line.split(" run=")[0] for line in errors] == [
        'error "shop/x\\"y" "t usd=0"',
        'error "shop/desk failing cause=errors" "t usd=0"',
        'error shop/a‹U+202E›b⏎c "t usd=0"',
    ]


def test_a_reader_that_leaves_ends_it_quietly(
    store: sqlite3.Connection, path: Path, clock: FakeClock
) -> None:
    class Closed(io.StringIO):
        def flush(self) -> None:
            raise BrokenPipeError

    out: TextIO = Closed()
    assert watch(path, out=out, clock=clock) == 0


def test_it_ends_when_its_time_is_over(
    store: sqlite3.Connection, path: Path, clock: FakeClock
) -> None:
    out = io.StringIO()
    assert watch(path, out=out, clock=clock, duration_s=0.0) == 0
    assert out.getvalue().startswith("2027-01-15T08:01:40Z head  agents=0")


def test_a_store_that_its_recorder_still_makes_is_waited_for(path: Path, clock: FakeClock) -> None:
    with watching(path, clock) as told:
        time.sleep(0.1)
        connection = made(path)
        told.until("feed")
        connection.close()


def test_a_store_that_never_comes_is_one_sentence(path: Path) -> None:
    class Hurried(FakeClock):
        def __call__(self) -> int:
            self.advance(6)
            return self.at_ns

    with pytest.raises(StoreError, match=r"There is no store at .*; `agentwatch record` makes one"):
        watch(path, out=io.StringIO(), clock=Hurried())
