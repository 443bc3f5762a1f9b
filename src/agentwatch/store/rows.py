"""Records in, the values of their rows out, in the order of statements.*_COLUMNS. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from agentwatch.kpi.rollups import Figures
from agentwatch.model import Event, Point, Resource, Span, Usage
from agentwatch.store.detail import Detail, EventContent, pack_event, unpack
from agentwatch.store.statements import SPAN_COLUMNS
from agentwatch.store.texts import digest_of
from agentwatch.store.tree import Node, Trace

ID = SPAN_COLUMNS.index("id")
AGENT = SPAN_COLUMNS.index("agent")
COUNTS = SPAN_COLUMNS.index("counts")
TOLD = tuple(SPAN_COLUMNS.index(name) for name in ("state", "start_ns", "end_ns", "name", "detail"))

MOST = 10**12
"""Tokens, or micro-USD, of one span: more is a broken exporter's word, and would overflow a sum."""

_NO_USAGE = Usage()
_encode = msgspec.msgpack.Encoder().encode

Keep = Callable[[str], bytes]


def node_of(span: Span, at_ns: int, cost_usd_micros: int | None) -> Node:
    """Return the span as the tree needs it."""
    node = Node(
        span.span_id,
        span.parent_span_id,
        span.resource,
        span.state,
        (span.start_ns, span.end_ns, at_ns),
    )
    node.own_name, node.own_id = span.agent_name, span.agent_id
    node.invokes = span.operation == "invoke_agent"
    node.labels = (
        span.agent_version or span.resource.service_version or "",
        span.response_model or span.request_model or "",
        span.tool or "",
    )
    tokens = span.usage or _NO_USAGE
    if tokens != _NO_USAGE or cost_usd_micros is not None:
        node.usage = _figures(
            (
                tokens.input_tokens,
                tokens.output_tokens,
                tokens.cache_read_tokens,
                tokens.cache_creation_tokens,
                tokens.reasoning_tokens,
            ),
            cost_usd_micros,
        )
    return node


def stored_node(row: Sequence[object], resource: Resource) -> Node:
    """Return a row of statements.LOAD_NODES as the tree needs it."""
    (
        row_id, span_id, parent, _, state, start_ns, end_ns, at_ns, agent, own_id, operation,
        version, model, tool, *tokens, cost, counts, detail,
    ) = row  # fmt: skip
    node = Node(
        span_id.hex(),  # type: ignore[attr-defined]
        parent.hex() if parent else None,  # type: ignore[attr-defined]
        resource,
        state,  # type: ignore[arg-type]
        (start_ns, end_ns, at_ns),  # type: ignore[arg-type]
    )
    node.row_id, node.agent = row_id, agent  # type: ignore[assignment]
    node.own_id = own_id  # type: ignore[assignment]
    node.own_name = unpack(detail, lambda _: "").agent_name  # type: ignore[arg-type]
    node.invokes = operation == "invoke_agent"
    node.labels = (version or "", model or "", tool or "")  # type: ignore[assignment]
    if cost is not None or any(count is not None for count in tokens):
        node.usage = _figures(tokens, cost)  # type: ignore[arg-type]
    node.below = not counts
    node.kept = (node.at_ns, (node.agent, *node.labels), node.figures())
    return node


def _figures(tokens: Sequence[int | None], cost_usd_micros: int | None) -> Figures:
    figures = [figure or 0 for figure in (*tokens, cost_usd_micros)]
    if max(figures) > MOST:
        figures = [min(figure, MOST) for figure in figures]
    return (*figures, int(cost_usd_micros is None))


def detail_of(span: Span) -> Detail:
    """Return what the row holds beside its columns."""
    return Detail(
        span.attributes,
        span.agent_name,
        span.status_message,
        span.kind,
        span.scope,
        span.events,
        span.links,
        span.facts,
    )


def span_row(
    span: Span,
    node: Node,
    feed_id: int,
    received_ns: int,
    cost: tuple[int | None, str],
    resource_id: int,
    detail: bytes,
) -> list[object]:
    """Return the row; id, agent and counts are filled in when it is written."""
    usage = span.usage or _NO_USAGE
    parent = span.parent_span_id
    return [
        None, bytes.fromhex(span.trace_id), bytes.fromhex(span.span_id),
        bytes.fromhex(parent) if parent else None, feed_id, "", span.agent_id,
        span.agent_version or span.resource.service_version, span.conversation_id,
        span.operation, span.name, span.state,
        span.start_ns, span.end_ns, node.at_ns, received_ns, span.provider, span.request_model,
        span.response_model, span.tool, span.data_source, usage.input_tokens,
        usage.output_tokens, usage.cache_read_tokens, usage.cache_creation_tokens,
        usage.reasoning_tokens, *cost, 1, span.error_type, span.dialect, resource_id, detail,
    ]  # fmt: skip


def run_row(trace: Trace) -> tuple[object, ...]:
    """Return the row of a run as its tree stands."""
    root = trace.root
    leader = root or trace.first
    assert leader is not None  # noqa: S101 - a run is written when a span of it is
    nodes = trace.nodes.values()
    ended = root is not None and root.state != "running"
    _, errors, _, input_tokens, output_tokens, *_, cost, unpriced = trace.sums
    carries = any(node.usage is not None for node in nodes)
    return (
        bytes.fromhex(trace.trace_id), leader.agent, _run_state(root),
        trace.outcome or ("escalated" if trace.escalated else None),
        int(trace.outcome is not None), trace.task_id, trace.conversation_id, trace.user_id,
        trace.mode, trace.waiting, trace.feed_id, int(root is not None),
        min(node.start_ns for node in nodes),
        max(node.end_ns or 0 for node in nodes) if ended else None,
        trace.at_ns, len(trace.nodes), errors, trace.running, trace.orphans,
        input_tokens if carries else None, output_tokens if carries else None,
        cost if carries and (cost or not unpriced) else None, unpriced, trace.received_ns,
    )  # fmt: skip


def _run_state(root: Node | None) -> str:
    if root is None:
        return "unknown"
    return root.state if root.state in ("running", "error") else "ok"


def event_row(
    event: Event, feed_id: int, received_ns: int, resource_id: int, keep: Keep
) -> tuple[object, ...]:
    """Return the row of a log record; its digest is of all that it says."""
    fact = event.fact
    kind = type(fact).__struct_config__.tag if fact is not None else "log"
    content = pack_event(EventContent(event.attributes, event.body, event.dialect, fact), keep)
    trace_id = bytes.fromhex(event.trace_id) if event.trace_id else None
    span_id = bytes.fromhex(event.span_id) if event.span_id else None
    said = _encode((event.name, event.at_ns, trace_id, span_id, resource_id, event.severity))
    return (
        digest_of(said + content), kind, event.name, feed_id, trace_id, span_id,
        event.conversation_id, event.at_ns or received_ns, received_ns, event.severity,
        resource_id, content,
    )  # fmt: skip


def point_row(point: Point, feed_id: int, received_ns: int, resource_id: int) -> tuple[object, ...]:
    """Return the row of a metric's data point."""
    content = _encode(
        {
            "unit": point.unit,
            "kind": point.kind,
            "attributes": point.attributes,
            "count": point.count,
            "total": point.total,
            "low": point.low,
            "high": point.high,
            "bounds": point.bounds,
            "bucket_counts": point.bucket_counts,
        }
    )
    said = _encode((point.name, point.at_ns, resource_id, point.value))
    return (
        digest_of(said + content), point.name, feed_id, point.at_ns or received_ns,
        received_ns, point.value, resource_id, content,
    )  # fmt: skip
