"""Feeds and their account; the reader judges their silence by its own clock."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from agentwatch.filters import parse
from agentwatch.store.queries import TABLES, rows
from tests.store.records import NS
from tests.store.stores import NOW

FIELDS = (
    "feed url state last_frame_ns frames frames_stored frames_empty frames_rejected "
    "frames_dropped spans gaps sampled clock_skew_s"
)


def ask(store: sqlite3.Connection, now_ns: int = NOW, where: str = "") -> list[dict[str, Any]]:
    filter_ = parse(where) if where else None
    return list(rows(store, TABLES["feeds"], now_ns=now_ns, where=filter_))


def test_a_feed_has_the_fields_of_the_contract(store: sqlite3.Connection) -> None:
    store.execute(
        "UPDATE feeds SET last_frame_ns = ?, frames = 10, frames_stored = 4, frames_empty = 3, "
        "frames_rejected = 2, frames_dropped = 1, spans = 99, sampled = 1, skew_s = -1.5",
        (NOW,),
    )
    store.execute("INSERT INTO gaps (feed_id, since_ns, reason) VALUES (1, 5, 'x'), (2, 5, 'y')")
    (row,) = ask(store)
    assert " ".join(row) == FIELDS
    assert row == {
        "feed": "f", "url": "ws://x", "state": "live", "last_frame_ns": NOW, "frames": 10,
        "frames_stored": 4, "frames_empty": 3, "frames_rejected": 2, "frames_dropped": 1,
        "spans": 99, "gaps": 1, "sampled": True, "clock_skew_s": -1.5,
    }  # fmt: skip


def test_a_feed_that_has_said_nothing_yet_is_known_by_nothing(store: sqlite3.Connection) -> None:
    (row,) = ask(store)
    assert row["last_frame_ns"] is row["clock_skew_s"] is None
    assert (row["sampled"], row["frames"]) == (False, 0)


@pytest.mark.parametrize(
    ("state", "interval_s", "silent_s", "shown"),
    [
        ("live", 2.0, 10, "live"),
        ("live", 2.0, 10.001, "stale"),
        ("live", None, 10**6, "live"),
        ("stale", 2.0, 1, "stale"),
        ("connecting", 2.0, 10**6, "connecting"),
        ("closed", 2.0, 10**6, "closed"),
    ],
)
def test_a_dead_recorder_marks_nothing_stale_so_the_reader_does(
    store: sqlite3.Connection, state: str, interval_s: float | None, silent_s: float, shown: str
) -> None:
    store.execute(
        "UPDATE feeds SET state = ?, interval_s = ?, last_frame_ns = ?", (state, interval_s, NOW)
    )
    now_ns = NOW + round(silent_s * NS)
    assert ask(store, now_ns)[0]["state"] == shown
    assert len(ask(store, now_ns, f"state:{shown}")) == 1


def test_the_feed_heard_last_comes_first_and_a_silent_one_last(store: sqlite3.Connection) -> None:
    for name, heard in (("g", NOW), ("h", NOW + 1), ("i", None)):
        store.execute(
            "INSERT INTO feeds (name, url, kind, clock, state, last_frame_ns) "
            "VALUES (?, '', 'agents', 'wall', 'live', ?)",
            (name, heard),
        )
    assert [row["feed"] for row in ask(store)] == ["h", "g", "i", "f"]
