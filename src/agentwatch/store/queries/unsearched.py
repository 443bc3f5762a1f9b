"""A store in; what a search of it did not see out: nothing found is then not taken for nothing."""

from __future__ import annotations

import sqlite3
from typing import Literal

from msgspec import Struct

from agentwatch.store.indexing import SOURCES, indexed_to

TAIL_ROWS = 2_048
"""So many of the newest rows are read one by one where the index has not come to them."""

MOST_GAPS = 100


class Unsearched(Struct, frozen=True):
    """One reason. `records` is how many it hides; None: nobody knows."""

    kind: Literal["waiting", "too_old", "gap", "lost"]
    """Not in the index yet; no longer kept; sent while nobody listened; dropped or refused."""
    feed: str | None = None
    since_ns: int | None = None
    until_ns: int | None = None
    """None, of a gap: it is still open."""
    records: int | None = None
    reason: str | None = None


def unsearched(connection: sqlite3.Connection) -> list[Unsearched]:
    """Return what was not searched, gaps with the newest first."""
    found: list[Unsearched] = []
    waiting = sum(_waiting(connection))
    if waiting:
        found.append(Unsearched("waiting", records=waiting))
    kept = connection.execute("SELECT value FROM meta WHERE key = 'kept_since_ns'").fetchone()
    if kept is not None:
        found.append(Unsearched("too_old", until_ns=int(kept[0])))
    gaps = connection.execute(
        "SELECT f.name, g.since_ns, g.until_ns, g.reason FROM gaps g JOIN feeds f "
        "ON f.id = g.feed_id ORDER BY g.until_ns IS NOT NULL, g.since_ns DESC LIMIT ?",
        (MOST_GAPS,),
    )
    found += [
        Unsearched("gap", feed, since_ns, until_ns, None, reason)
        for feed, since_ns, until_ns, reason in gaps
    ]
    lost = connection.execute(
        "SELECT name, frames_dropped + frames_rejected AS lost FROM feeds WHERE lost ORDER BY id"
    )
    found += [Unsearched("lost", name, records=frames, reason="frames") for name, frames in lost]
    return found


def _waiting(connection: sqlite3.Connection) -> list[int]:
    """Return of each table how many rows, at most, neither the index nor the search reads."""
    newest = (
        connection.execute(f"SELECT coalesce(max(id), 0) FROM {source.table}").fetchone()[0]  # noqa: S608
        for source in SOURCES
    )
    return [
        max(0, row - indexed_to(connection, source) - TAIL_ROWS)
        for row, source in zip(newest, SOURCES, strict=True)
    ]
