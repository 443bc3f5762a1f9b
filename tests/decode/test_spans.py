"""Spans: ids, states, times, Logfire's pending spans, and what a bad one costs."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from agentwatch.decode import decode
from tests.decode.wires import SPAN, START_NS, TRACE, span, spans_frame


def only(**fields: Any) -> Any:
    return decode(spans_frame(span(**fields))).spans[0]


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"status": {}}, "unset"),
        ({"status": None}, "unset"),
        ({"status": {"code": 1}}, "ok"),
        ({"status": {"code": 2}}, "error"),
        ({"status": {"code": "STATUS_CODE_ERROR"}}, "error"),
        ({"endTimeUnixNano": "0"}, "running"),
        ({"endTimeUnixNano": None}, "running"),
        ({"attributes": [{"key": "error.type", "value": {"stringValue": "x"}}]}, "unset"),
    ],
)
def test_the_state_comes_from_the_status_code_and_the_end(fields: Any, state: str) -> None:
    assert only(**fields).state == state


@pytest.mark.parametrize("parent", ["", None, "0" * 16])
def test_a_root_has_no_parent(parent: str | None) -> None:
    assert only(parentSpanId=parent).parent_span_id is None


def test_ids_are_stored_in_lower_case_and_times_as_integers() -> None:
    found = only(traceId=TRACE.upper(), spanId=SPAN.upper(), startTimeUnixNano=START_NS + 1)
    assert (found.trace_id, found.span_id, found.start_ns) == (TRACE, SPAN, START_NS + 1)


def test_base64_ids_are_accepted_and_counted() -> None:
    trace = base64.b64encode(bytes.fromhex(TRACE)).decode()
    own = base64.b64encode(bytes.fromhex(SPAN)).decode()
    records = decode(spans_frame(span(traceId=trace, spanId=own)))
    assert (records.spans[0].trace_id, records.spans[0].span_id) == (TRACE, SPAN)
    assert records.faults == {"base64_id": 2}


@pytest.mark.parametrize(
    "bad",
    [
        {"traceId": "0" * 32},
        {"traceId": "abc"},
        {"traceId": "g" * 32},
        {"spanId": " " + SPAN[1:]},
        {"spanId": 7},
        {"startTimeUnixNano": "0"},
        {"startTimeUnixNano": str(1 << 64)},
        {"endTimeUnixNano": 1 << 64},
        {"startTimeUnixNano": "1_000"},
        {"startTimeUnixNano": -1},
        {"attributes": [{"key": "n", "value": {"intValue": str(1 << 63)}}]},
        {"attributes": 5},
    ],
)
def test_a_bad_span_is_counted_and_its_neighbour_kept(bad: Any) -> None:
    records = decode(spans_frame(span(), span(**bad)))
    assert [found.span_id for found in records.spans] == [SPAN]
    assert records.spans_rejected == 1
    assert sum(records.faults.values()) == 1


def test_an_exponent_where_an_integer_belongs_costs_one_span() -> None:
    frame = spans_frame(span(), span(startTimeUnixNano=12345)).replace(b"12345", b"1e3")
    records = decode(frame)
    assert (len(records.spans), records.spans_rejected) == (1, 1)


def test_a_pending_span_is_told_as_the_real_one_running() -> None:
    found = only(
        attributes=[
            {"key": "logfire.span_type", "value": {"stringValue": "pending_span"}},
            {"key": "logfire.pending_parent_id", "value": {"stringValue": "00000000000000aa"}},
        ],
        parentSpanId="1397f654fd8962d9",
    )
    assert (found.span_id, found.parent_span_id) == ("1397f654fd8962d9", "00000000000000aa")
    assert (found.state, found.end_ns, found.dialect) == ("running", None, "logfire")


def test_events_and_links_come_along_and_a_bad_link_costs_nothing_else() -> None:
    records = decode(
        spans_frame(
            span(
                events=[{"name": "exception", "timeUnixNano": "7"}],
                links=[{"traceId": TRACE, "spanId": SPAN}, {"traceId": "x", "spanId": SPAN}],
            )
        )
    )
    found = records.spans[0]
    assert [(event.name, event.at_ns) for event in found.events] == [("exception", 7)]
    assert found.links == [(TRACE, SPAN)]
    assert records.faults == {"bad_link": 1}


def test_without_an_operation_the_kind_names_it() -> None:
    assert (only(kind=3).operation, only(kind="SPAN_KIND_SERVER").operation) == ("client", "server")
    assert only(kind=0).operation == "internal"


def test_snake_case_is_unknown_and_gives_empty_records() -> None:
    records = decode(json.dumps({"resource_spans": [{"scope_spans": []}]}).encode())
    assert len(records) == 0 and records.faults == {}
