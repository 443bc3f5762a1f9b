"""How many rows and before which in; the newest ended spans, rules and gaps out, newest last.

Pages go by id, which is the order of news, so a page costs the same however long the table is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from agentwatch.filters import Filter
from agentwatch.model import Facts, RuleEvaluated
from agentwatch.store.detail import unpack_event
from agentwatch.store.queries.feeds import STATE as FEED_STATE
from agentwatch.store.queries.gist import Late, Read, gist, heads, late_detail
from agentwatch.store.queries.spans import TABLE
from agentwatch.store.read import DAMAGED, fault

SCANNED = 20_000
"""A filter looks at no more spans for one page."""
RULES_SCANNED = 2_000
MOST_GAPS = 50


class Told(Struct, frozen=True, kw_only=True):
    """A span that ended, or a business rule that a run consulted (`operation` is `rule`)."""

    key: tuple[str, int]
    id: int
    """Where it stands among the spans."""
    received_ns: int
    at_ns: int
    """On the clock of its sender."""
    trace_id: str
    span_id: str
    agent: str
    operation: str
    subject: str
    """Its tool, data source, model or rule, else its name."""
    asked: str
    gave: str
    feed: str
    state: str
    error_type: str | None = None
    source_version: str | None = None
    effect: str | None = None
    duration_ns: int | None = None
    tokens: int | None = None
    cost_usd_micros: int | None = None


class Unseen(Struct, frozen=True, kw_only=True):
    """A time in which nobody saw a feed."""

    key: tuple[str, int]
    id: int
    received_ns: int
    feed: str
    since_ns: int
    until_ns: int | None
    reason: str
    lost: bool
    """False: the feed is silent; perhaps it had nothing to say."""


Row = Told | Unseen


class Page(Struct, frozen=True):
    """A part of the tail."""

    rows: Sequence[Row]
    older: bool
    """There is more before it."""
    newer: bool
    """There is more after it."""
    newest: int
    """The newest span there is, ended or not."""
    silent: frozenset[str] = frozenset()
    """The feeds that nobody hears now."""


EMPTY = Page((), False, False, 0)

SUBJECT = """CASE WHEN s.operation <> 'invoke_agent'
    THEN coalesce(s.tool, s.data_source, s.response_model, s.request_model) END, s.name"""
"""What it was about, and its name where that is not known."""

_SQL = f"""
SELECT s.id, s.received_ns, s.at_ns, lower(hex(s.trace_id)), lower(hex(s.span_id)), s.agent,
    s.operation, {SUBJECT}, s.state, s.error_type, s.end_ns - s.start_ns,
    CASE WHEN s.input_tokens IS NOT NULL OR s.output_tokens IS NOT NULL
        THEN coalesce(s.input_tokens, 0) + coalesce(s.output_tokens, 0) END,
    s.cost_usd_micros, (SELECT name FROM feeds WHERE id = s.feed_id), s.detail
FROM spans s WHERE s.end_ns IS NOT NULL AND s.id < :before AND s.id > :floor"""  # noqa: S608 - fixed text

_LATER = f"""
SELECT s.id FROM spans s WHERE s.end_ns IS NOT NULL AND s.id > :after AND s.id < :before
    AND s.id <= :after + {SCANNED}"""  # noqa: S608 - fixed text

_RULES = """
SELECT e.id, e.received_ns, e.at_ns, lower(hex(e.trace_id)), lower(hex(e.span_id)),
    coalesce((SELECT s.agent FROM spans s WHERE s.trace_id = e.trace_id AND s.span_id = e.span_id),
        (SELECT r.agent FROM runs r WHERE r.trace_id = e.trace_id), '-'),
    (SELECT name FROM feeds WHERE id = e.feed_id), e.content
FROM events e WHERE e.kind = 'rule' AND e.id IN (
    SELECT id FROM events WHERE received_ns >= :since AND received_ns <= :until
    ORDER BY received_ns DESC LIMIT :scanned)
ORDER BY e.received_ns DESC, e.id DESC LIMIT :limit"""

_GAPS = """
SELECT g.id, f.name, g.since_ns, g.until_ns, g.reason FROM gaps g JOIN feeds f ON f.id = g.feed_id
WHERE g.since_ns >= :since AND g.since_ns <= :until ORDER BY g.since_ns DESC LIMIT :limit"""

_SILENT = f"""
SELECT f.id, f.name, f.last_frame_ns,
    EXISTS (SELECT 1 FROM gaps g WHERE g.feed_id = f.id AND g.until_ns IS NULL)
