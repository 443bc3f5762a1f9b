"""The present time and what may be kept in; old telemetry deleted in small chunks, counts out.

Rollups outlive their spans, and the traces in `evidence` are spared.
"""

from __future__ import annotations

import sqlite3
import time

from agentwatch.clock import NS_PER_S

CHUNK = 500
BUDGET_S = 0.2
"""One call gives the recorder back after this long; the next call goes on."""

DAY_NS = 86_400 * NS_PER_S

_OLD = {
    "spans": "received_ns < ? AND trace_id NOT IN (SELECT trace_id FROM evidence)",
    "runs": "received_ns < ? AND trace_id NOT IN (SELECT trace_id FROM evidence)",
    "events": "received_ns < ? AND (trace_id IS NULL "
    "OR trace_id NOT IN (SELECT trace_id FROM evidence))",
    "points": "received_ns < ?",
}


def prune(
    connection: sqlite3.Connection,
    now_ns: int,
    retain_days: float | None,
    retain_bytes: int | None,
    budget_s: float = BUDGET_S,
) -> int:
    """Delete rows that are too old, or too many for the size; return how many went."""
    deadline_s = time.monotonic() + budget_s
    gone = 0
    if retain_days is not None:
        gone += _older_than(connection, now_ns - round(retain_days * DAY_NS), deadline_s)
    while retain_bytes is not None and time.monotonic() < deadline_s:
        if used_bytes(connection) <= retain_bytes:
            break
        oldest = _cutoff_of_oldest(connection)
        if oldest is None:
            break
        went = _older_than(connection, oldest, deadline_s)
        if not went:
            break
        gone += went
    if gone:
        _unused_texts(connection)
    return gone


def used_bytes(connection: sqlite3.Connection) -> int:
    """Return the bytes of the pages in use; the file keeps free ones for what comes next."""
    pages, free, size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - free) * size)


def _older_than(connection: sqlite3.Connection, cutoff_ns: int, deadline_s: float) -> int:
    gone = 0
    for table, condition in _OLD.items():
        while True:
            went = connection.execute(
                f"DELETE FROM {table} WHERE id IN "  # noqa: S608 - names of our own
                f"(SELECT id FROM {table} WHERE {condition} ORDER BY received_ns LIMIT {CHUNK})",
                (cutoff_ns,),
            ).rowcount
            gone += went
            if went < CHUNK or time.monotonic() > deadline_s:
                break
    return gone


def _cutoff_of_oldest(connection: sqlite3.Connection) -> int | None:
    row = connection.execute(
        "SELECT received_ns + 1 FROM spans WHERE trace_id NOT IN (SELECT trace_id FROM evidence) "
        "ORDER BY received_ns LIMIT 1 OFFSET 499"
    ).fetchone()
    return None if row is None else int(row[0])


def _unused_texts(connection: sqlite3.Connection) -> None:
    """Drop texts that no kept span can name: last used before the day of the oldest kept row."""
    spared = connection.execute("SELECT 1 FROM evidence LIMIT 1").fetchone()
    oldest = connection.execute("SELECT min(received_ns) FROM spans").fetchone()[0]
    if spared is None and oldest is not None:
        connection.execute(
            "DELETE FROM texts WHERE id IN (SELECT id FROM texts WHERE used_day < ? LIMIT ?)",
            (oldest // DAY_NS, CHUNK),
        )
