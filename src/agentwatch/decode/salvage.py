"""In: JSON that is not quite OTLP. Out: a document of what fits, the rest counted.

One record of a wrong type must not cost the frame that it came in.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, TypeVar

import msgspec

from agentwatch.decode.wire import (
    Document,
    ResourceLogs,
    ResourceMetrics,
    ResourceSpans,
    ScopeLogs,
    ScopeMetrics,
    ScopeSpans,
    WireLog,
    WireMetric,
    WireResource,
    WireScope,
    WireSpan,
)

T = TypeVar("T")


def salvage(content: Any, faults: Counter[str]) -> Document:
    """Return what can be read, record by record; `wrong_type` counts what could not."""
    if not isinstance(content, dict):
        return Document()
    return Document(
        resource_spans=[
            ResourceSpans(
                _fitting(group.get("resource"), WireResource, faults),
                [
                    ScopeSpans(
                        _fitting(part.get("scope"), WireScope, faults),
                        _all(part, "spans", WireSpan, "span_wrong_type", faults),
                    )
                    for part in _objects(group, "scopeSpans", faults)
                ],
            )
            for group in _objects(content, "resourceSpans", faults)
        ],
        resource_logs=[
            ResourceLogs(
                _fitting(group.get("resource"), WireResource, faults),
                [
                    ScopeLogs(
                        None,
                        _all(part, "logRecords", WireLog, "log_wrong_type", faults),
                    )
                    for part in _objects(group, "scopeLogs", faults)
                ],
            )
            for group in _objects(content, "resourceLogs", faults)
        ],
        resource_metrics=[
            ResourceMetrics(
                _fitting(group.get("resource"), WireResource, faults),
                [
                    ScopeMetrics(
                        None,
                        _all(part, "metrics", WireMetric, "point_wrong_type", faults),
                    )
                    for part in _objects(group, "scopeMetrics", faults)
                ],
            )
            for group in _objects(content, "resourceMetrics", faults)
        ],
    )


def _objects(parent: dict[str, Any], key: str, faults: Counter[str]) -> list[dict[str, Any]]:
    listed = parent.get(key)
    if listed is None:
        return []
    if not isinstance(listed, list):
        faults["wrong_type"] += 1
        return []
    found = [item for item in listed if isinstance(item, dict)]
    faults["wrong_type"] += len(listed) - len(found)
    return found


def _all(
    parent: dict[str, Any], key: str, kind: type[T], slug: str, faults: Counter[str]
) -> list[T]:
    listed = parent.get(key)
    if not isinstance(listed, list):
        faults["wrong_type"] += listed is not None
        return []
    found = []
    for item in listed:
        try:
            found.append(msgspec.convert(item, kind))
        except (msgspec.ValidationError, RecursionError):
            faults[slug] += 1
    return found


def _fitting(value: Any, kind: type[T], faults: Counter[str]) -> T | None:
    if value is None:
        return None
    try:
        return msgspec.convert(value, kind)
    except (msgspec.ValidationError, RecursionError):
        faults["wrong_type"] += 1
        return None
