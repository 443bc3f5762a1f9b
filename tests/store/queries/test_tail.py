"""The tail: newest last, by id, with the gaps and the rules at their place in time."""

from __future__ import annotations

import sqlite3

import pytest

from agentwatch.filters import FilterError, parse
from agentwatch.model import Event, Facts, RuleEvaluated, Usage
from agentwatch.store.queries.tail import SCANNED, Page, Told, Unseen, tail
from agentwatch.store.schema import StoreError
from tests.store.records import NS, SERVICE, T0, span, span_id, trace_id
from tests.store.stores import write, writer_on


def page(store: sqlite3.Connection, limit: int = 10, where: str = "", **asked: int) -> Page:
    given = {"now_ns": T0 + 1_000 * NS} | asked
    return tail(store, limit, parse(where) if where else None, **given)


def names(found: Page) -> list[str]:
    return [row.subject if isinstance(row, Told) else f"gap {row.feed}" for row in found.rows]


def fill(store: sqlite3.Connection, count: int) -> None:
    spans = [span(number, trace=number, name=f"s{number}") for number in range(1, count + 1)]
    write(writer_on(store), *spans, at_ns=T0 + 100 * NS)


def rule(number: int) -> Event:
    fact = RuleEvaluated(rule_id="R-112", version="v7", outcome="refer", inputs="score  .7")
    return Event(
        name="agentwatch.rule.evaluated", at_ns=T0, resource=SERVICE, attributes={"n": number},
        trace_id=trace_id(1), span_id=span_id(1), fact=fact,
    )  # fmt: skip


def test_the_newest_ended_spans_come_last_and_open_ones_do_not_come(
    store: sqlite3.Connection,
) -> None:
    fill(store, 5)
    write(writer_on(store), span(9, trace=9, state="running", end_ns=None))
    found = page(store, 3)
    assert names(found) == ["s3", "s4", "s5"]
    assert (found.older, found.newer, found.newest) == (True, False, 6)


def test_a_row_says_all_that_a_line_may_need(store: sqlite3.Connection) -> None:
    told = span(
        1, operation="execute_tool", tool="pay.refund", agent_name="refund", state="error",
        error_type="timeout", cost_usd_micros=120, usage=Usage(input_tokens=40),
        status_message="took too long",
        facts=Facts(effect="irreversible", data_source_version="v41"),
        attributes={"gen_ai.tool.call.arguments": '{"order": "55-1"}'},
    )  # fmt: skip
    write(writer_on(store), told, at_ns=T0 + 7 * NS)
    (row,) = page(store).rows
    assert isinstance(row, Told)
    assert row == Told(
        key=("span", 1), id=1, received_ns=T0 + 7 * NS, at_ns=T0 + 2 * NS, trace_id=trace_id(1),
        span_id=span_id(1), agent="shop/refund", operation="execute_tool", subject="pay.refund",
        asked="order 55-1", gave="took too long", feed="f", state="error", error_type="timeout",
        source_version="v41", effect="irreversible", duration_ns=NS, tokens=40,
        cost_usd_micros=120,
    )  # fmt: skip


def test_what_nobody_told_is_none(store: sqlite3.Connection) -> None:
    write(writer_on(store), span(1, operation="invoke_agent", name="invoke_agent a"))
    (row,) = page(store).rows
    assert isinstance(row, Told)
    assert (row.tokens, row.cost_usd_micros, row.effect, row.subject) == (None, None, None, "a")


def test_a_reader_pages_back_and_forth_by_id(store: sqlite3.Connection) -> None:
    fill(store, 20)
    middle = page(store, 6, around=10)
    assert names(middle) == ["s8", "s9", "s10", "s11", "s12", "s13"]
    assert (middle.older, middle.newer) == (True, True)
    oldest = page(store, 6, around=0)
    assert names(oldest) == ["s1", "s2", "s3"]
    assert (oldest.older, oldest.newer) == (False, True)
    newest = page(store, 6, around=19)
    assert names(newest) == ["s15", "s16", "s17", "s18", "s19", "s20"]
    assert (newest.older, newest.newer) == (True, False)


def test_a_frozen_reader_sees_nothing_that_came_later(store: sqlite3.Connection) -> None:
    fill(store, 9)
    assert names(page(store, 3, upto=5)) == ["s3", "s4", "s5"]
    assert page(store, 3, upto=5).newest == 5


