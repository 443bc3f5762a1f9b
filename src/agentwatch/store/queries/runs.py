"""Runs, the one with the newest record first."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from agentwatch.filters import Column
from agentwatch.store.queries.table import Table

_COLUMNS = (
    "trace_id", "agent", "state", "outcome", "task_id", "conversation_id", "start_ns", "end_ns",
    "span_count", "error_count", "input_tokens", "output_tokens", "cost_usd_micros", "complete",
    "received_ns",
)  # fmt: skip

_GAP = """EXISTS (SELECT 1 FROM gaps g WHERE g.feed_id = r.feed_id
    AND g.since_ns < coalesce(r.end_ns, r.received_ns)
    AND coalesce(g.until_ns, r.received_ns) > r.start_ns)"""

_SQL = f"""
SELECT lower(hex(r.trace_id)), r.agent, r.state, r.outcome, r.task_id, r.conversation_id,
    r.start_ns, r.end_ns, r.span_count, r.error_count, r.input_tokens, r.output_tokens,
    r.cost_usd_micros,
    r.has_root AND NOT r.running_count AND NOT r.orphan_count AND NOT {_GAP},
    r.received_ns
FROM runs r"""  # noqa: S608 - fixed text


def _shape(
    connection: sqlite3.Connection, now_ns: int
) -> Callable[[tuple[Any, ...]], dict[str, Any]]:
    def row(values: tuple[Any, ...]) -> dict[str, Any]:
        record = dict(zip(_COLUMNS, values, strict=True))
        record["complete"] = bool(record["complete"])
        return record

    return row


TABLE = Table(
    sql=_SQL,
    received="r.received_ns",
    order="r.received_ns DESC, r.id DESC",
    words=("agent", "task", "conversation"),
    columns={
        "trace": Column("r.trace_id", "id"),
        "agent": Column("r.agent", "agent"),
        "state": Column("r.state", "text"),
        "outcome": Column("r.outcome", "text"),
        "task": Column("r.task_id", "text"),
        "conversation": Column("r.conversation_id", "text"),
        "user": Column("r.user_id", "text"),
        "mode": Column("r.mode", "text"),
        "feed": Column("(SELECT name FROM feeds WHERE id = r.feed_id)", "text"),
        "spans": Column("r.span_count", "number"),
        "errors": Column("r.error_count", "number"),
        "cost": Column("r.cost_usd_micros", "money"),
        "tokens": Column("coalesce(r.input_tokens, 0) + coalesce(r.output_tokens, 0)", "number"),
        "duration": Column("r.end_ns - r.start_ns", "duration"),
        "age": Column("r.at_ns", "age"),
        "since": Column("r.received_ns", "time"),
    },
    shape=_shape,
)
