"""What a search did not see is said."""

from __future__ import annotations

import sqlite3

from agentwatch.store.indexing import Indexer
from agentwatch.store.queries.unsearched import TAIL_ROWS, Unsearched, unsearched
from agentwatch.store.retention import DAY_NS, prune
from tests.store.records import span
from tests.store.stores import NOW, write, writer_on


def test_a_whole_store_leaves_nothing_to_say(store: sqlite3.Connection) -> None:
    write(writer_on(store), span(1))
    assert unsearched(store) == []


def test_records_that_wait_for_the_index_are_counted(store: sqlite3.Connection) -> None:
    write(writer_on(store), *(span(n) for n in range(1, TAIL_ROWS + 101)))
    assert unsearched(store) == [Unsearched("waiting", records=100)]
    Indexer(store).finish(60)
    assert unsearched(store) == []


def test_it_is_said_since_when_rows_are_kept(store: sqlite3.Connection) -> None:
    for day in range(3):
        write(writer_on(store), span(day + 1), at_ns=NOW + day * DAY_NS)
    prune(store, NOW + 2 * DAY_NS, retain_days=1.5, retain_bytes=None)
    kept_ns = NOW + DAY_NS // 2
    assert unsearched(store) == [Unsearched("too_old", until_ns=kept_ns)]
    prune(store, NOW + 2 * DAY_NS, retain_days=0.5, retain_bytes=None)
    assert unsearched(store) == [Unsearched("too_old", until_ns=kept_ns + DAY_NS)]


def test_gaps_and_lost_frames_are_told_by_feed_the_open_gap_first(
    store: sqlite3.Connection,
) -> None:
    store.execute(
        "INSERT INTO gaps (feed_id, since_ns, until_ns, reason) "
        "VALUES (1, 10, NULL, 'closed'), (1, 5, 7, 'reset'), (1, 20, 30, 'reset')"
    )
    store.execute("UPDATE feeds SET frames_dropped = 3, frames_rejected = 4")
    assert unsearched(store) == [
        Unsearched("gap", "f", 10, None, reason="closed"),
        Unsearched("gap", "f", 20, 30, reason="reset"),
        Unsearched("gap", "f", 5, 7, reason="reset"),
        Unsearched("lost", "f", records=7, reason="frames"),
    ]
