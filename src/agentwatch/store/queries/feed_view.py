"""What the feeds view shows: each feed with its account and its gaps, and what came when."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from agentwatch.clock import NS_PER_S
from agentwatch.filters import Filter
from agentwatch.store.queries.feeds import STATE, TABLE
from agentwatch.store.read import DAMAGED, fault

DAY_NS = 86_400 * NS_PER_S
BUCKET_NS = 10 * NS_PER_S
MOST_ROWS = 50_000
"""After so many counted records a question ends; what is left to count waits for the next."""

_FEEDS = f"""
SELECT f.id, f.name, f.url, f.kind, f.clock, {STATE}, f.reason, f.last_frame_ns,
    f.last_record_ns, f.interval_s, f.skew_s, f.sampled, f.frames, f.frames_stored,
    f.frames_empty, f.frames_rejected, f.frames_dropped, f.spans, f.spans_rejected,
    f.rejections, f.faults,
    (SELECT count(*) FROM gaps g WHERE g.feed_id = f.id AND g.since_ns >= :day_ns)
FROM feeds f"""  # noqa: S608 - fixed text

_SEEN = " UNION ALL ".join(
    f"SELECT feed_id, received_ns / {BUCKET_NS}, count(*) FROM {table} "  # noqa: S608 - our names
    "WHERE received_ns >= :since_ns AND received_ns < :until_ns GROUP BY 1, 2"
    for table in ("spans", "events", "points")
)


class Lost(Struct, frozen=True):
    """A time in which nobody saw a feed; `until_ns` None: it goes on."""

    since_ns: int
    until_ns: int | None
    reason: str


class FeedFacts(Struct, frozen=True):
    """One feed as its recorder last wrote it, its state judged now."""

    id: int
    name: str
    url: str
    kind: str
    clock: str
    state: str
    reason: str | None
    last_frame_ns: int | None
    last_record_ns: int | None
    interval_s: float | None
    skew_s: float | None
    sampled: bool
    frames: int
    stored: int
    empty: int
    rejected: int
    dropped: int
    spans: int
    spans_rejected: int
    rejections: Mapping[str, int]
    """Why frames were rejected."""
    faults: Mapping[str, int]
    """What was mended or masked in records."""
    gaps: int
    """That lie in the last 24 hours, or reach into them."""
    agents: int
    """That are heard on it."""
    lost: tuple[Lost, ...]
    """The gaps of the last hour, and the last one of all; the oldest first."""


class FeedView(Struct, frozen=True):
    """Every feed that the filter lets through."""

    feeds: list[FeedFacts]
    total: int
    beat_ns: int | None
    """The recorder's last sign of life."""


class Counted(Struct, frozen=True):
    """What came in a time: records by (feed, bucket of 10 s)."""

    since_ns: int
    until_ns: int
    records: Mapping[tuple[int, int], int]


def feed_view(connection: sqlite3.Connection, now_ns: int, where: Filter | None = None) -> FeedView:
    """Return the feeds in the order in which they were first recorded."""
    values: dict[str, Any] = {"now_ns": now_ns, "day_ns": now_ns - DAY_NS}
    sql = _FEEDS
    if where is not None:
        condition, given = where.sql(TABLE.columns, TABLE.words, now_ns)
        sql += f" WHERE {condition}"
        values |= given
    agents = dict(connection.execute("SELECT feed_id, count(*) FROM agents GROUP BY feed_id"))
    beat = connection.execute("SELECT value FROM meta WHERE key = 'recorder'").fetchone()
    total = connection.execute("SELECT count(*) FROM feeds").fetchone()[0]
    try:
        feeds = [
            _facts(row, _lost(connection, row[0], now_ns), agents.get(row[0], 0), now_ns)
            for row in connection.execute(sql + " ORDER BY f.id", values).fetchall()
        ]
        beat_ns = None if beat is None else msgspec.json.decode(beat[0])["heartbeat_ns"]
    except DAMAGED as error:
        raise fault(connection, error) from error
    return FeedView(feeds, total, beat_ns)


def seen(connection: sqlite3.Connection, ranges: Iterable[tuple[int, int]]) -> list[Counted]:
    """Count what came in these ranges of receive time, one after the other.

    At least one is counted, and no more after MOST_ROWS records: a range is bounded by an index,
    and a minute of a very busy recorder is all that one call costs.
    """
    found: list[Counted] = []
    rows = 0
    for since_ns, until_ns in ranges:
        records: dict[tuple[int, int], int] = {}
        for feed_id, bucket, count in connection.execute(
            _SEEN, {"since_ns": since_ns, "until_ns": until_ns}
        ):
            records[feed_id, bucket] = records.get((feed_id, bucket), 0) + count
            rows += count
        found.append(Counted(since_ns, until_ns, records))
        if rows >= MOST_ROWS:
            break
    return found


def _lost(connection: sqlite3.Connection, feed_id: int, now_ns: int) -> tuple[Lost, ...]:
    """Return the newest gaps, back to the first that ended over an hour ago."""
    found: list[Lost] = []
    for row in connection.execute(
        "SELECT since_ns, until_ns, reason FROM gaps WHERE feed_id = ? ORDER BY since_ns DESC",
        (feed_id,),
    ):
        gap = Lost(*row)
        if found and gap.until_ns is not None and gap.until_ns < now_ns - 3600 * NS_PER_S:
            break
        found.append(gap)
    return tuple(reversed(found))


def _facts(row: tuple[Any, ...], lost: tuple[Lost, ...], agents: int, now_ns: int) -> FeedFacts:
    *columns, rejections, faults, gaps = row
    columns[11] = bool(columns[11])
    day_ns = now_ns - DAY_NS
    reaching = [
        gap
        for gap in lost
        if gap.since_ns < day_ns and (gap.until_ns is None or gap.until_ns >= day_ns)
    ]
    values = (
        *columns,
        msgspec.json.decode(rejections, type=dict[str, int]),
        msgspec.json.decode(faults, type=dict[str, int]),
        gaps + len(reaching),
        agents,
        lost,
    )
    return FeedFacts(**dict(zip(FeedFacts.__struct_fields__, values, strict=True)))
