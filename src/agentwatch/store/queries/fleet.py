"""What the fleet view shows beside the agents' own rows: where each lives, and its last minutes."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from agentwatch.clock import NS_PER_S
from agentwatch.filters import Filter
from agentwatch.store.queries.agents import TABLE
from agentwatch.store.queries.table import rows

MINUTE_NS = 60 * NS_PER_S
MINUTES = 5


class Home(Struct, frozen=True):
    """Where an agent is heard, and how often."""

    feed: str
    feed_state: str
    feed_last_ns: int | None
    feed_interval_s: float | None
    interval_s: float | None
    first_seen_ns: int


class Fleet(Struct, frozen=True):
    """Every agent that the filter lets through."""

    agents: list[dict[str, Any]]
    homes: Mapping[str, Home]
    total: int
    """Agents there are, filtered or not."""


def fleet(connection: sqlite3.Connection, now_ns: int, where: Filter | None = None) -> Fleet:
    """Return the agents with the fields of `query agents`, and where each is heard."""
    agents = list(rows(connection, TABLE, now_ns=now_ns, where=where))
    homes = connection.execute(
        "SELECT a.agent, f.name, f.state, f.last_frame_ns, f.interval_s, a.interval_s, "
        "a.first_seen_ns FROM agents a JOIN feeds f ON f.id = a.feed_id"
    )
    found = {row[0]: Home(*row[1:]) for row in homes}
    return Fleet(agents, found, len(found))


def trends(connection: sqlite3.Connection, now_ns: int) -> dict[str, list[int | None]]:
    """Return each agent's ended runs in the last whole minutes, the oldest first.

    None: nobody saw that minute, for a gap of the agent's feed lies in it. An agent that ended no
    run is left out.
    """
    newest = now_ns // MINUTE_NS
    since = newest - MINUTES
    counts = connection.execute(
        "SELECT agent, feed_id, received_ns / ?, count(*) FROM runs "
        "WHERE received_ns >= ? AND received_ns < ? AND end_ns IS NOT NULL GROUP BY 1, 2, 3",
        (MINUTE_NS, since * MINUTE_NS, newest * MINUTE_NS),
    ).fetchall()
    gaps = connection.execute(
        "SELECT feed_id, since_ns, coalesce(until_ns, ?) FROM gaps "
        "WHERE coalesce(until_ns, ?) >= ?",
        (now_ns, now_ns, since * MINUTE_NS),
    ).fetchall()
    found: dict[str, list[int | None]] = {}
    for agent, feed_id, minute, count in counts:
        cells = found.get(agent)
        if cells is None:
            cells = found[agent] = [0] * MINUTES
            for gap_feed, from_ns, to_ns in gaps:
                if gap_feed == feed_id:
                    first = max(0, from_ns // MINUTE_NS - since)
                    for at in range(first, min(MINUTES, to_ns // MINUTE_NS - since + 1)):
                        cells[at] = None
        at = minute - since
        if cells[at] is not None:
            cells[at] += count
    return found
