"""One agent in, what its card says of it out: figures, trend, data, effects, feedback, open runs.

Every question is bounded, whatever the store holds. `card` is for every few seconds, for its
figures stand on hundreds of rows; `live` is for every look.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Mapping, MutableMapping
from typing import Any

import msgspec
from msgspec import Struct

from agentwatch.clock import NS_PER_S
from agentwatch.model import EventFact, Facts
from agentwatch.store.queries.page import Rows, page
from agentwatch.store.queries.runs import TABLE as RUNS

HOUR_NS = 3600 * NS_PER_S
BUCKET_NS = 300 * NS_PER_S
"""A cell of the error trend."""
BUCKETS = 12
MOST_ENDED = 1_000
MOST_RUNS = 200
MOST_JUDGED = 100
MOST_SPANS = 300
MOST_OPEN = 100
MOST_SOURCES = 200
UP = frozenset({"up", "thumbs_up", "positive", "good", "helpful"})
DOWN = frozenset({"down", "thumbs_down", "negative", "bad", "unhelpful"})

Versions = MutableMapping[str, tuple[int, str]]
"""Data source → (as of, version) of the newest version that anybody was seen to read."""


class Who(Struct, frozen=True):
    """An agent, and where it is heard."""

    agent: str
    name: str | None
    service: str | None
    version: str | None
    identities: str
    first_seen_ns: int
    interval_s: float | None
    feed_id: int
    feed: str
    feed_state: str
    feed_last_ns: int | None
    feed_interval_s: float | None
    clock: str
    now_ns: int
    """The now of its feed's clock."""

    @property
    def claimed(self) -> list[str]:
        """The identities that its process claims."""
        return [str(each) for each in json.loads(self.identities)]


class Figures(Struct, frozen=True):
    """What its newest ended runs cost and took."""

    runs: int = 0
    errors: int = 0
    cost_usd_micros_per_run: int | None = None
    tokens_per_run: int | None = None
    p50_ns: int | None = None
    p95_ns: int | None = None


class Read(Struct, frozen=True):
    """The last time that it read a data source."""

    source: str
    version: str | None
    as_of_ns: int | None
    read_ns: int
    newer: str | None = None
    """A newer version that somebody was seen to read."""


class Card(Struct, frozen=True):
    """What holds for some seconds."""

    who: Who
    figures: Figures
    ended: int
    failed: int
    whole_hour: bool
    """False: more runs ended in the hour than were looked at."""
    trend: list[float | None]
    """Share of failed runs, five minutes a cell, the oldest first; None: a time nobody saw."""
    trend_blank: int
    """Cells at its beginning from before the agent was first seen."""
    reads: list[Read]
    effects: Mapping[str, int]
    effects_since_ns: int
    models: list[str]
    tools: list[str]
    up: int
    down: int


class Live(Struct, frozen=True):
    """What every look shows."""

    open_runs: int
    waiting: frozenset[str]
    """Runs that have asked a person."""
    waits_for: str | None
    """The person who was asked first."""
    waits_since_ns: int | None
    last: list[dict[str, Any]]


class _Grounded(Struct):
    """Of a span's detail, the facts alone."""

    facts: Facts | None = None


class _Told(Struct):
    """Of a log record's content, the fact alone."""

    fact: EventFact | None = None


_facts_of = msgspec.msgpack.Decoder(_Grounded).decode
_fact_of = msgspec.msgpack.Decoder(_Told).decode


def who(connection: sqlite3.Connection, agent: str, now_ns: int) -> Who | None:
    """Return who an agent is; None: nobody has heard of it."""
    row = connection.execute(
        "SELECT a.agent, a.name, a.service, a.version, a.identities, a.first_seen_ns, "
        "a.interval_s, f.id, f.name, f.state, f.last_frame_ns, f.interval_s, "
        "f.clock, CASE f.clock WHEN 'event' THEN coalesce(f.last_record_ns, ?) ELSE ? END "
        "FROM agents a JOIN feeds f ON f.id = a.feed_id WHERE a.agent = ?",
        (now_ns, now_ns, agent),
    ).fetchone()
    return None if row is None else Who(*row)


