"""Runs with the fields of the contract; complete only when nothing of them can be missing."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from agentwatch.filters import parse
from agentwatch.store.queries import TABLES, rows
from tests.store.queries.plans import plan
from tests.store.records import NS, T0, span, trace_id
from tests.store.stores import NOW, write, writer_on

FIELDS = (
    "trace_id agent state outcome task_id conversation_id start_ns end_ns span_count error_count "
    "input_tokens output_tokens cost_usd_micros complete received_ns"
)


def ask(store: sqlite3.Connection, where: str = "") -> list[dict[str, Any]]:
    filter_ = parse(where) if where else None
    return list(rows(store, TABLES["runs"], now_ns=NOW, where=filter_))


def test_a_run_has_the_fields_of_the_contract(store: sqlite3.Connection) -> None:
    write(
        writer_on(store),
        span(1, trace=7, conversation_id="c", end_ns=T0 + 9 * NS),
        span(2, 1, trace=7, tokens=10, request_model="m1", state="error"),
    )
    (row,) = ask(store)
    assert " ".join(row) == FIELDS
    assert row == {
        "trace_id": trace_id(7), "agent": "shop", "state": "ok", "outcome": None, "task_id": None,
        "conversation_id": "c", "start_ns": T0 + NS, "end_ns": T0 + 9 * NS, "span_count": 2,
        "error_count": 1, "input_tokens": 10, "output_tokens": 5, "cost_usd_micros": 20,
        "complete": True, "received_ns": NOW,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("spans", "gap", "complete"),
    [
        ([span(1)], None, True),
        ([span(2, 1)], None, False),
        ([span(1), span(3, 2)], None, False),
        ([span(1), span(2, 1, state="running", end_ns=None)], None, False),
        ([span(1)], (T0 - 9 * NS, T0), True),
        ([span(1)], (T0 - 9 * NS, T0 + NS + 1), False),
        ([span(1)], (T0 + NS, T0 + NS + 5), False),
        ([span(1)], (T0 + 2 * NS, None), True),
        ([span(1)], (T0 + NS, None), False),
    ],
)
def test_a_run_is_complete_when_nothing_waits_and_no_gap_touches_it(
    store: sqlite3.Connection, spans: list[Any], gap: tuple[int, int | None] | None, complete: bool
) -> None:
    write(writer_on(store), *spans)
    if gap is not None:
        store.execute(
            "INSERT INTO gaps (feed_id, since_ns, until_ns, reason) VALUES (1, ?, ?, '')", gap
        )
    assert [row["complete"] for row in ask(store)] == [complete]


def test_a_gap_of_another_feed_does_not_touch_it(store: sqlite3.Connection) -> None:
    write(writer_on(store), span(1))
    store.execute("INSERT INTO gaps (feed_id, since_ns, reason) VALUES (2, 0, '')")
    assert ask(store)[0]["complete"] is True


def test_the_run_with_the_newest_record_comes_first(store: sqlite3.Connection) -> None:
    writer = writer_on(store)
    for at, trace in enumerate((1, 2, 3, 1)):
        write(writer, span(at + 1, trace=trace), at_ns=NOW + at * NS)
    assert [int(row["trace_id"], 16) for row in ask(store)] == [1, 3, 2]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("", ["SCAN r USING INDEX runs_by_received"]),
        ("agent:shop", ["SEARCH r USING INDEX runs_by_agent (agent=?)"]),
        ("agent:Shop", ["SEARCH r USING INDEX runs_by_agent (agent=?)"]),
    ],
)
def test_the_last_runs_and_one_agents_are_read_in_order_from_an_index(
    store: sqlite3.Connection, where: str, expected: list[str]
) -> None:
    assert plan(store, "runs", where, limit=200) == expected


def test_one_run_is_found_by_its_trace(store: sqlite3.Connection) -> None:
    write(writer_on(store), span(1, trace=7), span(1, trace=8))
    assert len(ask(store, f"trace:{trace_id(7)}")) == 1
    (step, _) = plan(store, "runs", f"trace:{trace_id(7)}")
    assert "(trace_id>? AND trace_id<?)" in step
