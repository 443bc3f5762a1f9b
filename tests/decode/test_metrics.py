"""Metrics: one point per data point, of every kind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from agentwatch.decode import decode


def read(metric: dict[str, Any]) -> Any:
    group = {"scopeMetrics": [{"metrics": [{"name": "m", "unit": "s", **metric}]}]}
    return decode(json.dumps({"resourceMetrics": [group]}).encode())


def test_a_gauge_and_a_sum_carry_their_value() -> None:
    [gauge] = read({"gauge": {"dataPoints": [{"asDouble": 0.5, "timeUnixNano": "7"}]}}).points
    assert (gauge.kind, gauge.value, gauge.at_ns, gauge.unit) == ("gauge", 0.5, 7, "s")
    [total] = read({"sum": {"dataPoints": [{"asInt": "12"}]}}).points
    assert (total.kind, total.value) == ("sum", 12)


def test_a_histograms_value_is_its_mean() -> None:
    point = {"count": "4", "sum": 10, "min": 1, "max": "NaN", "bucketCounts": ["1", 3],
             "explicitBounds": [5]}  # fmt: skip
    records = read({"histogram": {"dataPoints": [point, {"count": 0}]}})
    full, empty = records.points
    assert (full.value, full.count, full.low, full.high) == (2.5, 4, 1, None)
    assert (full.bounds, full.bucket_counts) == ((5.0,), (1, 3))
    assert empty.value is None
    assert records.faults == {"not_finite": 1}


def test_a_bad_point_is_counted_and_its_neighbour_kept() -> None:
    records = read({"sum": {"dataPoints": [{"asInt": "x"}, {"asInt": 1}]}})
    assert [point.value for point in records.points] == [1]
    assert records.faults == {"point_bad_integer": 1}


def test_recorded_metrics_decode(shared_data: Path) -> None:
    lines = (shared_data / "generated_otlp/sdk_metrics.jsonl").read_bytes().splitlines()
    points = [point for line in lines for point in decode(line).points]
    assert len(points) == 10
    assert {point.name for point in points} >= {"gen_ai.client.token.usage"}
    assert len(decode((shared_data / "otlp_official/examples/metrics.json").read_bytes())) == 4
