"""Agents with their state, the one heard of last first."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from typing import Any

from agentwatch.filters import Column
from agentwatch.store.queries.feeds import STATE as FEED_STATE
from agentwatch.store.queries.table import Table

_COLUMNS = (
    "agent", "name", "version", "owner", "state", "condition", "last_seen_ns", "runs_active",
    "error_ratio", "cost_usd_micros_per_run", "tokens_per_s", "accuracy", "off_switch",
    "identities",
)  # fmt: skip

NOW = "CASE f.clock WHEN 'event' THEN f.last_record_ns ELSE :now_ns END"
"""The now of a feed's clock: a recording that keeps its times lives in its own past."""

FAILING = """(SELECT count(*) >= 4 AND 2 * sum(state = 'error') >= count(*) FROM (
    SELECT state FROM runs r WHERE r.agent = a.agent AND r.end_ns IS NOT NULL
    ORDER BY r.received_ns DESC LIMIT 10))"""
_OPEN = "EXISTS (SELECT 1 FROM runs r WHERE r.agent = a.agent AND r.end_ns IS NULL)"
_WAITS = """EXISTS (SELECT 1 FROM runs r WHERE r.agent = a.agent AND r.end_ns IS NULL
    AND r.waits_for IS NOT NULL)"""

STATE = f"""CASE
    WHEN {FAILING} THEN 'failing'
    WHEN ({FEED_STATE}) = 'stale' OR ({_OPEN} AND NOT {_WAITS} AND a.interval_s IS NOT NULL
        AND {NOW} - a.last_seen_ns > 5e9 * a.interval_s) THEN 'stale'
    WHEN {_WAITS} THEN 'waiting'
    WHEN {_OPEN} THEN 'running'
    ELSE 'idle' END"""

_DAY = f"r.agent = a.agent AND r.end_ns IS NOT NULL AND r.end_ns > {NOW} - 86400000000000"

_SQL = f"""
SELECT a.agent, a.name, a.version, NULL, {STATE}, NULL, a.last_seen_ns,
    (SELECT count(*) FROM runs r WHERE r.agent = a.agent AND r.end_ns IS NULL),
    (SELECT avg(r.state = 'error') FROM runs r WHERE {_DAY}),
    (SELECT CAST(round(avg(r.cost_usd_micros)) AS INTEGER) FROM runs r WHERE {_DAY}),
    (SELECT sum(0.0 + u.input_tokens + u.output_tokens) / 60 FROM rollups u
        WHERE u.width_s = 60 AND u.agent = a.agent
        AND u.bucket_ns = ({NOW}) / 60000000000 * 60000000000 - 60000000000),
    NULL, 'unknown', a.identities
FROM agents a JOIN feeds f ON f.id = a.feed_id"""  # noqa: S608 - fixed text


def _shape(
    connection: sqlite3.Connection, now_ns: int
) -> Callable[[tuple[Any, ...]], dict[str, Any]]:
    def row(values: tuple[Any, ...]) -> dict[str, Any]:
        record = dict(zip(_COLUMNS, values, strict=True))
        record["identities"] = json.loads(record["identities"])
        record["condition"] = "errors" if record["state"] == "failing" else None
        return record

    return row


TABLE = Table(
    sql=_SQL,
    received="a.received_ns",
    order="a.received_ns DESC, a.agent",
    words=("agent", "name"),
    columns={
        "agent": Column("a.agent", "text"),
        "name": Column("a.name", "text"),
        "version": Column("a.version", "text"),
        "state": Column(STATE, "text"),
        "feed": Column("f.name", "text"),
        "age": Column("a.last_seen_ns", "age"),
        "since": Column("a.received_ns", "time"),
    },
    shape=_shape,
)