def figures(connection: sqlite3.Connection, agent: str) -> Figures:
    """Return the figures of the agent's last 200 ended runs."""
    runs = connection.execute(
        "SELECT end_ns - start_ns, cost_usd_micros, "
        "coalesce(input_tokens + output_tokens, input_tokens, output_tokens), "
        "state = 'error' FROM runs WHERE agent = ? AND end_ns IS NOT NULL "
        "ORDER BY end_ns DESC LIMIT ?",
        (agent, MOST_RUNS),
    ).fetchall()
    if not runs:
        return Figures()
    took = sorted(max(0, run[0]) for run in runs)
    costs = [run[1] for run in runs if run[1] is not None]
    tokens = [run[2] for run in runs if run[2] is not None]
    return Figures(
        len(runs),
        sum(run[3] for run in runs),
        round(sum(costs) / len(costs)) if costs else None,
        round(sum(tokens) / len(tokens)) if tokens else None,
        took[-(-50 * len(took) // 100) - 1],
        took[-(-95 * len(took) // 100) - 1],
    )


def card(
    connection: sqlite3.Connection, agent: str, now_ns: int, versions: Versions
) -> Card | None:
    """Return the card of an agent; what is learnt of newest versions is put into `versions`."""
    known = who(connection, agent, now_ns)
    if known is None:
        return None
    ended, failed, whole, cells, blank = _hour(connection, known)
    reads, effects, since_ns = _spans(connection, known)
    _learn(connection, {read.source for read in reads}, versions)
    models, tools = _used(connection, known)
    return Card(
        known, figures(connection, agent), ended, failed, whole, cells, blank,
        [_against(read, versions) for read in reads], effects, since_ns, models, tools,
        *_feedback(connection, agent),
    )  # fmt: skip


def live(connection: sqlite3.Connection, agent: str, now_ns: int, most_runs: int = 5) -> Live:
    """Return the agent's runs in flight, and its last runs."""
    runs = connection.execute(
        "SELECT lower(hex(r.trace_id)), r.waits_for, CASE WHEN r.waits_for IS NOT NULL THEN "
        "(SELECT max(e.at_ns) FROM events e WHERE e.trace_id = r.trace_id AND e.kind = 'waiting') "
        "END FROM runs r WHERE r.agent = ? AND r.end_ns IS NULL LIMIT ?",
        (agent, MOST_OPEN),
    ).fetchall()
    asked = [(since_ns or now_ns, person) for _, person, since_ns in runs if person is not None]
    rows = Rows(table=RUNS, now_ns=now_ns, equal={"agent": agent})
    last = [row for _, row in page(connection, rows, limit=most_runs)]
    since_ns, person = min(asked) if asked else (None, None)
    waiting = frozenset(run[0] for run in runs if run[1] is not None)
    return Live(len(runs), waiting, person, since_ns, last)


def _hour(
    connection: sqlite3.Connection, who: Who
) -> tuple[int, int, bool, list[float | None], int]:
    runs = connection.execute(
        "SELECT end_ns, state = 'error' FROM runs WHERE agent = ? AND end_ns > ? "
        "ORDER BY end_ns DESC LIMIT ?",
        (who.agent, who.now_ns - HOUR_NS, MOST_ENDED),
    ).fetchall()
    newest = who.now_ns // BUCKET_NS
    sums = [[0, 0] for _ in range(BUCKETS)]
    for end_ns, failed in runs:
        at = end_ns // BUCKET_NS - newest + BUCKETS
        if 0 <= at < BUCKETS:
            sums[at][0] += 1
            sums[at][1] += failed
    cells: list[float | None] = [failed / of if of else 0.0 for of, failed in sums]
    begin_ns = (newest - BUCKETS) * BUCKET_NS
    gaps = connection.execute(
        "SELECT since_ns, coalesce(until_ns, ?) FROM gaps WHERE feed_id = ? AND since_ns < ? "
        "ORDER BY since_ns DESC LIMIT ?",
        (who.now_ns, who.feed_id, who.now_ns, MOST_RUNS),
    )
    for since_ns, until_ns in gaps:
        for at in range(BUCKETS):
            cell_ns = begin_ns + at * BUCKET_NS
            if since_ns < cell_ns + BUCKET_NS and until_ns > cell_ns and not sums[at][0]:
                cells[at] = None
    blank = min(max(0, (who.first_seen_ns - begin_ns) // BUCKET_NS), BUCKETS)
    return len(runs), sum(run[1] for run in runs), len(runs) < MOST_ENDED, cells, blank


def _spans(connection: sqlite3.Connection, who: Who) -> tuple[list[Read], Mapping[str, int], int]:
    rows = connection.execute(
        "SELECT data_source, at_ns, start_ns, "
        "CASE WHEN tool IS NOT NULL OR data_source IS NOT NULL THEN detail END "
        "FROM spans WHERE agent = ? ORDER BY received_ns DESC LIMIT ?",
        (who.agent, MOST_SPANS),
    ).fetchall()
    hour_ns = who.now_ns - HOUR_NS
    reads: dict[str, Read] = {}
    effects: Counter[str] = Counter()
    for source, at_ns, start_ns, detail in rows:
        facts = _facts_of(detail).facts if detail is not None else None
        if source is not None and source not in reads:
            told = facts or Facts()
            reads[source] = Read(
                source, told.data_source_version, told.data_source_as_of_ns, start_ns
            )
        if facts is not None and facts.effect not in (None, "none") and at_ns > hour_ns:
            effects[str(facts.effect)] += 1
    since_ns = rows[-1][1] if len(rows) == MOST_SPANS else 0
    return list(reads.values()), effects, max(since_ns, hour_ns)


def _learn(connection: sqlite3.Connection, sources: set[str], versions: Versions) -> None:
    """Take in which versions of these sources anybody was just seen to read."""
    if not sources:
        return
    rows = connection.execute(
        "SELECT data_source, detail FROM (SELECT data_source, detail FROM spans "
        "ORDER BY received_ns DESC LIMIT ?) WHERE data_source IS NOT NULL",
        (MOST_SPANS,),
    )
    for source, detail in rows:
        facts = _facts_of(detail).facts if source in sources else None
        if facts is None or facts.data_source_version is None or not facts.data_source_as_of_ns:
            continue
        known = versions.get(source)
        if known is None and len(versions) >= MOST_SOURCES:
            versions.pop(next(iter(versions)))
        if known is None or known[0] < facts.data_source_as_of_ns:
            versions[source] = facts.data_source_as_of_ns, facts.data_source_version


def _against(read: Read, versions: Versions) -> Read:
    newest = versions.get(read.source)
    if newest is None or read.as_of_ns is None or read.version in (None, newest[1]):
        return read
    return msgspec.structs.replace(read, newer=newest[1]) if newest[0] > read.as_of_ns else read


def _used(connection: sqlite3.Connection, who: Who) -> tuple[list[str], list[str]]:
    """Return the models and the tools of this hour and the last, the most used first."""
    hour_ns = who.now_ns // HOUR_NS * HOUR_NS
    models: Counter[str] = Counter()
    tools: Counter[str] = Counter()
    for model, tool, spans in connection.execute(
        "SELECT model, tool, spans FROM rollups WHERE width_s = 3600 AND bucket_ns IN (?, ?) "
        "AND agent = ? LIMIT ?",
        (hour_ns, hour_ns - HOUR_NS, who.agent, MOST_RUNS),
    ):
        models[model] += spans
        tools[tool] += spans
    return tuple(  # type: ignore[return-value]
        [name for name, spans in used.most_common(8) if name and spans > 0]
        for used in (models, tools)
    )


def _feedback(connection: sqlite3.Connection, agent: str) -> tuple[int, int]:
    """Return how many people said well and how many said ill of the last 100 runs."""
    rows = connection.execute(
        "SELECT e.content FROM (SELECT trace_id FROM runs WHERE agent = ? "
        "ORDER BY received_ns DESC LIMIT ?) r JOIN events e ON e.trace_id = r.trace_id "
        "WHERE e.kind = 'evaluation' LIMIT ?",
        (agent, MOST_JUDGED, MOST_ENDED),
    )
    up = down = 0
    for (content,) in rows:
        fact: Any = _fact_of(content).fact
        if not getattr(fact, "human", False):
            continue
        label = (fact.label or "").lower()
        scored = fact.score is not None and label not in UP | DOWN
        up += label in UP or (scored and fact.score >= 0.5)
        down += label in DOWN or (scored and fact.score < 0.5)
    return up, down
