"""Feeds and what became of their frames; staleness is judged by the reader's own now."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from agentwatch.filters import Column
from agentwatch.store.queries.table import Table

_COLUMNS = (
    "feed", "url", "state", "last_frame_ns", "frames", "frames_stored", "frames_empty",
    "frames_rejected", "frames_dropped", "spans", "gaps", "sampled", "clock_skew_s",
)  # fmt: skip

STATE = """CASE WHEN f.state = 'live' AND f.interval_s IS NOT NULL
    AND :now_ns - f.last_frame_ns > 5e9 * f.interval_s THEN 'stale' ELSE f.state END"""
"""A dead recorder marks nothing stale, so the reader does."""

_SQL = f"""
SELECT f.name, f.url, {STATE}, f.last_frame_ns, f.frames, f.frames_stored, f.frames_empty,
    f.frames_rejected, f.frames_dropped, f.spans,
    (SELECT count(*) FROM gaps g WHERE g.feed_id = f.id), f.sampled, f.skew_s
FROM feeds f"""  # noqa: S608 - fixed text


def _shape(
    connection: sqlite3.Connection, now_ns: int
) -> Callable[[tuple[Any, ...]], dict[str, Any]]:
    def row(values: tuple[Any, ...]) -> dict[str, Any]:
        record = dict(zip(_COLUMNS, values, strict=True))
        record["sampled"] = bool(record["sampled"])
        return record

    return row


TABLE = Table(
    sql=_SQL,
    received="f.last_frame_ns",
    order="f.last_frame_ns DESC, f.id DESC",
    words=("feed", "url"),
    columns={
        "feed": Column("f.name", "text"),
        "url": Column("f.url", "text"),
        "state": Column(STATE, "text"),
        "kind": Column("f.kind", "text"),
        "frames": Column("f.frames", "number"),
        "rejected": Column("f.frames_rejected", "number"),
        "dropped": Column("f.frames_dropped", "number"),
        "age": Column("f.last_frame_ns", "age"),
    },
    shape=_shape,
)