FROM feeds f WHERE ({FEED_STATE}) = 'stale'"""  # noqa: S608 - fixed text


def tail(
    connection: sqlite3.Connection,
    limit: int,
    where: Filter | None = None,
    *,
    now_ns: int,
    around: int | None = None,
    upto: int | None = None,
) -> Page:
    """Return `limit` rows around the span `around`, or the newest, none of them after `upto`.

    Raises FilterError for a key that spans do not have, StoreError where a row is damaged.
    """
    newest = connection.execute("SELECT coalesce(max(id), 0) FROM spans").fetchone()[0]
    newest = newest if upto is None else min(newest, upto)
    condition, values = _condition(where, now_ns)
    before, newer = newest + 1, False
    if around is not None:
        half = {"after": around, "before": before, "half": limit // 2}
        before, newer = _end(connection, condition, values | half)
    floor = before - 1 - SCANNED if where is not None else 0
    found = connection.execute(
        f"{_SQL}{condition} ORDER BY s.id DESC LIMIT :limit",
        values | {"before": before, "floor": floor, "limit": limit + 1},
    ).fetchall()
    older = len(found) > limit or floor > 0
    read = heads(connection)
    silences = connection.execute(_SILENT, {"now_ns": now_ns}).fetchall()
    try:
        spans = [_span(row, read) for row in reversed(found[:limit])]
        between = (
            spans[0].received_ns if len(spans) == limit else 0,
            spans[-1].received_ns if newer and spans else now_ns,
        )
        others = [*_gaps(connection, *between), *_silent(silences, *between)]
        if where is None:
            others += _rules(connection, *between, limit, read)
    except DAMAGED as error:
        raise fault(connection, error) from error
    silent = frozenset(row[1] for row in silences)
    return Page(_merged(spans, others), older, newer, newest, silent)


def _end(
    connection: sqlite3.Connection, condition: str, values: dict[str, Any]
) -> tuple[int, bool]:
    """Return before which id a page ends that goes half its rows on, and whether more follow."""
    found = connection.execute(f"{_LATER}{condition} ORDER BY s.id LIMIT :half", values)
    ids = [row[0] for row in found]
    return (ids[-1] + 1, True) if ids and len(ids) == values["half"] else (values["before"], False)


def _condition(where: Filter | None, now_ns: int) -> tuple[str, dict[str, Any]]:
    if where is None:
        return "", {}
    condition, values = where.sql(TABLE.columns, TABLE.words, now_ns)
    return f" AND ({condition})", values


def _span(row: tuple[Any, ...], read: Read) -> Told:
    (
        id, received_ns, at_ns, trace_id, span_id, agent, operation, subject, name, state,
        error_type, duration_ns, tokens, cost, feed, blob,
    ) = row  # fmt: skip
    detail = late_detail(blob)
    facts = detail.facts or Facts()
    asked, gave = gist(operation, detail, read, failed=state == "error")
    return Told(
        key=("span", id), id=id, received_ns=received_ns, at_ns=at_ns, trace_id=trace_id,
        span_id=span_id, agent=agent, operation=operation,
        subject=subject or name.removeprefix(f"{operation} "), asked=asked, gave=gave, feed=feed,
        state=state, error_type=error_type, duration_ns=duration_ns, tokens=tokens,
        cost_usd_micros=cost, effect=facts.effect, source_version=facts.data_source_version,
    )  # fmt: skip


def _gaps(connection: sqlite3.Connection, since_ns: int, until_ns: int) -> list[Row]:
    found = connection.execute(_GAPS, {"since": since_ns, "until": until_ns, "limit": MOST_GAPS})
    return [
        Unseen(
            key=("gap", row[0]), id=0, received_ns=row[2], feed=row[1], since_ns=row[2],
            until_ns=row[3], reason=row[4], lost=True,
        )
        for row in found
    ]  # fmt: skip


def _silent(silences: Sequence[tuple[Any, ...]], since_ns: int, until_ns: int) -> list[Row]:
    return [
        Unseen(
            key=("silent", id), id=0, received_ns=last_ns, feed=feed, since_ns=last_ns,
            until_ns=None, reason="silent", lost=False,
        )
        for id, feed, last_ns, has_gap in silences
        if not has_gap and last_ns is not None and since_ns <= last_ns <= until_ns
    ]  # fmt: skip


def _rules(
    connection: sqlite3.Connection, since_ns: int, until_ns: int, limit: int, read: Read
) -> list[Row]:
    values = {"since": since_ns, "until": until_ns, "limit": limit, "scanned": RULES_SCANNED}
    return [_rule(row, read) for row in connection.execute(_RULES, values)]


def _rule(row: tuple[Any, ...], read: Read) -> Row:
    content = unpack_event(row[7], lambda digest: Late(digest.hex()))
    fact = content.fact
    told = fact if isinstance(fact, RuleEvaluated) else RuleEvaluated(rule_id="-")
    inputs = told.inputs if isinstance(told.inputs, str) else told.expression
    return Told(
        key=("rule", row[0]), id=0, received_ns=row[1], at_ns=row[2], trace_id=row[3] or "",
        span_id=row[4] or "", agent=row[5], operation="rule",
        subject=f"{told.rule_id} {told.version or ''}".rstrip(),
        asked=" ".join(read(inputs)[:240].split()) if inputs else "", gave=told.outcome or "",
        feed=row[6], state="unset",
    )  # fmt: skip


def _merged(spans: Sequence[Told], others: list[Row]) -> list[Row]:
    """Return all in the order in which they came; a row takes the id of the span before it."""
    others.sort(key=lambda row: row.received_ns)
    merged: list[Row] = []
    at, last = 0, spans[0].id if spans else 0
    for span in spans:
        while at < len(others) and others[at].received_ns < span.received_ns:
            merged.append(_placed(others[at], last))
            at += 1
        merged.append(span)
        last = span.id
    merged += [_placed(row, last) for row in others[at:]]
    return merged


def _placed(row: Row, id: int) -> Row:
    given = {name: getattr(row, name) for name in row.__struct_fields__}
    return type(row)(**(given | {"id": id}))
