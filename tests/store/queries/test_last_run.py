"""The last run as a tree: in order, whatever its exporter said of parents."""

from __future__ import annotations

import sqlite3

from agentwatch.store.queries.last_run import MOST_SPANS, LastRun, last_run
from tests.store.records import NS, T0, span
from tests.store.stores import write, writer_on


def of(store: sqlite3.Connection) -> LastRun:
    found = last_run(store, "shop")
    assert found is not None
    return found


def test_an_agent_without_an_ended_run_has_no_last_one(store: sqlite3.Connection) -> None:
    assert last_run(store, "shop") is None
    write(writer_on(store), span(1, state="running", end_ns=None))
    assert last_run(store, "shop") is None


def test_the_run_that_ended_last_is_told_with_its_spans_below_one_another(
    store: sqlite3.Connection,
) -> None:
    root = span(1, end_ns=T0 + 9 * NS, operation="invoke_agent")
    write(
        writer_on(store), root, span(4, 3, tool="pay.refund", operation="execute_tool"),
        span(3, 1, request_model="m1"), span(2, 1, data_source="crm", operation="retrieval"),
    )  # fmt: skip
    write(writer_on(store), span(9, trace=2, start_ns=T0, end_ns=T0 + 2 * NS))
    found = of(store)
    assert (found.span_count, found.start_ns, found.end_ns) == (4, T0 + NS, T0 + 9 * NS)
    assert [(step.depth, step.operation, step.name) for step in found.steps] == [
        (0, "invoke", "shop"),
        (1, "retrieval", "crm"),
        (1, "chat", "m1"),
        (2, "tool", "pay.refund"),
    ]
    assert [step.last for step in found.steps] == [
        (True,), (True, False), (True, True), (True, True, True),
    ]  # fmt: skip


def test_a_span_whose_parent_never_came_is_a_root(store: sqlite3.Connection) -> None:
    write(writer_on(store), span(1), span(3, 77))
    assert [step.depth for step in of(store).steps] == [0, 0]


def test_a_circle_of_parents_ends(store: sqlite3.Connection) -> None:
    write(writer_on(store), span(1), span(2, 3), span(3, 2), span(4, 4))
    assert next(step.name for step in of(store).steps) == "span 1"


def test_a_run_of_thousands_of_spans_shows_the_first(store: sqlite3.Connection) -> None:
    many = [span(number, number - 1) for number in range(2, 200)]
    write(writer_on(store), span(1, end_ns=T0 + 300 * NS), *many)
    found = of(store)
    assert (found.span_count, len(found.steps)) == (199, MOST_SPANS)
    assert max(step.depth for step in found.steps) <= 8
