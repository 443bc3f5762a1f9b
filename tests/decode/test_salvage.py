"""Frames that are not quite OTLP: what fits is kept, the rest counted."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agentwatch.decode import decode
from tests.decode.wires import log, logs_frame, span, spans_frame


@pytest.mark.parametrize("bad", [5, "x", None, {"traceId": 1}, []])
def test_a_record_of_a_wrong_type_costs_itself_alone(bad: Any) -> None:
    records = decode(spans_frame(bad, span()))
    assert (len(records.spans), records.spans_rejected) == (1, 1)
    assert records.faults == {"span_wrong_type": 1}
    records = decode(logs_frame(log(), bad if bad != {"traceId": 1} else {"traceId": 1}))
    assert (len(records.events), records.faults) == (1, {"log_wrong_type": 1})


def test_a_resource_of_a_wrong_type_costs_no_span() -> None:
    frame = json.loads(spans_frame(span()))
    frame["resourceSpans"][0]["resource"] = 5
    frame["resourceSpans"].append("x")
    records = decode(json.dumps(frame).encode())
    assert len(records.spans) == 1
    assert records.faults == {"wrong_type": 2}


def test_a_metric_of_a_wrong_type_is_counted() -> None:
    frame = {"resourceMetrics": [{"scopeMetrics": [{"metrics": [{"name": 5}]}]}]}
    assert decode(json.dumps(frame).encode()).faults == {"point_wrong_type": 1}
