"""The loaded part of a long list: it goes with the cursor, and news above move nothing."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agentwatch.console.window import HALF, MOST, NEAR, STEP, Window
from agentwatch.store.queries import TABLES
from agentwatch.store.queries.page import COUNTED, Part, Rows, part
from tests.store.queries.many_runs import hash_of, many_runs
from tests.store.records import T0
from tests.store.stores import made

MANY = 100_000
ROWS = Rows(table=TABLES["runs"], now_ns=T0, equal={"agent": "a"})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = made(tmp_path / "s" / "store.db")
    yield connection
    connection.close()


def key_of(row: Any) -> str:
    return str(row["trace_id"])


def key(number: int) -> str:
    return (hash_of("a") + number).to_bytes(16, "big").hex()


class Reader:
    """Somebody who looks at a window of a store."""

    def __init__(self, store: sqlite3.Connection) -> None:
        self.store = store
        self.window = Window(key_of)
        self.cursor: str | None = None
        self.look(follows=True)

    def look(self, **how: bool) -> Part:
        held = None if self.cursor is None else {"trace": bytes.fromhex(self.cursor)}
        request = self.window.request(self.cursor, held=held, **how)
        found = part(self.store, ROWS, request)
        assert self.window.take(found, request, self.cursor)
        assert len(self.window.rows) <= MOST
        return found

    def go(self, number: int) -> None:
        """Put the cursor on a run that is loaded."""
        self.cursor = key(number)
        assert self.cursor in self.keys
        while self.window.lacks(self.cursor):
            before = self.keys
            self.look()
            assert self.keys != before, "it asked for rows and got none"

    @property
    def keys(self) -> list[str]:
        return [key_of(row) for row in self.window.items]

    def place_of(self, number: int) -> int:
        """Where it says that a run stands in the whole list, from 0."""
        return self.window.offset + self.keys.index(key(number))


def test_a_hundred_thousand_rows_are_walked_from_end_to_end_in_600(
    store: sqlite3.Connection,
) -> None:
    many_runs(store, "a", range(MANY))
    reader = Reader(store)
    assert (len(reader.keys), reader.window.more) == (STEP, True)
    reader.go(MANY - 1)
    for number in range(MANY - 1, MANY - 3_001, -50):
        reader.go(number)
        assert reader.place_of(number) == MANY - 1 - number
    assert reader.window.leap(1)
    reader.look()
    assert (reader.window.offset, reader.window.total) == (MANY - STEP, MANY)
    assert (reader.window.at_end, reader.window.more) == (True, False)
    for number in range(0, 3_000, 50):
        reader.go(number)
        assert reader.place_of(number) == MANY - 1 - number
    assert reader.window.leap(-1)
    reader.look()
    assert (reader.window.offset, reader.keys[0]) == (0, key(MANY - 1))


def test_a_short_list_is_whole_and_asks_for_nothing(store: sqlite3.Connection) -> None:
    many_runs(store, "a", range(30))
    reader = Reader(store)
    window = reader.window
    assert (len(window.rows), window.total, window.more) == (30, 30, False)
    assert not window.lacks(key(0))
    assert not window.leap(1)
    assert not window.leap(-1)


def test_nothing_at_all_is_asked_for_again_until_there_is_something(
    store: sqlite3.Connection,
) -> None:
    reader = Reader(store)
    assert (reader.keys, reader.window.total) == ([], 0)
    many_runs(store, "a", range(3))
    reader.look()
    assert reader.window.total == 3


def test_while_the_cursor_is_nowhere_the_newest_rows_are_shown(store: sqlite3.Connection) -> None:
    many_runs(store, "a", range(1_000))
    reader = Reader(store)
    many_runs(store, "a", range(1_000, 1_500))
    reader.look(follows=True)
    assert (reader.keys[0], reader.window.offset) == (key(1_499), 0)
    assert len(reader.keys) == STEP


@pytest.mark.parametrize("cursor", [999, 990, 850])
@pytest.mark.parametrize("news", [1, 40, 500, 5_000])
def test_rows_that_come_in_above_leave_the_cursors_row_loaded_and_count_on(
    store: sqlite3.Connection, cursor: int, news: int
) -> None:
    many_runs(store, "a", range(1_000))
    reader = Reader(store)
    reader.go(cursor)
    below = reader.keys[reader.keys.index(key(cursor)) :][:50]
    for begin in range(1_000, 1_000 + news, max(1, news // 5)):
        many_runs(store, "a", range(begin, min(begin + max(1, news // 5), 1_000 + news)))
        reader.look()
    at = reader.keys.index(key(cursor))
    assert reader.keys[at : at + 50] == below
    assert reader.place_of(cursor) == 999 - cursor + news


def test_a_run_that_gets_news_stays_under_the_cursor_until_the_reader_leaves_it(
    store: sqlite3.Connection,
) -> None:
    many_runs(store, "a", range(1_000))
    reader = Reader(store)
    reader.go(985)
    news(store, 985, 2_000)
    for _ in range(3):
        reader.look()
        at = reader.keys.index(key(985))
        assert reader.keys[at - 1 : at + 2] == [key(986), key(985), key(984)]
        assert reader.window.items[at]["received_ns"] == T0 + 2_000 * 10**9
    reader.cursor = key(984)
    reader.look()
    assert reader.keys[0] == key(985)
    assert reader.keys.count(key(985)) == 1


def test_deep_down_too_where_the_news_are_far_outside(store: sqlite3.Connection) -> None:
    many_runs(store, "a", range(3_000))
    reader = Reader(store)
    for number in range(2_999, 1_000, -100):
        reader.go(number)
    news(store, 1_099, 5_000)
    for _ in range(3):
        reader.look()
        at = reader.keys.index(key(1_099))
        assert reader.keys[at - 1 : at + 2] == [key(1_100), key(1_099), key(1_098)]
    reader.cursor = key(1_098)
    reader.look()
    assert key(1_099) not in reader.keys


def test_an_answer_from_before_a_leap_is_not_taken_for_the_leap(store: sqlite3.Connection) -> None:
    many_runs(store, "a", range(1_000))
    reader = Reader(store)
    reader.go(999)
    request = reader.window.request(reader.cursor)
    late = part(store, ROWS, request)
    assert reader.window.leap(1)
    assert not reader.window.take(late, request, reader.cursor)
    reader.look()
    assert reader.keys[-1] == key(0)


def test_the_window_is_large_enough_for_its_own_rules() -> None:
    assert NEAR < STEP < HALF
    assert HALF + NEAR < MOST


def test_whatever_happens_the_rows_are_in_order_and_the_cursors_is_there(
    store: sqlite3.Connection,
) -> None:
    chance = random.Random(7)
    many_runs(store, "a", range(2_000))
    reader, newest = Reader(store), 2_000
    for _ in range(120):
        keys = reader.keys
        reader.cursor = chance.choice(keys)
        for _ in range(chance.randrange(3)):
            reader.look()
        many_runs(store, "a", range(newest, newest + chance.randrange(150)))
        newest = store.execute("SELECT count(*) FROM runs").fetchone()[0]
        reader.look()
        assert reader.cursor in reader.keys
        anchors = [anchor for anchor, _ in reader.window.rows]
        assert anchors == sorted(anchors, reverse=True)
        first = reader.window.items[0]["received_ns"]
        above = store.execute("SELECT count(*) FROM runs WHERE received_ns > ?", (first,))
        assert min(reader.window.offset, COUNTED) == min(above.fetchone()[0], COUNTED)
        assert reader.window.total <= newest


def news(store: sqlite3.Connection, number: int, second: int) -> None:
    store.execute(
        "UPDATE runs SET received_ns = ? WHERE trace_id = ?",
        (T0 + second * 10**9, bytes.fromhex(key(number))),
    )