def test_a_filter_holds_for_every_page(store: sqlite3.Connection) -> None:
    fill(store, 20)
    assert names(page(store, 3, "s1")) == ["s17", "s18", "s19"]
    assert names(page(store, 4, "s1", around=11)) == ["s10", "s11", "s12", "s13"]
    with pytest.raises(FilterError):
        page(store, 3, "outcome:resolved")


def test_a_filter_looks_at_so_many_spans_and_says_that_there_are_more(
    store: sqlite3.Connection,
) -> None:
    fill(store, 2)
    store.execute("UPDATE spans SET id = ? WHERE id = 2", (SCANNED + 2,))
    found = page(store, 10, "name:s1")
    assert (found.rows, found.older) == ([], True)


def test_a_gap_stands_where_it_began(store: sqlite3.Connection) -> None:
    writer = writer_on(store)
    write(writer, span(1, trace=1, name="before"), at_ns=T0)
    write(writer, span(2, trace=2, name="after"), at_ns=T0 + 60 * NS)
    gap = (T0 + 5 * NS, T0 + 9 * NS)
    store.execute("INSERT INTO gaps VALUES (7, 1, ?, ?, 'the socket closed')", gap)
    found = page(store)
    assert names(found) == ["before", "gap f", "after"]
    unseen = found.rows[1]
    assert isinstance(unseen, Unseen)
    assert (unseen.since_ns, unseen.until_ns, unseen.reason, unseen.lost, unseen.id) == (
        *gap, "the socket closed", True, 1,
    )  # fmt: skip


def test_a_silent_feed_stands_once_with_its_gap_or_without(store: sqlite3.Connection) -> None:
    write(writer_on(store), span(1), at_ns=T0)
    store.execute("UPDATE feeds SET interval_s = 2.0, last_frame_ns = ?", (T0 + 3 * NS,))
    assert page(store, now_ns=T0 + 9 * NS).silent == frozenset()
    found = page(store, now_ns=T0 + 60 * NS)
    assert names(found) == ["span 1", "gap f"]
    assert found.silent == {"f"}
    assert isinstance(found.rows[1], Unseen)
    assert not found.rows[1].lost
    store.execute("INSERT INTO gaps VALUES (7, 1, ?, NULL, 'closed')", (T0 + 4 * NS,))
    (_, unseen) = page(store, now_ns=T0 + 60 * NS).rows
    assert isinstance(unseen, Unseen)
    assert unseen.lost


def test_a_business_rule_is_told_among_the_spans_and_not_under_a_filter(
    store: sqlite3.Connection,
) -> None:
    writer = writer_on(store)
    write(writer, span(1, name="x"), at_ns=T0)
    write(writer, events=[rule(1)], at_ns=T0 + NS)
    write(writer, span(2, trace=2, name="y"), at_ns=T0 + 2 * NS)
    found = page(store)
    assert names(found) == ["x", "R-112 v7", "y"]
    told = found.rows[1]
    assert isinstance(told, Told)
    assert (told.operation, told.agent, told.asked, told.gave) == (
        "rule", "shop", "score .7", "refer",
    )  # fmt: skip
    assert names(page(store, where="operation:chat")) == ["x", "y"]


def test_an_empty_store_has_an_empty_tail(store: sqlite3.Connection) -> None:
    found = page(store, around=3)
    assert (found.rows, found.older, found.newer, found.newest) == ([], False, False, 0)


def test_a_damaged_row_is_named(store: sqlite3.Connection) -> None:
    write(writer_on(store), span(1))
    store.execute("UPDATE spans SET detail = x'c1'")
    with pytest.raises(StoreError, match="is damaged"):
        page(store)


def test_a_page_is_found_by_id_alone(store: sqlite3.Connection) -> None:
    told: list[str] = []
    fill(store, 3)
    store.set_trace_callback(told.append)
    page(store, 3, around=1)
    store.set_trace_callback(None)
    for sql in (each for each in told if "FROM spans s WHERE s.end_ns" in each):
        steps = [row[3] for row in store.execute(f"EXPLAIN QUERY PLAN {sql}")]
        assert steps[0].startswith("SEARCH s USING INTEGER PRIMARY KEY"), (sql, steps)
        assert not any("TEMP B-TREE" in step for step in steps), (sql, steps)
