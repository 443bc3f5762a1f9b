"""Feeds with their accounts and gaps, and what came when: at the cost of the minutes asked for."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from agentwatch.clock import NS_PER_S
from agentwatch.filters import parse
from agentwatch.store.queries import feed_view as module
from agentwatch.store.queries.feed_view import BUCKET_NS, DAY_NS, Lost, feed_view, seen
from agentwatch.store.schema import StoreError
from tests.store.records import NS, T0, span
from tests.store.stores import made, write, writer_on

NOW = T0 + 100 * DAY_NS
MINUTE_NS = 60 * NS_PER_S


@pytest.fixture
def store(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = made(tmp_path / "s.db")
    yield connection
    connection.close()


def gap(
    store: sqlite3.Connection, since_ns: int, until_ns: int | None, reason: str = "cut"
) -> None:
    store.execute(
        "INSERT INTO gaps (feed_id, since_ns, until_ns, reason) VALUES (1, ?, ?, ?)",
        (since_ns, until_ns, reason),
    )


def test_a_feed_has_its_account_and_why_frames_were_rejected(store: sqlite3.Connection) -> None:
    store.execute(
        "UPDATE feeds SET frames = 10, frames_stored = 6, frames_empty = 2, frames_rejected = 1, "
        "frames_dropped = 1, rejections = ?, faults = ?, sampled = 1",
        (json.dumps({"bad_json": 1}), json.dumps({"secret": 3})),
    )
    write(writer_on(store), span(1), at_ns=NOW)
    feed = feed_view(store, NOW).feeds[0]
    assert (feed.frames, feed.stored, feed.empty, feed.rejected, feed.dropped) == (10, 6, 2, 1, 1)
    assert (feed.rejections, feed.faults, feed.sampled) == ({"bad_json": 1}, {"secret": 3}, True)
    assert (feed.name, feed.agents, feed.gaps, feed.lost) == ("f", 1, 0, ())


def test_a_feed_that_nobody_marked_is_judged_stale_by_the_readers_own_now(
    store: sqlite3.Connection,
) -> None:
    store.execute("UPDATE feeds SET last_frame_ns = ?, interval_s = 2.0", (NOW - 11 * NS,))
    assert feed_view(store, NOW - 2 * NS).feeds[0].state == "live"
    assert feed_view(store, NOW).feeds[0].state == "stale"


@pytest.mark.parametrize(
    ("gaps", "counted"),
    [
        ([(NOW - 2 * DAY_NS, NOW - 2 * DAY_NS + NS)], 0),
        ([(NOW - 2 * DAY_NS, NOW - DAY_NS + NS)], 1),
        ([(NOW - 2 * DAY_NS, None)], 1),
        ([(NOW - 9 * NS, NOW - 8 * NS), (NOW - 5 * NS, None)], 2),
    ],
)
def test_the_gaps_of_a_day_are_those_that_reach_into_it(
    store: sqlite3.Connection, gaps: list[tuple[int, int | None]], counted: int
) -> None:
    for since_ns, until_ns in gaps:
        gap(store, since_ns, until_ns)
    assert feed_view(store, NOW).feeds[0].gaps == counted


def test_the_last_gap_is_told_however_old_and_others_only_of_the_last_hour(
    store: sqlite3.Connection,
) -> None:
    gap(store, NOW - 9 * DAY_NS, NOW - 8 * DAY_NS, "first")
    gap(store, NOW - 7 * DAY_NS, NOW - 6 * DAY_NS, "second")
    assert feed_view(store, NOW).feeds[0].lost == (
        Lost(NOW - 7 * DAY_NS, NOW - 6 * DAY_NS, "second"),
    )
    gap(store, NOW - MINUTE_NS, NOW - 30 * NS, "third")
    assert [each.reason for each in feed_view(store, NOW).feeds[0].lost] == ["third"]
    gap(store, NOW - 10 * NS, None, "fourth")
    assert [each.reason for each in feed_view(store, NOW).feeds[0].lost] == ["third", "fourth"]


def test_a_filter_leaves_feeds_out_and_the_total_counts_them(store: sqlite3.Connection) -> None:
    store.execute(
        "INSERT INTO feeds (name, url, kind, clock, state) "
        "VALUES ('g', 'ws://y', 'witness', 'wall', 'closed')"
    )
    view = feed_view(store, NOW, parse("kind:witness"))
    assert ([feed.name for feed in view.feeds], view.total) == (["g"], 2)


def test_what_came_is_counted_by_feed_and_tens_of_seconds_whatever_it_was(
    store: sqlite3.Connection,
) -> None:
    writer = writer_on(store)
    write(writer, span(1), at_ns=NOW)
    write(writer, span(2), at_ns=NOW + BUCKET_NS - 1)
    write(writer, span(3), at_ns=NOW + BUCKET_NS)
    store.execute(
        "INSERT INTO events (digest, kind, name, feed_id, at_ns, received_ns, severity, "
        "resource_id, content) VALUES (x'00', 'log', 'e', 1, 0, ?, 0, 1, x'80')",
        (NOW,),
    )
    store.execute(
        "INSERT INTO points (digest, name, feed_id, at_ns, received_ns, resource_id, content) "
        "VALUES (x'00', 'p', 1, 0, ?, 1, x'80')",
        (NOW,),
    )
    counted = seen(store, [(NOW, NOW + BUCKET_NS)])
    assert [each.records for each in counted] == [{(1, NOW // BUCKET_NS): 4}]


def test_counting_stops_after_so_many_records_and_never_before_the_first_range(
    store: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_ROWS", 1)
    write(writer_on(store), span(1), span(2), at_ns=NOW)
    ranges = [(NOW, NOW + NS), (NOW - MINUTE_NS, NOW), (NOW - 2 * MINUTE_NS, NOW - MINUTE_NS)]
    assert len(seen(store, ranges)) == 1
    assert len(seen(store, ranges[1:])) == 2


def test_only_an_index_is_walked(store: sqlite3.Connection) -> None:
    plan = store.execute(f"EXPLAIN QUERY PLAN {module._SEEN}", {"since_ns": 0, "until_ns": 1})
    steps = [
        row[3] for row in plan if "spans" in row[3] or "events" in row[3] or "points" in row[3]
    ]
    assert len(steps) == 3
    assert all("SEARCH" in step and "_by_received" in step for step in steps)


@pytest.mark.parametrize("text", ["{", "[1]", '{"a": "b"}'])
def test_a_damaged_row_is_said_in_one_sentence(store: sqlite3.Connection, text: str) -> None:
    store.execute("UPDATE feeds SET faults = ?", (text,))
    with pytest.raises(StoreError, match="is damaged"):
        feed_view(store, NOW)
