"""OTLP/JSON is written by its precise rules."""

import pytest

from agentwatch.demo import otlp


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        (True, {"boolValue": True}),
        (2**62, {"intValue": str(2**62)}),
        (0.5, {"doubleValue": 0.5}),
        ("x", {"stringValue": "x"}),
        (["a", 1], {"arrayValue": {"values": [{"stringValue": "a"}, {"intValue": "1"}]}}),
    ],
)
def test_values(value: object, shape: otlp.Json) -> None:
    assert otlp.any_value(value) == shape


def test_a_pending_span_points_at_the_real_one() -> None:
    real = otlp.span("a" * 32, "b" * 16, None, "chat m", (5, 9), {}, ("E", "broken"))
    shown = otlp.pending(real, "c" * 16, {})
    assert real["status"] == {"code": 2, "message": "broken"}
    assert shown["parentSpanId"] == real["spanId"]
    assert shown["startTimeUnixNano"] == shown["endTimeUnixNano"] == "5"
    parent = {"key": "logfire.pending_parent_id", "value": {"stringValue": "0" * 16}}
    assert parent in shown["attributes"]
