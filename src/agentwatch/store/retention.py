"""The present time and what may be kept in; old telemetry deleted in small chunks, counts out.

Rollups outlive their spans, and the traces in `evidence` are spared with their texts.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator

from agentwatch.clock import NS_PER_S
from agentwatch.store.detail import unpack, unpack_event
from agentwatch.store.texts import USE_STEP_NS
from agentwatch.store.unindexing import drop_blocks, drop_texts

CHUNK = 500
TEXTS_CHUNK = 50
"""A text that goes is read once more, to be taken out of the find index."""

BUDGET_S = 0.2
"""One call gives the recorder back after this long; the next call goes on."""

DAY_NS = 86_400 * NS_PER_S

_SPARED = "trace_id IN (SELECT trace_id FROM evidence)"
_MAY_GO = {
    "spans": f"NOT {_SPARED}",
    "runs": f"NOT {_SPARED}",
    "events": f"(trace_id IS NULL OR NOT {_SPARED})",
    "points": "TRUE",
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
        gone += _unused_texts(connection, now_ns, deadline_s)
        gone += drop_blocks(connection, deadline_s)
    while retain_bytes is not None and used_bytes(connection) > retain_bytes:
        cutoff_ns = _cutoff_of_oldest(connection)
        went = 0 if cutoff_ns is None else _older_than(connection, cutoff_ns, deadline_s)
        went += _unused_texts(connection, now_ns, deadline_s)
        went += drop_blocks(connection, deadline_s)
        gone += went
        if not went or time.monotonic() > deadline_s:
            break
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
    for table, condition in _MAY_GO.items():
        old = (
            f"SELECT id FROM {table} WHERE received_ns < ? AND {condition} "  # noqa: S608 - ours
            f"ORDER BY received_ns LIMIT {CHUNK}"
        )
        went = _delete(connection, table, old, cutoff_ns, deadline_s)
        gone += went
        if went and table == "spans":
            _say_what_is_kept(connection, cutoff_ns)
    return gone


def _say_what_is_kept(connection: sqlite3.Connection, cutoff_ns: int) -> None:
    """Note since when rows are kept, for those who look for what is no more."""
    connection.execute(
        "INSERT INTO meta (key, value) VALUES ('kept_since_ns', ?) ON CONFLICT (key) DO UPDATE "
        "SET value = max(CAST(value AS INTEGER), CAST(excluded.value AS INTEGER))",
        (str(cutoff_ns),),
    )


def _delete(
    connection: sqlite3.Connection, table: str, ids: str, value: int, deadline_s: float
) -> int:
    """Delete chunk by chunk, a transaction each, at least one."""
    gone = 0
    while True:
        went = connection.execute(
            f"DELETE FROM {table} WHERE id IN ({ids})",  # noqa: S608 - names of our own
            (value,),
        ).rowcount
        gone += went
        if went < CHUNK or time.monotonic() > deadline_s:
            return gone


def _cutoff_of_oldest(connection: sqlite3.Connection) -> int | None:
    """Return a time before which stands a chunk of the table that reaches back furthest."""
    newest = (
        connection.execute(
            f"SELECT max(received_ns) + 1 FROM (SELECT received_ns FROM {table} "  # noqa: S608
            f"WHERE {condition} ORDER BY received_ns LIMIT {CHUNK})"
        ).fetchone()[0]
        for table, condition in _MAY_GO.items()
    )
    return min((int(cutoff) for cutoff in newest if cutoff is not None), default=None)


def _unused_texts(connection: sqlite3.Connection, now_ns: int, deadline_s: float) -> int:
    """Drop the texts that no row names: last used before the oldest row that may go came."""
    oldest = [
        connection.execute(
            f"SELECT received_ns FROM {table} WHERE {_MAY_GO[table]} "  # noqa: S608 - ours
            "ORDER BY received_ns LIMIT 1"
        ).fetchone()
        for table in ("spans", "events")
    ]
    before_ns = min((row[0] for row in oldest if row is not None), default=now_ns)
    # one step less, for a clock that was set back between a frame and its batch
    before_ns = (before_ns // USE_STEP_NS - 1) * USE_STEP_NS
    unused = f"SELECT id FROM texts WHERE used_ns < ? ORDER BY used_ns LIMIT {TEXTS_CHUNK}"  # noqa: S608
    if connection.execute(unused, (before_ns,)).fetchone() is None:
        return 0
    connection.executemany(
        "UPDATE texts SET used_ns = ? WHERE digest = ? AND used_ns < ?",
        [(now_ns, digest, before_ns) for digest in _named_by_evidence(connection)],
    )
    gone = 0
    while ids := [row[0] for row in connection.execute(unused, (before_ns,))]:
        connection.execute("BEGIN IMMEDIATE")
        drop_texts(connection, ids)
        connection.executemany("DELETE FROM texts WHERE id = ?", [(text_id,) for text_id in ids])
        connection.execute("COMMIT")
        gone += len(ids)
        if time.monotonic() > deadline_s:
            break
    return gone


def _named_by_evidence(connection: sqlite3.Connection) -> Iterator[bytes]:
    named: dict[bytes, None] = {}

    def note(digest: bytes) -> str:
        named[digest] = None
        return ""

    for (detail,) in connection.execute(f"SELECT detail FROM spans WHERE {_SPARED}"):  # noqa: S608
        unpack(detail, note)
    for (content,) in connection.execute(f"SELECT content FROM events WHERE {_SPARED}"):  # noqa: S608
        unpack_event(content, note)
    return iter(named)
