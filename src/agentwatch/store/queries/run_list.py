"""An agent and a stretch of its runs in; the runs, who they wait for and what nobody saw out."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from msgspec import Struct

from agentwatch.store.queries.card import MOST_OPEN, Figures, Who, figures, who
from agentwatch.store.queries.page import Part, Request, Rows, part

MOST_GAPS = 50


class Gap(Struct, frozen=True):
    """A time in which nobody heard the agent's feed: what was sent then is lost."""

    id: int
    feed: str
    since_ns: int
    until_ns: int | None
    reason: str


class RunList(Struct, frozen=True):
    """What the list of an agent's runs shows."""

    part: Part
    who: Who | None
    figures: Figures
    open_runs: Mapping[str, str | None]
    """Run in flight → the person whom it has asked."""
    gaps: list[Gap]
    """Those among the rows, the newest first."""


def run_list(
    connection: sqlite3.Connection,
    rows: Rows,
    request: Request,
    agent: str,
    known: Figures | None = None,
) -> RunList:
    """Return a stretch of an agent's runs; figures that are `known` are not made anew."""
    found = part(connection, rows, request)
    about = who(connection, agent, rows.now_ns)
    open_runs = connection.execute(
        "SELECT lower(hex(trace_id)), waits_for FROM runs WHERE agent = ? AND end_ns IS NULL "
        "LIMIT ?",
        (agent, MOST_OPEN),
    ).fetchall()
    in_time = rows.by is None and rows.where is None
    gaps = _gaps(connection, about.feed_id, found) if about is not None and in_time else []
    return RunList(
        part=found,
        who=about,
        figures=figures(connection, agent) if known is None else known,
        open_runs=dict(open_runs),
        gaps=gaps,
    )


def _gaps(connection: sqlite3.Connection, feed_id: int, found: Part) -> list[Gap]:
    """Return the feed's gaps that begin between the first and the last row, if there is a row."""
    received = [row["received_ns"] for _, row in found.rows]
    if not received:
        return []
    oldest = 0 if found.at_end else received[-1]
    newest = 2**63 - 1 if found.at_top else received[0]
    rows = connection.execute(
        "SELECT g.id, f.name, g.since_ns, g.until_ns, g.reason FROM gaps g "
        "JOIN feeds f ON f.id = g.feed_id WHERE g.feed_id = ? AND g.since_ns BETWEEN ? AND ? "
        "ORDER BY g.since_ns DESC LIMIT ?",
        (feed_id, oldest, newest, MOST_GAPS),
    )
    return [Gap(*row) for row in rows]
