"""The reader's now in; every run in flight, what it does now and how long that usually takes, out.

The list itself is cheap. What is told of one run (`Doing`) is read only for the runs that somebody
looks at, so that the cost does not grow with the fleet.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from statistics import median
from typing import Any

from msgspec import Struct

from agentwatch.clock import NS_PER_S
from agentwatch.filters import Column, Filter
from agentwatch.store.queries.agents import FAILING, NOW
from agentwatch.store.queries.feeds import STATE as FEED_STATE
from agentwatch.store.queries.gist import gist, heads, late_detail
from agentwatch.store.queries.runs import TABLE as RUNS
from agentwatch.store.queries.tail import SUBJECT
from agentwatch.store.read import DAMAGED, fault

MOST_AN_AGENT = 200
"""Of one agent's open runs the newest so many: a run whose end was lost stays open for ever."""
MOST_TOLD = 60
USUAL_RUNS = 20
MOST_SPANS = 300
RECENT_NS = 30 * NS_PER_S
EFFECTS = ("none", "reversible", "compensable", "irreversible")
"""The graver, the later."""

Piece = tuple[int, int | None, bool]
"""(start, end or None while it is open, failed)"""


class Doing(Struct, frozen=True, kw_only=True):
    """What one run has done so far."""

    operation: str
    subject: str
    asked: str
    open: bool
    """False: this is what it did last, and nothing is open below its root."""
    since_ns: int
    pieces: Sequence[Piece]
    """Its recent spans without the root, by start."""
    effect: str | None


class Flight(Struct, frozen=True, kw_only=True):
    """A run in flight."""

    trace_id: str
    agent: str
    state: str
    """running | waiting | failing | stale"""
    waits_for: str | None
    start_ns: int
    seen_ns: int
    """The newest time that a span of it carried."""
    cost_usd_micros: int | None
    span_count: int
    feed: str
    feed_silent: bool
    feed_last_ns: int | None
    clock_ns: int | None
    """Its feed's own now, where that is not the reader's."""


class Usual(Struct, frozen=True):
    """How long an agent's runs take: the median of its last ended ones."""

    duration_ns: int | None
    runs: int


class Flights(Struct, frozen=True):
    """Everything in flight that the filter lets through."""

    runs: Sequence[Flight]
    told: Mapping[str, Doing]
    """By trace id, of those that are looked at."""
    usual: Mapping[str, Usual]
    """By agent."""
    agents: tuple[str, ...]
    """Every agent there is, so that names are short in the same way everywhere."""


STATE = f"""CASE WHEN ({FEED_STATE}) = 'stale' THEN 'stale'
    WHEN r.waits_for IS NOT NULL THEN 'waiting'
    WHEN a.interval_s IS NOT NULL AND {NOW} - r.at_ns > 5e9 * max(a.interval_s, 1.0) THEN 'stale'
    WHEN a.failing THEN 'failing' ELSE 'running' END"""

COLUMNS: Mapping[str, Column] = {**RUNS.columns, "state": Column(STATE, "text")}

_SQL = f"""
WITH a AS MATERIALIZED (
    SELECT a.agent, a.interval_s, {FAILING} AS failing FROM agents a
    WHERE EXISTS (SELECT 1 FROM runs r WHERE r.agent = a.agent AND r.end_ns IS NULL))
SELECT lower(hex(r.trace_id)), r.agent, {STATE}, r.waits_for, r.start_ns, r.at_ns,
    r.cost_usd_micros, r.span_count, f.name, ({FEED_STATE}) = 'stale', f.last_frame_ns,
    CASE f.clock WHEN 'event' THEN f.last_record_ns END
FROM a JOIN runs r ON r.id IN (SELECT o.id FROM runs o WHERE o.agent = a.agent
        AND o.end_ns IS NULL ORDER BY o.id DESC LIMIT {MOST_AN_AGENT})
    JOIN feeds f ON f.id = r.feed_id"""  # noqa: S608 - fixed text

_SPANS = f"""
SELECT s.id, s.parent_span_id IS NULL, s.operation, {SUBJECT}, s.state, s.start_ns, s.end_ns,
    CASE WHEN instr(s.detail, CAST('effect' AS BLOB)) THEN s.detail END"""

_OF_RUN = f"{_SPANS} FROM spans s WHERE s.trace_id = :trace LIMIT {MOST_SPANS}"
_OF_LONG_RUN = f"""{_SPANS} FROM (SELECT * FROM spans WHERE agent = :agent
    ORDER BY received_ns DESC LIMIT {MOST_SPANS}) s WHERE s.trace_id = :trace"""  # noqa: S608
