"""A recording moved to another time: every time moves, nothing else does."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec import to_builtins

from agentwatch.decode import decode
from agentwatch.decode.shift import earliest_ns, newest_ns, shifted
from agentwatch.model import Records
from tests.decode.wires import START_NS, log, logs_frame, span, spans_frame

FROM_START = "2026-11-22T11:00:00Z"
DOCUMENT_NS = 1_795_345_200_000_000_000


def held() -> Records:
    told = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.data_source.id": "kb",
        "agentwatch.data_source.last_updated": FROM_START,
    }
    event = {"name": "e", "timeUnixNano": str(START_NS + 2), "attributes": []}
    records = decode(
        spans_frame(
            span(told, events=[event]),
            span(spanId="00000000000000aa", startTimeUnixNano=str(START_NS - 7)),
        )
    )
    waits = {"agentwatch.waiting.for": "approval", "agentwatch.waiting.since": FROM_START}
    records.events += decode(logs_frame(log(waits, eventName="agentwatch.waiting"))).events
    records.spans_rejected, records.faults = 3, {"mended": 1}
    return records


def times(value: Any, key: str = "") -> list[int]:
    if isinstance(value, dict):
        return [at for name, inner in value.items() for at in times(inner, name)]
    if isinstance(value, list | tuple):
        return [at for inner in value for at in times(inner, key)]
    return [value] if key.endswith("_ns") and isinstance(value, int) else []


@given(st.integers(-START_NS // 2, START_NS))
def test_every_time_moves_by_the_same(offset_ns: int) -> None:
    before, after = held(), shifted(held(), offset_ns)
    assert times(to_builtins(after)) == [at + offset_ns for at in times(to_builtins(before))]
    assert shifted(after, -offset_ns) == before


def test_the_times_of_facts_move_too() -> None:
    records = held()
    facts = records.spans[0].facts
    assert facts is not None
    assert facts.data_source_as_of_ns == DOCUMENT_NS
    assert len(times(to_builtins(records))) >= 8
    moved = shifted(records, 5).spans[0].facts
    assert moved is not None
    assert moved.data_source_as_of_ns == DOCUMENT_NS + 5


def test_what_is_no_time_stays() -> None:
    after = shifted(held(), 10)
    assert (after.spans_rejected, after.faults, len(after)) == (3, {"mended": 1}, 3)
    assert after.spans[0].attributes == held().spans[0].attributes


def test_an_open_span_stays_open() -> None:
    records = decode(spans_frame(span(endTimeUnixNano="0")))
    assert [each.end_ns for each in shifted(records, 5).spans] == [
        None if each.end_ns is None else each.end_ns + 5 for each in records.spans
    ]


def test_the_first_and_the_last_time_of_a_frame() -> None:
    assert (earliest_ns(held()), newest_ns(held())) == (START_NS - 7, START_NS + 5)
    assert (earliest_ns(Records()), newest_ns(Records())) == (None, None)
