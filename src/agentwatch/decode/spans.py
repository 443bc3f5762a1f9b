"""In: one span of the wire. Out: a Span with its columns filled by the dialect it speaks."""

from __future__ import annotations

from collections import Counter
from typing import Final

from agentwatch.decode.dialects import read_dialect
from agentwatch.decode.facts import read_facts, reported_cost_usd_micros
from agentwatch.decode.guard import Rejected
from agentwatch.decode.values import (
    SPAN_DIGITS,
    TRACE_DIGITS,
    Mending,
    attributes,
    enum,
    hex_id,
    nanoseconds,
    optional_id,
)
from agentwatch.decode.wire import WireLink, WireSpan, WireSpanEvent
from agentwatch.model import Attributes, Resource, Span, SpanEvent, SpanState

_KINDS: Final = {
    "SPAN_KIND_INTERNAL": 1,
    "SPAN_KIND_SERVER": 2,
    "SPAN_KIND_CLIENT": 3,
    "SPAN_KIND_PRODUCER": 4,
    "SPAN_KIND_CONSUMER": 5,
}
_KIND_NAMES: Final = {2: "server", 3: "client", 4: "producer", 5: "consumer"}
_STATUS_CODES: Final = {"STATUS_CODE_OK": 1, "STATUS_CODE_ERROR": 2}
_STATES: Final[dict[int, SpanState]] = {1: "ok", 2: "error"}


def read_span(wire: WireSpan, resource: Resource, scope: str | None, mending: Mending) -> Span:
    """Return the span; raises Rejected where it has no usable id or time."""
    faults = mending.faults
    found = attributes(wire.attributes, mending)
    name = mending.text(wire.name or "")
    dialect, reading = read_dialect(found, name, faults)
    kind = enum(wire.kind, _KINDS, faults)
    operation = reading.operation or _KIND_NAMES.get(kind, "internal")
    facts, source = read_facts(found, operation, reading.tool, faults)
    span_id, parent_span_id, pending = _place(wire, found, faults)
    start_ns = nanoseconds(wire.start_time_unix_nano)
    if start_ns == 0:
        raise Rejected("no_start")
    end_ns = None if pending else nanoseconds(wire.end_time_unix_nano) or None
    state, message = _status(wire, mending)
    return Span(
        trace_id=hex_id(wire.trace_id, TRACE_DIGITS, faults),
        span_id=span_id,
        parent_span_id=parent_span_id,
        name=name,
        operation=operation,
        state="running" if end_ns is None else state,
        start_ns=start_ns,
        end_ns=end_ns,
        resource=resource,
        attributes=found,
        dialect=dialect,
        agent_name=reading.agent_name,
        agent_id=reading.agent_id,
        agent_version=reading.agent_version,
        conversation_id=reading.conversation_id,
        provider=reading.provider,
        request_model=reading.request_model,
        response_model=reading.response_model,
        tool=reading.tool,
        data_source=reading.data_source or source,
        usage=reading.usage,
        cost_usd_micros=reported_cost_usd_micros(found, faults),
        error_type=_error_type(found),
        status_message=message,
        kind=kind,
        scope=scope,
        events=[_event(event, mending) for event in wire.events] if wire.events else [],
        links=_links(wire.links, faults) if wire.links else [],
        facts=facts,
    )


def _place(wire: WireSpan, found: Attributes, faults: Counter[str]) -> tuple[str, str | None, bool]:
    """Return the span's id, its parent's, and whether it is only the announcement of a start.

    A pending span of Logfire has an id of its own, hangs below the real one, and names the
    real parent: it is told as the real span, running.
    """
    if found.get("logfire.span_type") == "pending_span" and wire.parent_span_id:
        parent = found.get("logfire.pending_parent_id")
        return (
            hex_id(wire.parent_span_id, SPAN_DIGITS, faults),
            optional_id(parent if isinstance(parent, str) else None, SPAN_DIGITS, faults),
            True,
        )
    return (
        hex_id(wire.span_id, SPAN_DIGITS, faults),
        optional_id(wire.parent_span_id, SPAN_DIGITS, faults),
        False,
    )


def _status(wire: WireSpan, mending: Mending) -> tuple[SpanState, str | None]:
    """Return the state by the status code alone: success is usually unset."""
    status = wire.status
    if status is None:
        return "unset", None
    code = enum(status.code, _STATUS_CODES, mending.faults)
    return _STATES.get(code, "unset"), mending.optional(status.message)


def _error_type(found: Attributes) -> str | None:
    value = found.get("error.type")
    return value if value and isinstance(value, str) else None


def _event(wire: WireSpanEvent, mending: Mending) -> SpanEvent:
    return SpanEvent(
        mending.text(wire.name or ""),
        nanoseconds(wire.time_unix_nano),
        attributes(wire.attributes, mending),
    )


def _links(links: list[WireLink], faults: Counter[str]) -> list[tuple[str, str]]:
    """Return the links that point somewhere; a bad one is counted and costs the span nothing."""
    found = []
    for link in links:
        try:
            trace_id = hex_id(link.trace_id, TRACE_DIGITS, faults)
            found.append((trace_id, hex_id(link.span_id, SPAN_DIGITS, faults)))
        except Rejected:
            faults["bad_link"] += 1
    return found
