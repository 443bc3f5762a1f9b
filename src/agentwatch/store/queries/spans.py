"""Spans, newest first."""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Callable
from typing import Any

from agentwatch.filters import Column
from agentwatch.store.detail import unpack
from agentwatch.store.queries.table import Table
from agentwatch.store.read import texts

_COLUMNS = (
    "trace_id", "span_id", "parent_span_id", "agent", "agent_claimed_id", "agent_version",
    "conversation_id", "operation", "name", "state", "start_ns", "end_ns", "duration_ns",
    "provider", "model", "tool", "data_source", "input_tokens", "output_tokens",
    "cache_read_tokens", "cache_creation_tokens", "reasoning_tokens", "cost_usd_micros",
    "cost_source", "error_type", "dialect", "feed", "received_ns", "attributes",
)  # fmt: skip

_SQL = """
SELECT lower(hex(s.trace_id)), lower(hex(s.span_id)), lower(hex(s.parent_span_id)), s.agent,
    s.agent_claimed_id, s.agent_version, s.conversation_id, s.operation, s.name, s.state,
    s.start_ns, s.end_ns, s.end_ns - s.start_ns, s.provider,
    coalesce(s.response_model, s.request_model), s.tool, s.data_source, s.input_tokens,
    s.output_tokens, s.cache_read_tokens, s.cache_creation_tokens, s.reasoning_tokens,
    s.cost_usd_micros, s.cost_source, s.error_type, s.dialect,
    (SELECT name FROM feeds WHERE id = s.feed_id), s.received_ns, s.detail
FROM spans s"""


def _shape(
    connection: sqlite3.Connection, now_ns: int
) -> Callable[[tuple[Any, ...]], dict[str, Any]]:
    text_of = texts(connection)

    def row(values: tuple[Any, ...]) -> dict[str, Any]:
        record = dict(zip(_COLUMNS, values, strict=True))
        record["parent_span_id"] = record["parent_span_id"] or None
        record["attributes"] = _plain(unpack(record["attributes"], text_of).attributes)
        return record

    return row


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


TABLE = Table(
    sql=_SQL,
    received="s.received_ns",
    order="s.received_ns DESC, s.id DESC",
    words=("agent", "name", "operation", "model", "tool", "source", "error"),
    columns={
        "trace": Column("s.trace_id", "id"),
        "span": Column("s.span_id", "id"),
        "agent": Column("s.agent", "agent"),
        "version": Column("s.agent_version", "text"),
        "conversation": Column("s.conversation_id", "text"),
        "operation": Column("s.operation", "text"),
        "name": Column("s.name", "text"),
        "state": Column("s.state", "text"),
        "provider": Column("s.provider", "text"),
        "model": Column("coalesce(s.response_model, s.request_model)", "text"),
        "tool": Column("s.tool", "text"),
        "source": Column("s.data_source", "text"),
        "error": Column("s.error_type", "text"),
        "dialect": Column("s.dialect", "text"),
        "feed": Column("(SELECT name FROM feeds WHERE id = s.feed_id)", "text"),
        "cost": Column("s.cost_usd_micros", "money"),
        "tokens": Column("coalesce(s.input_tokens, 0) + coalesce(s.output_tokens, 0)", "number"),
        "duration": Column("s.end_ns - s.start_ns", "duration"),
        "age": Column("s.at_ns", "age"),
        "since": Column("s.received_ns", "time"),
    },
    shape=_shape,
)
