"""In: nothing. Out: the shapes of OTLP/JSON as msgspec reads them, unknown fields ignored.

64-bit integers are strings by the standard and plain numbers in practice; enums are integers
by the standard and names from generic protobuf writers: both are read as `int | str`.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field


class AnyValue(Struct, rename="camel", gc=False):
    """A value of any kind; exactly one field is set, or none for an empty value."""

    string_value: str | None = None
    int_value: int | str | None = None
    double_value: float | str | None = None
    bool_value: bool | None = None
    array_value: ArrayValue | None = None
    kvlist_value: KvList | None = None
    bytes_value: str | None = None


class ArrayValue(Struct, gc=False):
    """A list of values."""

    values: list[AnyValue] | None = None


class KeyValue(Struct, gc=False):
    """One attribute."""

    key: str
    value: AnyValue | None = None


class KvList(Struct, gc=False):
    """A mapping as a value."""

    values: list[KeyValue] | None = None


class WireResource(Struct):
    """Who emits."""

    attributes: list[KeyValue] | None = None


class WireScope(Struct):
    """The instrumentation that made a group of records."""

    name: str | None = None
    version: str | None = None


class WireStatus(Struct, gc=False):
    """How a span ended; `{}` is unset."""

    code: int | str | None = 0
    message: str | None = None


class WireSpanEvent(Struct, rename="camel", gc=False):
    """Something that happened inside a span."""

    name: str | None = None
    time_unix_nano: int | str | None = 0
    attributes: list[KeyValue] | None = None


class WireLink(Struct, rename="camel", gc=False):
    """A pointer from one span to another."""

    trace_id: str = ""
    span_id: str = ""


class WireSpan(Struct, rename="camel", gc=False):
    """One span."""

    trace_id: str
    span_id: str
    parent_span_id: str | None = None
    name: str | None = None
    kind: int | str | None = 0
    start_time_unix_nano: int | str | None = 0
    end_time_unix_nano: int | str | None = 0
    attributes: list[KeyValue] | None = None
    events: list[WireSpanEvent] | None = None
    links: list[WireLink] | None = None
    status: WireStatus | None = None


class WireLog(Struct, rename="camel", gc=False):
    """One log record."""

    time_unix_nano: int | str | None = 0
    observed_time_unix_nano: int | str | None = 0
    severity_number: int | str | None = 0
    body: AnyValue | None = None
    attributes: list[KeyValue] | None = None
    trace_id: str | None = None
    span_id: str | None = None
    event_name: str | None = None


class WirePoint(Struct, rename="camel", gc=False):
    """One data point of any kind of metric."""

    attributes: list[KeyValue] | None = None
    time_unix_nano: int | str | None = 0
    as_int: int | str | None = None
    as_double: float | str | None = None
    count: int | str | None = None
    sum: float | str | None = None
    min: float | str | None = None
    max: float | str | None = None
    bucket_counts: list[int | str] | None = None
    explicit_bounds: list[float | str] | None = None


class WireData(Struct, rename="camel"):
    """The points of one metric."""

    data_points: list[WirePoint] | None = None


class WireMetric(Struct, rename="camel"):
    """One metric with the points of its kind."""

    name: str | None = None
    unit: str | None = None
    gauge: WireData | None = None
    sum: WireData | None = None
    histogram: WireData | None = None
    exponential_histogram: WireData | None = None
    summary: WireData | None = None


class ScopeSpans(Struct):
    """Spans of one scope."""

    scope: WireScope | None = None
    spans: list[WireSpan] | None = None


class ResourceSpans(Struct, rename="camel"):
    """Spans of one process."""

    resource: WireResource | None = None
    scope_spans: list[ScopeSpans] | None = None


class ScopeLogs(Struct, rename="camel"):
    """Log records of one scope."""

    scope: WireScope | None = None
    log_records: list[WireLog] | None = None


class ResourceLogs(Struct, rename="camel"):
    """Log records of one process."""

    resource: WireResource | None = None
    scope_logs: list[ScopeLogs] | None = None


class ScopeMetrics(Struct):
    """Metrics of one scope."""

    scope: WireScope | None = None
    metrics: list[WireMetric] | None = None


class ResourceMetrics(Struct, rename="camel"):
    """Metrics of one process."""

    resource: WireResource | None = None
    scope_metrics: list[ScopeMetrics] | None = None


class Document(Struct, rename="camel"):
    """One frame: OTLP of any signal, or a CloudEvents envelope around it."""

    resource_spans: list[ResourceSpans] | None = None
    resource_logs: list[ResourceLogs] | None = None
    resource_metrics: list[ResourceMetrics] | None = None
    specversion: Any = None
    data: Any = None
    data_base64: str | None = field(default=None, name="data_base64")
