"""Rows come newest first, one at a time, bounded by time, number and filter."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from agentwatch.filters import FilterError, parse
from agentwatch.store.queries import TABLES, rows
from agentwatch.store.read import open_reader
from agentwatch.store.schema import StoreCorrupt
from agentwatch.store.texts import PACK_FROM_BYTES
from tests.store.records import NS, span
from tests.store.stores import NOW, made, write, writer_on


def names(store: sqlite3.Connection, **asked: object) -> list[str]:
    found = rows(store, TABLES["spans"], now_ns=NOW, **asked)  # type: ignore[arg-type]
    return [row["name"] for row in found]


@pytest.fixture
def five(store: sqlite3.Connection) -> sqlite3.Connection:
    writer = writer_on(store)
    for number in (3, 1, 2):
        write(writer, span(number, trace=number), at_ns=NOW + number * NS)
    write(writer, span(4, trace=4), span(5, trace=5), at_ns=NOW + 2 * NS)
    return store


def test_the_newest_received_comes_first_then_the_newest_row(five: sqlite3.Connection) -> None:
    assert names(five) == ["span 3", "span 5", "span 4", "span 2", "span 1"]


@pytest.mark.parametrize(
    ("since", "until", "limit", "expected"),
    [
        (2, None, None, [3, 5, 4, 2]),
        (None, 2, None, [1]),
        (2, 3, None, [5, 4, 2]),
        (None, None, 2, [3, 5]),
        (2, 3, 1, [5]),
        (9, None, None, []),
    ],
)
def test_since_is_within_and_until_is_not(
    five: sqlite3.Connection, since: int | None, until: int | None, limit: int | None,
    expected: list[int],
) -> None:  # fmt: skip
    found = names(
        five,
        since_ns=None if since is None else NOW + since * NS,
        until_ns=None if until is None else NOW + until * NS,
        limit=limit,
    )
    assert found == [f"span {number}" for number in expected]


def test_a_filter_narrows_what_the_times_left(five: sqlite3.Connection) -> None:
    assert names(five, where=parse('"span 3" | "span 1"'), since_ns=NOW + 2 * NS) == ["span 3"]


def test_an_unknown_key_is_named_before_anything_is_read(five: sqlite3.Connection) -> None:
    with pytest.raises(FilterError, match="did you mean agent"):
        names(five, where=parse("agnet:x"))


def test_rows_are_handed_on_before_the_last_is_read(five: sqlite3.Connection) -> None:
    found = rows(five, TABLES["spans"], now_ns=NOW)
    assert next(found)["name"] == "span 3"
    five.execute("DELETE FROM spans WHERE name = 'span 1'")
    assert len(list(found)) == 3


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE spans SET detail = x'00'",
        "UPDATE spans SET detail = x'c1'",
        "UPDATE texts SET content = x'0011'",
        "UPDATE texts SET content = x'ff', packed = 0",
    ],
)
def test_a_damaged_row_is_one_sentence(store: sqlite3.Connection, harm: str) -> None:
    write(writer_on(store), span(1, attributes={"t": "x" * 2 * PACK_FROM_BYTES}))
    store.execute(harm)
    with pytest.raises(StoreCorrupt, match=r"store\.db is damaged \(.*store check"):
        names(store)


def test_a_damaged_page_is_one_sentence(path: Path) -> None:
    connection = made(path)
    write(writer_on(connection), *(span(n, trace=n) for n in range(1, 400)))
    connection.close()
    data = bytearray(path.read_bytes())
    for page in range(3, len(data) // 4096):
        data[page * 4096 : page * 4096 + 200] = b"\xa5" * 200
    path.write_bytes(data)
    reader = open_reader(path)
    with pytest.raises(StoreCorrupt, match="damaged or no store"):
        names(reader)
    reader.close()