"""A run of more spans is seen by the newest of its agent: no index has a run's newest."""


def in_flight(
    connection: sqlite3.Connection,
    now_ns: int,
    where: Filter | None = None,
    seen: Collection[str] = (),
) -> Flights:
    """Return the open runs, the oldest first; what they do is told of `seen` and the first ones.

    Raises FilterError for a key that runs do not have, StoreError where a row is damaged.
    """
    condition, values = "", {"now_ns": now_ns}
    if where is not None:
        condition, given = where.sql(COLUMNS, RUNS.words, now_ns)
        condition, values = f" WHERE {condition}", values | given
    found = connection.execute(f"{_SQL}{condition} ORDER BY r.start_ns, r.id", values)
    try:
        runs = [
            Flight(
                trace_id=row[0], agent=row[1], state=row[2], waits_for=row[3], start_ns=row[4],
                seen_ns=row[5], cost_usd_micros=row[6], span_count=row[7], feed=row[8],
                feed_silent=bool(row[9]), feed_last_ns=row[10], clock_ns=row[11],
            )
            for row in found
        ]  # fmt: skip
        wanted = [run for run in runs if run.trace_id in seen]
        wanted += [run for run in runs if run.trace_id not in seen][:MOST_TOLD]
        told = _told(connection, wanted, now_ns)
        usual = {agent: usual_of(connection, agent) for agent in {run.agent for run in wanted}}
    except DAMAGED as error:
        raise fault(connection, error) from error
    agents = tuple(row[0] for row in connection.execute("SELECT agent FROM agents"))
    return Flights(runs, told, usual, agents)


def usual_of(connection: sqlite3.Connection, agent: str) -> Usual:
    """Return how long the agent's last ended runs took."""
    found = connection.execute(
        "SELECT end_ns - start_ns FROM runs WHERE agent = ? AND end_ns IS NOT NULL "
        "ORDER BY end_ns DESC LIMIT ?",
        (agent, USUAL_RUNS),
    ).fetchall()
    durations = [max(0, row[0]) for row in found]
    return Usual(round(median(durations)) if durations else None, len(durations))


def _told(connection: sqlite3.Connection, runs: Iterable[Flight], now_ns: int) -> dict[str, Doing]:
    read = heads(connection)
    told = {}
    for run in runs:
        spans = _spans_of(connection, run)
        doing = _doing(spans)
        if doing is None:
            continue
        id, _, operation, subject, name, _, start_ns, end_ns, _ = doing
        blob = connection.execute("SELECT detail FROM spans WHERE id = ?", (id,)).fetchone()[0]
        asked, _ = gist(operation, late_detail(blob), read)
        told[run.trace_id] = Doing(
            operation=operation,
            subject=subject or name.removeprefix(f"{operation} "),
            asked=asked,
            open=end_ns is None,
            since_ns=start_ns if end_ns is None else end_ns,
            pieces=_pieces(spans, (run.clock_ns or now_ns) - RECENT_NS),
            effect=_gravest(span[8] for span in spans if span[8] is not None),
        )
    return told


def _pieces(spans: Iterable[tuple[Any, ...]], after_ns: int) -> list[Piece]:
    found = (
        (span[6], span[7], span[5] == "error")
        for span in spans
        if not span[1] and (span[7] is None or span[7] >= after_ns)
    )
    return sorted(found, key=lambda piece: piece[0])


def _spans_of(connection: sqlite3.Connection, run: Flight) -> list[tuple[Any, ...]]:
    sql = _OF_RUN if run.span_count <= MOST_SPANS else _OF_LONG_RUN
    values = {"trace": bytes.fromhex(run.trace_id), "agent": run.agent}
    return connection.execute(sql, values).fetchall()


def _doing(spans: Sequence[tuple[Any, ...]]) -> tuple[Any, ...] | None:
    """Return what a run does now: its newest open span, else its newest; the root last of all."""
    below = [span for span in spans if not span[1]]
    still = [span for span in below if span[7] is None]
    if still:
        return max(still, key=lambda span: span[6])
    return max(below or spans, key=lambda span: span[0], default=None)


def _gravest(blobs: Iterable[bytes]) -> str | None:
    effects = (facts.effect for blob in blobs if (facts := late_detail(blob).facts) is not None)
    return max((effect for effect in effects if effect), key=EFFECTS.index, default=None)
