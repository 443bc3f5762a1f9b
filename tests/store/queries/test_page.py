"""Pages of a list that is too long to read: by comparing keys, from an index, at either end."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from agentwatch.filters import parse
from agentwatch.store.queries import TABLES
from agentwatch.store.queries.page import (
    COUNTED,
    SORTED,
    Anchor,
    Count,
    Placed,
    Request,
    Rows,
    count,
    page,
    part,
)
from agentwatch.store.schema import StoreError
from tests.store.queries.many_runs import many_runs
from tests.store.records import NS, T0, span
from tests.store.stores import write, writer_on

COST = "coalesce(r.cost_usd_micros, -1)"


def runs_of(agent: str = "a", where: str = "", **more: Any) -> Rows:
    return Rows(
        table=TABLES["runs"], now_ns=T0, equal={"agent": agent},
        where=parse(where) if where else None, **more,
    )  # fmt: skip


def numbers(placed: list[Placed]) -> list[int]:
    return [int(row["task_id"].split()[1]) for _, row in placed]


def test_the_newest_rows_come_first_and_the_last_ones_as_a_reader_sees_them(
    store: sqlite3.Connection,
) -> None:
    many_runs(store, "a", range(10))
    assert numbers(page(store, runs_of(), limit=3)) == [9, 8, 7]
    assert numbers(page(store, runs_of(), limit=3, from_end=True)) == [2, 1, 0]
    assert page(store, runs_of("nobody"), limit=3) == []


@pytest.mark.parametrize("together", [1, 4, 50])
@pytest.mark.parametrize("rows", [runs_of(), runs_of(by=COST), runs_of(by=COST, rising=True)])
def test_page_after_page_every_row_is_seen_once_in_order(
    store: sqlite3.Connection, together: int, rows: Rows
) -> None:
    many_runs(store, "a", range(50), together=together)
    many_runs(store, "b", range(50))
    whole = numbers(page(store, rows, limit=99))
    assert sorted(whole) == list(range(50))
    down: list[Placed] = []
    anchor: Anchor | None = None
    while found := page(store, rows, limit=7, after=anchor):
        down += found
        anchor = found[-1][0]
    assert numbers(down) == whole
    up: list[Placed] = []
    while found := page(store, rows, limit=7, before=anchor):
        up = found + up
        anchor = found[0][0]
    assert numbers(up) == whole[:-1]


def test_a_page_may_begin_at_a_row(store: sqlite3.Connection) -> None:
    many_runs(store, "a", range(10), together=5)
    anchor = page(store, runs_of(), limit=4)[-1][0]
    assert numbers(page(store, runs_of(), limit=2, at=anchor)) == [6, 5]


def test_another_order_is_of_the_largest_first_or_turned_round(store: sqlite3.Connection) -> None:
    many_runs(store, "a", range(100))
    cost = [row["cost_usd_micros"] for _, row in page(store, runs_of(by=COST), limit=100)]
    assert cost == sorted(cost, reverse=True)
    rising = page(store, runs_of(by=COST, rising=True), limit=100)
    assert [row["cost_usd_micros"] for _, row in rising] == sorted(cost)


def test_a_filter_leaves_rows_out_of_pages_and_counts(store: sqlite3.Connection) -> None:
    many_runs(store, "a", range(100))
    rows = runs_of(where="task:'order 7' | task:\"order 9\"")
    assert numbers(page(store, runs_of(where='task:"order 9"'), limit=5)) == [9]
    assert count(store, runs_of(where='task:"order 9"')) == Count(1)
    assert count(store, rows, before=(0, 0)).exact


def test_a_hostile_name_is_a_value_and_no_sql(store: sqlite3.Connection) -> None:
    name = "a'); DROP TABLE runs; --\x1b[2J"
    many_runs(store, name, range(3))
    assert len(page(store, runs_of(name), limit=9)) == 3
    assert count(store, runs_of(name)) == Count(3)


def test_a_count_looks_at_no_more_rows_than_it_may(store: sqlite3.Connection) -> None:
    many_runs(store, "a", range(100))
    assert count(store, runs_of()) == Count(100)
    assert count(store, runs_of(), most=100) == Count(100)
    assert count(store, runs_of(), most=99) == Count(99, exact=False)
    assert count(store, runs_of(where="cost<0"), most=99) == Count(0, exact=False)
    anchor = page(store, runs_of(), limit=31)[-1][0]
    assert count(store, runs_of(), before=anchor) == Count(30)


def test_a_stretch_is_told_what_lies_above_it_and_where_the_ends_are(
    store: sqlite3.Connection,
) -> None:
    many_runs(store, "a", range(100))
    top = part(store, runs_of(), Request(limit=40))
    assert (top.at_top, top.at_end, top.offset, top.total) == (True, False, Count(0), Count(100))
    first = top.rows[30][0]
    mid = part(store, runs_of(), Request(limit=20, first=first, above=10))
    assert numbers(mid.rows) == list(range(79, 49, -1))
    assert (mid.at_top, mid.at_end, mid.offset) == (False, False, Count(20))
    near = part(store, runs_of(), Request(limit=99, first=first, above=50, most=60))
    assert (len(near.rows), near.at_top, near.at_end) == (60, True, False)
    end = part(store, runs_of(), Request(limit=20, from_end=True))
    assert (end.at_top, end.at_end, end.offset) == (False, True, Count(80))
    assert numbers(end.rows)[-1] == 0


def test_the_end_of_a_long_list_knows_the_exact_total(store: sqlite3.Connection) -> None:
    many_runs(store, "a", range(COUNTED + 10))
    assert part(store, runs_of(), Request(limit=1)).total == Count(COUNTED, exact=False)
    end = part(store, runs_of(), Request(limit=1, from_end=True))
    assert end.total == Count(COUNTED + 10)
    assert end.offset == Count(COUNTED, exact=False)


def test_an_order_without_an_index_is_of_the_newest_rows(store: sqlite3.Connection) -> None:
    many_runs(store, "a", range(SORTED + 500))
    end = part(store, runs_of(by=COST, rising=True), Request(limit=3, from_end=True))
    assert end.total == Count(SORTED)
    assert min(numbers(page(store, runs_of(by=COST), limit=SORTED + 500))) == 500


def test_a_row_that_news_took_away_is_read_all_the_same(store: sqlite3.Connection) -> None:
    many_runs(store, "a", range(100))
    held = page(store, runs_of(), limit=1)[0]
    trace = bytes.fromhex(held[1]["trace_id"])
    anchor = page(store, runs_of(), limit=50)[-1][0]
    asked = Request(limit=10, first=anchor, held={"trace": trace})
    assert part(store, runs_of(), asked).held == held
    gone = Request(limit=10, held={"trace": b"\0" * 16})
    assert part(store, runs_of(), gone).held is None


@pytest.mark.parametrize(
    "asked",
    [
        {"limit": 9},
        {"limit": 9, "at": (T0, 5)},
        {"limit": 9, "after": (T0, 5)},
        {"limit": 9, "before": (T0, 5)},
        {"limit": 9, "from_end": True},
    ],
)
def test_a_page_is_read_from_an_index_in_order(
    store: sqlite3.Connection, asked: dict[str, Any]
) -> None:
    for rows in (runs_of(), Rows(table=TABLES["runs"], now_ns=T0)):
        steps = plan(store, lambda rows=rows: page(store, rows, **asked))
        assert not any("TEMP B-TREE" in step for step in steps)
        assert "USING INDEX runs_by_" in steps[0]
        anchored = set(asked) & {"at", "after", "before"}
        assert ("received_ns" in steps[0]) == bool(anchored)


def test_a_count_reads_the_index_alone(store: sqlite3.Connection) -> None:
    for before in (None, (T0, 5)):
        steps = plan(store, lambda before=before: count(store, runs_of(), before=before))
        assert any("COVERING INDEX" in step for step in steps)


def test_spans_have_pages_too(store: sqlite3.Connection) -> None:
    write(writer_on(store), *(span(number) for number in range(1, 6)))
    rows = Rows(table=TABLES["spans"], now_ns=T0, equal={"agent": "shop"})
    assert [row["name"] for _, row in page(store, rows, limit=2)] == ["span 5", "span 4"]
    assert count(store, rows) == Count(5)


def test_a_frozen_list_lets_nothing_in(store: sqlite3.Connection) -> None:
    many_runs(store, "a", range(100))
    rows = runs_of(upto_ns=T0 + 49 * NS)
    assert numbers(page(store, rows, limit=2)) == [49, 48]
    assert count(store, rows) == Count(50)
    assert part(store, rows, Request(limit=9, first=(T0 + 49 * NS, 50), above=9)).at_top


def test_a_store_that_cannot_be_read_is_a_store_error(store: sqlite3.Connection) -> None:
    store.execute("DROP TABLE gaps")
    store.execute("DROP TABLE runs")
    with pytest.raises(StoreError):
        page(store, runs_of(), limit=1)
    with pytest.raises(StoreError):
        count(store, runs_of())


def plan(connection: sqlite3.Connection, ask: Any) -> list[str]:
    told: list[str] = []
    connection.set_trace_callback(told.append)
    ask()
    connection.set_trace_callback(None)
    return [step[3] for step in connection.execute(f"EXPLAIN QUERY PLAN {told[0]}").fetchall()]
