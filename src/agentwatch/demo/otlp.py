"""Plain values in, OTLP/JSON objects out. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from agentwatch.clock import NS_PER_S

Json = dict[str, Any]
STATUS_ERROR = 2


def any_value(value: object) -> Json:
    """Return OTLP's AnyValue; 64-bit integers are strings, as the format says."""
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, (list, tuple)):
        return {"arrayValue": {"values": [any_value(item) for item in value]}}
    return {"stringValue": str(value)}


def attributes(values: Mapping[str, object]) -> list[Json]:
    """Return OTLP's key-value list; None values are left out."""
    return [{"key": k, "value": any_value(v)} for k, v in values.items() if v is not None]


def iso(at_ns: int) -> str:
    """Return a time as ISO 8601 in UTC, whole seconds."""
    return datetime.fromtimestamp(at_ns // NS_PER_S, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def messages(role: str, text: str) -> str:
    """Return one chat message in the form of `gen_ai.input.messages`."""
    return json.dumps([{"role": role, "parts": [{"type": "text", "content": text}]}])


def span(
    trace_id: str,
    span_id: str,
    parent_id: str | None,
    name: str,
    times_ns: tuple[int, int],
    values: Mapping[str, object],
    error: tuple[str, str] | None = None,
) -> Json:
    """Return a finished span; `error` is an exception's type and message, told as an event."""
    start_ns, end_ns = times_ns
    record: Json = {"traceId": trace_id, "spanId": span_id}
    if parent_id is not None:
        record["parentSpanId"] = parent_id
    record |= {
        "name": name,
        "kind": 1,
        "startTimeUnixNano": str(start_ns),
        "endTimeUnixNano": str(end_ns),
        "attributes": attributes(values),
    }
    if error is not None:
        told = {"exception.type": error[0], "exception.message": error[1]}
        record["status"] = {"code": STATUS_ERROR, "message": error[1]}
        record["events"] = [
            {"name": "exception", "timeUnixNano": str(end_ns), "attributes": attributes(told)}
        ]
    return record


def pending(finished: Json, pending_id: str, values: Mapping[str, object]) -> Json:
    """Return the Logfire-style pending span that shows the start of what `finished` ends."""
    parent = finished.get("parentSpanId", "0" * 16)
    marks = {"logfire.span_type": "pending_span", "logfire.pending_parent_id": parent}
    start = finished["startTimeUnixNano"]
    return {
        "traceId": finished["traceId"],
        "spanId": pending_id,
        "parentSpanId": finished["spanId"],
        "name": finished["name"],
        "kind": 1,
        "startTimeUnixNano": start,
        "endTimeUnixNano": start,
        "attributes": attributes({**values, **marks}),
    }


def log(
    name: str,
    at_ns: int,
    values: Mapping[str, object],
    where: tuple[str, str] | None = None,
) -> Json:
    """Return a log event; `where` is the trace id and span id that it belongs to."""
    record: Json = {"timeUnixNano": str(at_ns), "severityNumber": 9, "eventName": name}
    record["attributes"] = attributes(values)
    if where is not None:
        record |= {"traceId": where[0], "spanId": where[1]}
    return record


def gauge(name: str, at_ns: int, value: float, values: Mapping[str, object]) -> Json:
    """Return a metric with one gauge point."""
    point = {"timeUnixNano": str(at_ns), "asDouble": value, "attributes": attributes(values)}
    return {"name": name, "unit": "1", "gauge": {"dataPoints": [point]}}


_SHAPES = {
    "spans": ("resourceSpans", "scopeSpans", "spans"),
    "logs": ("resourceLogs", "scopeLogs", "logRecords"),
    "metrics": ("resourceMetrics", "scopeMetrics", "metrics"),
}


def document(signal: str, resource: Mapping[str, object], records: Sequence[Json]) -> Json:
    """Return one OTLP/JSON document of one resource; `signal` is spans, logs or metrics."""
    outer, inner, leaf = _SHAPES[signal]
    scope = {"scope": {"name": "demo-fleet", "version": "1.0.0"}, leaf: list(records)}
    return {outer: [{"resource": {"attributes": attributes(resource)}, inner: [scope]}]}
