"""Any bytes give records or a DecodeError; the corpora give their published counts."""

from __future__ import annotations

import base64
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentwatch.attribution import agent_key
from agentwatch.decode import DecodeError, decode
from agentwatch.model import Records, Span
from tests.decode.wires import log, logs_frame, span, spans_frame

CORPORA = [
    ("trail/trail_gaia_20.jsonl", 117, 20, 264, 18, 80),
    ("tau_bench/tau_airline_trials01.jsonl", 381, 100, 1901, 33, 200),
    ("who_and_when/whowhen_algorithm.jsonl", 49, 40, 392, 0, 0),
    ("swe_agent/sweagent.jsonl", 64, 22, 486, 0, 0),
    ("any_agent/anyagent.jsonl", 8, 7, 50, 0, 0),
    ("otlp_official/examples/*.json", 4, 1, 1, 0, 2),
    ("generated_otlp/*.jsonl", 28, 5, 24, 3, 2),
]
AGENTS = [
    ("any_agent/anyagent.jsonl", {"any_agent": 44, "unknown": 6}),
    ("generated_otlp/logfire_pending.jsonl", {"claims-agent/claims-triage": 4}),
    ("generated_otlp/openinference-langchain.jsonl", {"demo-openinference-langchain": 6}),
    ("generated_otlp/pydantic-ai.jsonl", {"demo-pydantic-ai/claims-triage": 4}),
    ("generated_otlp/sdk_traces.jsonl", {"urn:agent:acme:claims-triage": 4}),
    ("generated_otlp/traceloop-langchain.jsonl", {"demo-traceloop-langchain/claims-triage": 6}),
    ("swe_agent/sweagent.jsonl", {"swe-agent": 486}),
    ("tau_bench/tau_airline_trials01.jsonl", {"airline-agent": 1901}),
    ("trail/trail_gaia_20.jsonl", {"gaia-annotation-samples/app:GAIA-Samples": 264}),
]


def frames(shared_data: Path, pattern: str) -> list[bytes]:
    """Return each document; a `.json` file is one."""
    found: list[bytes] = []
    for path in sorted(shared_data.glob(pattern)):
        content = path.read_bytes()
        found.extend([content] if path.suffix == ".json" else content.splitlines())
    return found


def corpus(shared_data: Path, pattern: str) -> list[Records]:
    return [decode(frame) for frame in frames(shared_data, pattern)]


def resolved_name(span: Span, by_id: dict[tuple[str, str], Span]) -> str | None:
    """Return the span's agent name, or that of its nearest `invoke_agent` ancestor."""
    name, here, seen = span.agent_name, span, set()
    while name is None and here.parent_span_id is not None and here.span_id not in seen:
        seen.add(here.span_id)
        parent = by_id.get((here.trace_id, here.parent_span_id))
        if parent is None:
            return None
        here = parent
        name = here.agent_name if here.operation == "invoke_agent" else None
    return name


def agents(records: list[Records]) -> Counter[str]:
    spans = [span for batch in records for span in batch.spans]
    by_id = {(span.trace_id, span.span_id): span for span in spans}
    return Counter(
        agent_key(span.resource, None, resolved_name(span, by_id), span.agent_id) for span in spans
    )


@pytest.mark.parametrize(("pattern", "documents", "traces", "spans", "errors", "logs"), CORPORA)
def test_every_corpus_gives_its_published_counts(
    shared_data: Path, pattern: str, documents: int, traces: int, spans: int, errors: int, logs: int
) -> None:
    found = corpus(shared_data, pattern)
    every = [span for records in found for span in records.spans]
    assert len(found) == documents
    assert len({span.trace_id for span in every}) == traces
    assert len(every) == spans
    assert sum(span.state == "error" for span in every) == errors
    assert sum(len(records.events) for records in found) == logs
    assert sum(records.spans_rejected for records in found) == 0


@pytest.mark.parametrize(("pattern", "expected"), AGENTS)
def test_every_corpus_gives_its_published_agents(
    shared_data: Path, pattern: str, expected: dict[str, int]
) -> None:
    assert agents(corpus(shared_data, pattern)) == expected


def test_a_process_may_hold_several_agents(shared_data: Path) -> None:
    found = agents(corpus(shared_data, "who_and_when/whowhen_algorithm.jsonl"))
    assert found["captain-agent"] == 40
    assert len(found) > 3
    assert all(key.startswith("captain-agent") for key in found)


def test_the_json_test_suite_is_told_apart(shared_data: Path) -> None:
    cases = sorted((shared_data / "bad_input/JSONTestSuite").glob("[yn]_*.json"))
    assert len(cases) > 250
    wrong = []
    for path in cases:
        try:
            records = decode(path.read_bytes())
        except DecodeError:
            if path.name.startswith("y"):
                wrong.append(path.name)
            continue
        if path.name.startswith("n") or len(records):
            wrong.append(path.name)
    assert wrong == []


def test_naughty_strings_leave_no_control_character(shared_data: Path) -> None:
    naughty = json.loads((shared_data / "bad_input/blns/blns_first_half.json").read_bytes())
    records = decode(spans_frame(span({f"k{rank}": text for rank, text in enumerate(naughty)})))
    kept = records.spans[0].attributes
    assert len(kept) == len(naughty)
    for text in kept.values():
        assert isinstance(text, str)
        assert not [char for char in text if ord(char) < 32 and char not in "\t\n\r"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "bad_json"),
        (b"\xef\xbb\xbf{}", "bad_json"),
        (b"{", "bad_json"),
        (b'{"x":"\xff"}', "not_utf8"),
        (b'{"x":' + b"[" * 600 + b"]" * 600 + b"}", "too_deep"),
        (b"[" * 200_000, "too_deep"),
        (b'{"specversion":"1.0","data_base64":"x"}', "bad_base64"),
    ],
)
def test_a_frame_that_cannot_be_read_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(DecodeError) as caught:
        decode(data)
    assert caught.value.reason == reason
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("data", [b"[]", b"5", b"null", b'{"resourceSpans":5}', b'{"a":1}'])
def test_json_that_is_no_otlp_gives_empty_records(data: bytes) -> None:
    assert len(decode(data)) == 0


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda frame: {"data": json.loads(frame)},
        lambda frame: {"data": frame.decode()},
        lambda frame: {"data_base64": base64.b64encode(frame).decode()},
    ],
)
def test_a_cloudevents_frame_is_unwrapped(wrapped: Any) -> None:
    frame = json.dumps({"specversion": "1.0", **wrapped(spans_frame(span()))}).encode()
    assert len(decode(frame).spans) == 1


@given(st.binary(max_size=300))
def test_any_bytes_give_records_or_a_decode_error(data: bytes) -> None:
    try:
        assert isinstance(decode(data), Records)
    except DecodeError as error:
        assert error.reason


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["key", "value", "stringValue", "intValue", "doubleValue", "bytesValue", "arrayValue",
             "kvlistValue", "values", "attributes", "traceId", "status", "code", "events"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip
FIELDS = st.dictionaries(
    st.sampled_from([*span(), "events", "links", "body", "eventName", "severityNumber"]), PLAIN
)


@given(FIELDS)
def test_any_field_of_any_type_costs_at_most_its_own_record(fields: dict[str, Any]) -> None:
    records = decode(spans_frame(span(), {**span(), **fields}))
    assert len(records.spans) + records.spans_rejected == 2
    decode(logs_frame({**log(), **fields}))
