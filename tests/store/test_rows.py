"""A record's row tells what the record told, and unknown stays unknown."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from agentwatch.model import Event, Facts, OutcomeStated, Point, Usage, Waiting
from agentwatch.store.detail import unpack_event
from agentwatch.store.rows import MOST, event_row, node_of, point_row, span_row, stored_node
from agentwatch.store.statements import EVENT_COLUMNS, LOAD_NODES, SPAN_COLUMNS
from tests.store.records import NS, SERVICE, T0, span, trace_id
from tests.store.stores import NOW, made, write, writer_on

FULL: dict[str, Any] = {
    "operation": "execute_tool",
    "agent_name": "clerk",
    "agent_id": "a-1",
    "agent_version": "3",
    "conversation_id": "c",
    "provider": "openai",
    "request_model": "m1",
    "response_model": "m1-2026",
    "tool": "send",
    "data_source": "kb",
    "error_type": "timeout",
    "dialect": "gen_ai",
    "usage": Usage(
        input_tokens=9, output_tokens=3, cache_read_tokens=4, cache_creation_tokens=1,
        reasoning_tokens=2,
    ),
}  # fmt: skip


def test_a_row_has_every_column_in_order() -> None:
    told = span(2, 1, **FULL)
    node = node_of(told, T0 + 7, 42)
    row = span_row(told, node, 5, NOW, (42, "priced"), 6, b"d")
    found = dict(zip(SPAN_COLUMNS, row, strict=True))
    assert found["trace_id"] == bytes.fromhex(told.trace_id)
    assert found["parent_span_id"] == bytes.fromhex("0" * 15 + "1")
    assert [found[name] for name in ("feed_id", "received_ns", "at_ns", "resource_id")] == [
        5, NOW, T0 + 7, 6,
    ]  # fmt: skip
    assert (found["cost_usd_micros"], found["cost_source"], found["detail"]) == (42, "priced", b"d")
    for name, value in FULL.items():
        if name not in ("usage", "agent_name", "agent_id"):
            assert found[name] == value
    tokens = ("input", "output", "cache_read", "cache_creation", "reasoning")
    assert [found[f"{name}_tokens"] for name in tokens] == [9, 3, 4, 1, 2]


def test_what_a_span_did_not_tell_is_null() -> None:
    told = span(1)
    row = span_row(told, node_of(told, T0, None), 5, NOW, (None, "unknown"), 6, b"")
    found = dict(zip(SPAN_COLUMNS, row, strict=True))
    unknown = {name for name, value in found.items() if value is None}
    assert {"input_tokens", "output_tokens", "cost_usd_micros", "tool", "provider"} <= unknown


@pytest.mark.parametrize(
    "fields",
    [
        {},
        FULL,
        {"state": "running", "end_ns": None},
        {"usage": Usage(output_tokens=1)},
        {"cost_usd_micros": 0},
        {"operation": "invoke_agent", "agent_name": "boss"},
    ],
)
def test_a_node_comes_back_from_the_store_as_it_was_written(
    store: sqlite3.Connection, fields: dict[str, Any]
) -> None:
    writer = writer_on(store)
    told = span(2, 1, **fields)
    write(writer, told)
    (row,) = store.execute(LOAD_NODES, (bytes.fromhex(told.trace_id),)).fetchall()
    node = stored_node(row, SERVICE)
    was = writer._traces[told.trace_id].nodes[told.span_id]
    for name in (
        "span_id", "parent", "state", "start_ns", "end_ns", "at_ns", "agent", "own_name",
        "own_id", "invokes", "labels", "usage", "below", "kept", "row_id",
    ):  # fmt: skip
        assert getattr(node, name) == getattr(was, name), name


def test_a_count_no_model_has_ever_used_does_not_overflow_a_sum(
    store: sqlite3.Connection,
) -> None:
    usage = Usage(input_tokens=1 << 53, output_tokens=1 << 53)
    spans = [
        span(n, 1 if n > 1 else None, usage=usage, cost_usd_micros=10**15) for n in range(1, 2000)
    ]
    write(writer_on(store), *spans)
    told = store.execute(
        "SELECT input_tokens, cost_usd_micros, typeof(input_tokens) FROM rollups WHERE width_s = 60"
    )
    # a parent's own usage does not count beside its children's
    for tokens, cost, kind in told:
        assert kind == "integer"
        assert 0 < tokens == cost <= 1998 * MOST
    assert store.execute("SELECT max(input_tokens) FROM spans").fetchone() == (1 << 53,)


def test_spans_without_a_start_do_not_overflow_the_durations(store: sqlite3.Connection) -> None:
    writer = writer_on(store)
    write(writer, *(span(n, 1, start_ns=0, end_ns=2**63 - 1) for n in range(2, 50)))
    write(writer, span(60, 1, start_ns=T0, end_ns=T0 - 5 * NS))
    assert store.execute("SELECT DISTINCT duration_ns FROM rollups").fetchall() == [(0,)]


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([span(1)], ("ok", 1, 1, 0, 0, T0 + 2 * NS)),
        ([span(1, state="error")], ("error", 1, 1, 1, 0, T0 + 2 * NS)),
        ([span(1), span(2, 1, state="error")], ("ok", 1, 2, 1, 0, T0 + 3 * NS)),
        ([span(1, state="running", end_ns=None)], ("running", 1, 1, 0, 0, None)),
        ([span(2, 1)], ("unknown", 0, 1, 0, 1, None)),
    ],
)
def test_a_runs_state_is_its_roots(
    store: sqlite3.Connection, spans: list[Any], expected: tuple[Any, ...]
) -> None:
    write(writer_on(store), *spans)
    row = store.execute(
        "SELECT state, has_root, span_count, error_count, orphan_count, end_ns FROM runs"
    )
    assert row.fetchall() == [expected]


def test_a_runs_figures_are_unknown_until_a_span_carries_usage(store: sqlite3.Connection) -> None:
    writer = writer_on(store)
    query = "SELECT input_tokens, output_tokens, cost_usd_micros, unpriced_count FROM runs"
    write(writer, span(1))
    assert store.execute(query).fetchone() == (None, None, None, 0)
    write(writer, span(2, 1, tokens=10))
    assert store.execute(query).fetchone() == (10, 5, None, 1)
    write(writer, span(3, 1, tokens=10, request_model="m1"))
    assert store.execute(query).fetchone() == (20, 10, 20, 1)


def test_a_run_remembers_what_its_spans_say_of_it(store: sqlite3.Connection) -> None:
    facts = Facts(task_id="t", user_id="u", mode="interactive", outcome="escalated")
    write(writer_on(store), span(2, 1, conversation_id="child"), span(3, 1, facts=facts),
          span(1, conversation_id="root"))  # fmt: skip
    row = store.execute(
        "SELECT task_id, user_id, mode, outcome, outcome_stated, conversation_id FROM runs"
    )
    assert row.fetchone() == ("t", "u", "interactive", "escalated", 0, "root")


@pytest.mark.parametrize(
    ("fact", "kind"),
    [(None, "log"), (Waiting("desk"), "waiting"), (OutcomeStated("resolved"), "outcome")],
)
def test_a_log_records_row_has_its_kind_and_all_it_said(fact: Any, kind: str) -> None:
    event = Event(
        name="e", at_ns=0, resource=SERVICE, attributes={"a": 1}, body=["b"], severity=9,
        trace_id=trace_id(4), fact=fact,
    )  # fmt: skip
    row = event_row(event, 5, NOW, 6, lambda _: b"")
    found = dict(zip(EVENT_COLUMNS, row, strict=True))
    assert (found["kind"], found["at_ns"], found["severity"]) == (kind, NOW, 9)
    packed = found["content"]
    assert isinstance(packed, bytes)
    content = unpack_event(packed, str)
    assert (content.attributes, content.body, content.fact) == ({"a": 1}, ["b"], fact)


def test_two_log_records_that_differ_anywhere_are_two(store: sqlite3.Connection) -> None:
    base: dict[str, Any] = {"name": "e", "at_ns": T0, "resource": SERVICE, "attributes": {}}
    others: list[dict[str, Any]] = [
        {"name": "f"}, {"at_ns": T0 + 1}, {"attributes": {"a": 1}}, {"body": "x"},
        {"severity": 1}, {"trace_id": trace_id(1)}, {"span_id": "0" * 15 + "1"},
        {"fact": Waiting("x")}, {"dialect": "gen_ai"},
    ]  # fmt: skip
    events = [Event(**base), *(Event(**(base | other)) for other in others)]
    assert write(writer_on(store), events=events + events).events_new == len(events)


def test_two_data_points_that_differ_anywhere_are_two() -> None:
    base: dict[str, Any] = {
        "name": "p", "unit": "1", "kind": "gauge", "at_ns": T0, "resource": SERVICE,
        "attributes": {}, "value": 1.5,
    }  # fmt: skip
    others: list[dict[str, Any]] = [
        {}, {"name": "q"}, {"value": 2}, {"attributes": {"a": 1}}, {"kind": "sum"},
        {"bucket_counts": (1, 2)},
    ]  # fmt: skip
    digests = [point_row(Point(**(base | other)), 1, NOW, 1)[0] for other in others]
    assert len(set(digests)) == len(others)
    assert point_row(Point(**base), 2, NOW + 9, 1)[0] == digests[0]


def test_the_same_span_from_two_writers_is_the_same_row(path: Any, tmp_path: Any) -> None:
    rows = []
    for place in (path, tmp_path / "t" / "store.db"):
        connection = made(place)
        write(writer_on(connection), span(2, 1, **FULL))
        rows.append(connection.execute("SELECT * FROM spans").fetchall())
        connection.close()
    assert rows[0] == rows[1]
