"""The index grows in the background, a little at a time, and holds each text once."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from agentwatch.model import Event
from agentwatch.store.indexing import (
    BLOCK_ROWS,
    BUSY_SHARE,
    EVENTS,
    FAULT_PAUSE_S,
    IDLE_SHARE,
    LONGEST_FIND,
    PIECE_CHARS,
    SPANS,
    Indexer,
    indexed_to,
    pieces,
)
from agentwatch.store.queries.find import find
from agentwatch.store.schema import open_store
from agentwatch.store.tables import MIGRATIONS
from tests.store.records import SERVICE, span, trace_id
from tests.store.stores import made, one, write, writer_on

PROMPT = "You sell flights. " * 40


def fill(store: sqlite3.Connection, rows: int, first: int = 1, **attributes: str) -> None:
    """Spans that share one large text, each with an order of its own."""
    numbers = range(first, first + rows)
    given = {"prompt": PROMPT, **attributes}
    spans = (span(n, trace=n, attributes={"order": f"55-{n:05}", **given}) for n in numbers)
    write(writer_on(store), *spans)


def indexed(store: sqlite3.Connection) -> int:
    Indexer(store).finish(60)
    return indexed_to(store, SPANS)


class Clock:
    """Seconds that pass only when they are told to, and a little at each look."""

    def __init__(self, a_look_s: float = 0.0) -> None:
        self.at_s = 100.0
        self.a_look_s = a_look_s

    def __call__(self) -> float:
        self.at_s += self.a_look_s
        return self.at_s


def test_whole_blocks_are_indexed_and_the_rest_waits_for_its_fellows(
    store: sqlite3.Connection,
) -> None:
    fill(store, 2 * BLOCK_ROWS + 5)
    assert indexed(store) == 2 * BLOCK_ROWS
    fill(store, BLOCK_ROWS, first=1000)
    assert indexed(store) == 3 * BLOCK_ROWS
    assert one(store, "SELECT count(*) FROM find_blocks") == 3


def test_each_distinct_text_is_indexed_once(store: sqlite3.Connection) -> None:
    fill(store, 5 * BLOCK_ROWS)
    indexed(store)
    found = store.execute("SELECT rowid FROM find_texts WHERE find_texts MATCH '\"fli\"'")
    assert len(found.fetchall()) == 1
    assert one(store, "SELECT count(*) FROM find_uses WHERE block_id > 0") == 5


def test_the_index_holds_no_text(store: sqlite3.Connection) -> None:
    fill(store, BLOCK_ROWS)
    indexed(store)
    columns = store.execute("SELECT name FROM sqlite_master WHERE name GLOB 'find_*_content'")
    assert columns.fetchall() == []
    rows = store.execute("SELECT text FROM find_words WHERE find_words MATCH '\"55-\"'")
    assert rows.fetchall() == [(None,)]


def test_log_records_have_blocks_of_their_own(store: sqlite3.Connection) -> None:
    logs = [
        Event(name="log", at_ns=n, resource=SERVICE, attributes={"order": f"77-{n}"})
        for n in range(BLOCK_ROWS)
    ]
    write(writer_on(store), events=logs)
    indexed(store)
    assert indexed_to(store, EVENTS) == BLOCK_ROWS
    assert one(store, "SELECT min(id) FROM find_blocks") > EVENTS.first_block - 1


def test_a_store_of_the_first_version_is_copied_and_its_texts_are_indexed_after(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("agentwatch.store.schema.MIGRATIONS", MIGRATIONS[:1])
        old = made(path)
        fill(old, 3 * BLOCK_ROWS)
        old.close()
    store = open_store(path)
    copy = sqlite3.connect(path.with_name(f"{path.name}.before-2"))
    assert one(copy, "SELECT count(*) FROM spans") == 3 * BLOCK_ROWS
    assert one(copy, "PRAGMA user_version") == 1
    assert indexed(store) == 3 * BLOCK_ROWS
    assert len(list(find(store, "55-00002"))) == 1
    store.close()
    copy.close()


def test_a_step_ends_when_its_time_is_over_and_the_next_goes_on(store: sqlite3.Connection) -> None:
    fill(store, 20 * BLOCK_ROWS)
    indexer = Indexer(store, Clock(a_look_s=1.0))
    assert indexer.step(2.0)
    assert 0 < indexed_to(store, SPANS) < 20 * BLOCK_ROWS
    while indexer.step(2.0):
        pass
    assert indexed_to(store, SPANS) == 20 * BLOCK_ROWS


@pytest.mark.parametrize(("busy", "share"), [(True, BUSY_SHARE), (False, IDLE_SHARE)])
def test_a_turn_takes_its_share_of_the_time_and_no_more(
    store: sqlite3.Connection, busy: bool, share: float
) -> None:
    fill(store, 40 * BLOCK_ROWS)
    clock = Clock(a_look_s=0.011)
    indexer = Indexer(store, clock)
    began_s, worked_s = clock.at_s, 0.0
    while indexed_to(store, SPANS) < 40 * BLOCK_ROWS:
        before_s = clock.at_s
        if indexer.turn(busy):
            worked_s += clock.at_s - before_s
        else:
            clock.at_s += 0.1
    assert worked_s / (clock.at_s - began_s) <= share + 0.02


def test_at_its_end_it_stops_in_time_and_the_next_start_goes_on(store: sqlite3.Connection) -> None:
    fill(store, 30 * BLOCK_ROWS)
    assert not Indexer(store, Clock(a_look_s=0.5)).finish(2.0)
    assert indexed_to(store, SPANS) < 30 * BLOCK_ROWS
    assert Indexer(store).finish(60)
    assert indexed_to(store, SPANS) == 30 * BLOCK_ROWS


def test_a_store_that_cannot_be_written_is_left_alone_for_a_while(
    path: Path, store: sqlite3.Connection
) -> None:
    fill(store, BLOCK_ROWS)
    store.execute("PRAGMA busy_timeout = 0")
    clock = Clock()
    indexer = Indexer(store, clock)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert not indexer.turn(busy=False)
    assert not store.in_transaction
    other.execute("ROLLBACK")
    other.close()
    assert not indexer.turn(busy=False)
    clock.at_s += FAULT_PAUSE_S
    assert indexer.turn(busy=False)
    assert indexed_to(store, SPANS) == BLOCK_ROWS


def test_a_damaged_row_stops_the_index_and_not_the_recorder(store: sqlite3.Connection) -> None:
    fill(store, 2 * BLOCK_ROWS)
    store.execute("UPDATE spans SET detail = x'ff' WHERE id = ?", (BLOCK_ROWS + 1,))
    indexer = Indexer(store)
    assert not indexer.turn(busy=False)
    assert not indexer.finish(5)
    assert not store.in_transaction


def test_a_step_that_fails_leaves_no_half_block(store: sqlite3.Connection) -> None:
    fill(store, 3 * BLOCK_ROWS)
    store.execute(
        "CREATE TEMP TRIGGER full BEFORE INSERT ON find_blocks WHEN NEW.id = 2 "
        "BEGIN SELECT RAISE(ROLLBACK, 'full'); END"
    )
    indexer = Indexer(store)
    with pytest.raises(sqlite3.Error, match="full"):
        indexer.step(60)
    assert indexed_to(store, SPANS) == 0
    assert one(store, "SELECT count(*) FROM find_uses") == 0
    store.execute("DROP TRIGGER full")
    assert indexer.step(60)
    assert indexed_to(store, SPANS) == 3 * BLOCK_ROWS
    assert len(list(find(store, "sell flights"))) == 3 * BLOCK_ROWS


@pytest.mark.parametrize("chars", [200, PIECE_CHARS, PIECE_CHARS + LONGEST_FIND + 1, 300_000])
def test_whatever_may_be_looked_for_stands_whole_in_a_piece(chars: int) -> None:
    text = "".join(chr(0x100 + at % 7919) for at in range(chars))
    parts = [part for _, part in pieces(7, text)]
    step = max(1, chars // 500)
    for at in range(0, chars - LONGEST_FIND, step):
        assert any(text[at : at + LONGEST_FIND] in part for part in parts)
    assert parts[-1].endswith(text[-min(chars, LONGEST_FIND) :])


def test_a_large_text_is_indexed_in_pieces_and_found_across_their_border(
    store: sqlite3.Connection,
) -> None:
    filler = "The quick brown fox jumps. " * 4000
    border = filler[: PIECE_CHARS - 4] + "55-20417" + filler
    fill(store, BLOCK_ROWS, notes=border)
    indexed(store)
    assert len(list(find(store, "55-20417"))) == BLOCK_ROWS


def test_runs_are_told_apart_by_their_traces(store: sqlite3.Connection) -> None:
    fill(store, BLOCK_ROWS)
    indexed(store)
    assert [hit.trace_id for hit in find(store, "55-00007")] == [trace_id(7)]
