"""What the first line of every screen stands on."""

from __future__ import annotations

import json
import sqlite3

from agentwatch.store.queries.status import status
from tests.store.records import span
from tests.store.stores import write, writer_on


def test_feeds_heartbeat_and_the_newest_span(store: sqlite3.Connection) -> None:
    before = status(store)
    assert (before.beat_ns, before.newest) == (None, 0)
    store.execute(
        "INSERT INTO meta (key, value) VALUES ('recorder', ?)",
        (json.dumps({"pid": 1, "started_ns": 5, "heartbeat_ns": 9}),),
    )
    write(writer_on(store), span(1), span(2))
    store.execute("UPDATE feeds SET sampled = 1, skew_s = 2.5, reason = 'far'")
    found = status(store)
    assert (found.beat_ns, found.newest) == (9, 2)
    (feed,) = found.feeds
    assert (feed.sampled, feed.skew_s, feed.reason) == (True, 2.5, "far")
