"""Where each agent is heard, and how many runs it ended in each of the last minutes."""

from __future__ import annotations

import sqlite3

from agentwatch.clock import NS_PER_S
from agentwatch.filters import parse
from agentwatch.store.queries.fleet import MINUTE_NS, MINUTES, fleet, trends
from tests.store.records import span
from tests.store.stores import write, writer_on

NOW_NS = 1_800_000_000 * NS_PER_S // MINUTE_NS * MINUTE_NS + MINUTES * MINUTE_NS


def test_every_agent_has_a_home_and_a_filter_leaves_the_total(store: sqlite3.Connection) -> None:
    write(writer_on(store), span(1))
    found = fleet(store, NOW_NS)
    assert [agent["agent"] for agent in found.agents] == list(found.homes) == ["shop"]
    none = fleet(store, NOW_NS, parse("agent:other"))
    assert (none.agents, none.total) == ([], 1)


def test_ended_runs_are_counted_by_minute_and_a_gap_is_unseen(store: sqlite3.Connection) -> None:
    write(writer_on(store), span(1))
    since = NOW_NS // MINUTE_NS - MINUTES
    store.execute("UPDATE runs SET received_ns = ?", ((since + 4) * MINUTE_NS,))
    assert trends(store, NOW_NS) == {"shop": [0, 0, 0, 0, 1]}
    store.execute(
        "INSERT INTO gaps (feed_id, since_ns, until_ns, reason) "
        "SELECT feed_id, ?, ?, 'cut' FROM runs",
        ((since + 1) * MINUTE_NS + 1, (since + 2) * MINUTE_NS + 1),
    )
    assert trends(store, NOW_NS) == {"shop": [0, None, None, 0, 1]}
    assert trends(store, NOW_NS + 9 * MINUTE_NS) == {}
