"""In: a document of the wire. Out: Records; a bad record is counted, the rest is kept."""

from __future__ import annotations

from agentwatch.decode.events import read_event
from agentwatch.decode.guard import Rejected
from agentwatch.decode.metrics import read_points
from agentwatch.decode.resource import read_resource, read_scope
from agentwatch.decode.spans import read_span
from agentwatch.decode.values import Mending
from agentwatch.decode.wire import (
    Document,
    ResourceLogs,
    ResourceMetrics,
    ResourceSpans,
)
from agentwatch.model import Records, Resource


def read_document(document: Document, records: Records, mending: Mending) -> None:
    """Add all that the document holds to the records."""
    for spans in document.resource_spans or ():
        _add_spans(spans, records, mending)
    for logs in document.resource_logs or ():
        _add_events(logs, records, mending)
    for metrics in document.resource_metrics or ():
        _add_points(metrics, records, mending)


def _add_spans(group: ResourceSpans, records: Records, mending: Mending) -> None:
    resource = read_resource(group.resource, mending)
    for part in group.scope_spans or ():
        scope = read_scope(part.scope, mending)
        for wire in part.spans or ():
            try:
                records.spans.append(read_span(wire, resource, scope, mending))
            except Rejected as fault:
                records.spans_rejected += 1
                mending.faults[f"span_{fault}"] += 1


def _add_events(group: ResourceLogs, records: Records, mending: Mending) -> None:
    resource = read_resource(group.resource, mending)
    for part in group.scope_logs or ():
        for wire in part.log_records or ():
            try:
                records.events.append(read_event(wire, resource, mending))
            except Rejected as fault:
                mending.faults[f"log_{fault}"] += 1


def _add_points(group: ResourceMetrics, records: Records, mending: Mending) -> None:
    resource: Resource = read_resource(group.resource, mending)
    for part in group.scope_metrics or ():
        for wire in part.metrics or ():
            records.points.extend(read_points(wire, resource, mending))
