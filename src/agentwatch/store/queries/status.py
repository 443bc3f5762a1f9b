"""What the first line of every screen says: feeds, whether anybody records, how much has come."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from msgspec import Struct


class FeedStanding(Struct, frozen=True):
    """One feed as its recorder last wrote it."""

    name: str
    kind: str
    state: str
    last_frame_ns: int | None
    interval_s: float | None
    sampled: bool
    skew_s: float | None
    reason: str | None
    clock: str


class Status(Struct, frozen=True):
    """How things stand."""

    feeds: tuple[FeedStanding, ...]
    beat_ns: int | None
    """The recorder's last sign of life; None: none has ever run."""
    newest: int
    """Grows by one with every span that comes or is told anew."""


def status(connection: sqlite3.Connection) -> Status:
    """Return how things stand."""
    feeds = connection.execute(
        "SELECT name, kind, state, last_frame_ns, interval_s, sampled, skew_s, reason, clock "
        "FROM feeds ORDER BY id"
    )
    beat = connection.execute("SELECT value FROM meta WHERE key = 'recorder'").fetchone()
    newest = connection.execute("SELECT coalesce(max(id), 0) FROM spans").fetchone()[0]
    return Status(
        tuple(_standing(row) for row in feeds),
        None if beat is None else json.loads(beat[0])["heartbeat_ns"],
        newest,
    )


def _standing(row: tuple[Any, ...]) -> FeedStanding:
    name, kind, state, last_frame_ns, interval_s, sampled, skew_s, reason, clock = row
    return FeedStanding(
        name, kind, state, last_frame_ns, interval_s, bool(sampled), skew_s, reason, clock
    )
