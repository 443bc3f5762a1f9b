"""In: plain Python values. Out: OTLP/JSON frames for the tests of decode."""

from __future__ import annotations

import json
from typing import Any

from agentwatch.decode import decode

TRACE = "5b8efff798038103d269b633813fc60c"
SPAN = "eee19b7ec3c1b174"
START_NS = 1_795_348_066_000_000_000


def value(plain: Any) -> dict[str, Any]:
    """Return a value as OTLP/JSON writes it."""
    if isinstance(plain, bool):
        return {"boolValue": plain}
    if isinstance(plain, int):
        return {"intValue": str(plain)}
    if isinstance(plain, float):
        return {"doubleValue": plain}
    if isinstance(plain, list):
        return {"arrayValue": {"values": [value(item) for item in plain]}}
    if isinstance(plain, dict):
        return {"kvlistValue": {"values": pairs(plain)}}
    return {"stringValue": plain}


def pairs(attributes: dict[str, Any]) -> list[dict[str, Any]]:
    """Return attributes as OTLP/JSON writes them."""
    return [{"key": key, "value": value(plain)} for key, plain in attributes.items()]


def span(told: dict[str, Any] | None = None, /, **fields: Any) -> dict[str, Any]:
    """Return a finished span with these attributes; `fields` win."""
    return {
        "traceId": TRACE,
        "spanId": SPAN,
        "parentSpanId": "",
        "name": "work",
        "kind": 1,
        "startTimeUnixNano": str(START_NS),
        "endTimeUnixNano": str(START_NS + 5),
        "attributes": pairs(told or {}),
        "status": {},
        **fields,
    }


def spans_frame(*spans: Any, resource: dict[str, Any] | None = None) -> bytes:
    """Return a frame of spans of one process."""
    group = {"resource": {"attributes": pairs(resource or {})}, "scopeSpans": [{"spans": spans}]}
    return json.dumps({"resourceSpans": [group]}).encode()


def log(told: dict[str, Any] | None = None, /, **fields: Any) -> dict[str, Any]:
    """Return a log record with these attributes; `fields` win."""
    return {"timeUnixNano": str(START_NS), "attributes": pairs(told or {}), **fields}


def logs_frame(*logs: Any) -> bytes:
    """Return a frame of log records of one process."""
    group = {"resource": {"attributes": []}, "scopeLogs": [{"logRecords": logs}]}
    return json.dumps({"resourceLogs": [group]}).encode()


def read_columns(told: dict[str, Any], wanted: dict[str, Any], name: str = "work") -> Any:
    """Return the dialect and the wanted columns of a span with these attributes."""
    [found] = decode(spans_frame(span(told, name=name))).spans
    return {column: getattr(found, column) for column in ("dialect", *wanted)}
