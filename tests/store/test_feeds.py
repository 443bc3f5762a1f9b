"""Every frame is accounted for in the transaction that stores it."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

import pytest

from agentwatch.feeds.status import FeedStatus
from agentwatch.model import Frame, Gap, Records
from agentwatch.store.feeds import SAMPLED_RUNS, SETTLED_NS, FeedLedger
from tests.store.records import NS, T0, span
from tests.store.stores import NOW, one, write, writer_on

FRAME = Frame("g", b"{}", NOW)
ONE_SPAN = Records(spans=[span(1)])


@pytest.fixture
def status() -> FeedStatus:
    return FeedStatus("g", "ws://localhost:1", "agents", "wall")


@pytest.fixture
def ledger(store: sqlite3.Connection, status: FeedStatus) -> FeedLedger:
    ledger = FeedLedger(store)
    ledger.open(status)
    return ledger


def save(ledger: FeedLedger, status: FeedStatus, dropped: int = 0) -> None:
    ledger.save([status], lambda _: dropped)
    ledger.committed()


def row(store: sqlite3.Connection) -> dict[str, Any]:
    cursor = store.execute("SELECT * FROM feeds WHERE name = 'g'")
    return dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True))


def test_frames_are_the_sum_of_what_became_of_them(
    store: sqlite3.Connection, ledger: FeedLedger, status: FeedStatus
) -> None:
    ledger.stored(FRAME, ONE_SPAN, T0)
    ledger.stored(FRAME, Records(spans_rejected=1, faults={"bad_id": 1}), None)
    ledger.stored(FRAME, Records(), None)
    ledger.rejected("g", "bad_json")
    ledger.rejected("g", "bad_json")
    ledger.fault("g", "secret", 3)
    ledger.fault("g", "secret", 0)
    status.frames_too_large = 1
    save(ledger, status, dropped=4)
    told = row(store)
    assert [told[f"frames_{name}"] for name in ("stored", "empty", "rejected", "dropped")] == [
        2, 1, 3, 4,
    ]  # fmt: skip
    assert told["frames"] == 10
    assert (told["spans"], told["spans_rejected"]) == (1, 1)
    assert json.loads(told["rejections"]) == {"bad_json": 2, "too_large": 1}
    assert json.loads(told["faults"]) == {"bad_id": 1, "secret": 3}
    assert ledger.account() == {
        "frames": 10, "frames_stored": 2, "frames_empty": 1, "frames_rejected": 3,
        "frames_dropped": 4,
    }  # fmt: skip
    save(ledger, status, dropped=4)
    assert row(store)["frames"] == 10


def test_a_batch_that_is_undone_is_not_counted(
    store: sqlite3.Connection, ledger: FeedLedger, status: FeedStatus
) -> None:
    ledger.rejected("g", "bad_json")
    ledger.begin()
    ledger.stored(FRAME, ONE_SPAN, T0)
    ledger.rejected("g", "too_deep")
    ledger.fault("g", "secret", 1)
    ledger.undo()
    save(ledger, status)
    told = row(store)
    assert (told["frames"], told["frames_rejected"], told["spans"]) == (1, 1, 0)
    assert json.loads(told["rejections"]) == {"bad_json": 1}
    assert json.loads(told["faults"]) == {}


def test_a_later_recorder_goes_on_counting_and_reports_its_own(
    store: sqlite3.Connection, ledger: FeedLedger, status: FeedStatus
) -> None:
    ledger.stored(FRAME, ONE_SPAN, T0)
    ledger.rejected("g", "bad_json")
    save(ledger, status, dropped=2)
    feed_id = ledger.id_of("g")
    later = FeedLedger(store)
    later.open(FeedStatus("g", "ws://elsewhere:2", "witness", "wall"))
    assert later.id_of("g") == feed_id
    later.rejected("g", "bad_json")
    save(later, status, dropped=1)
    told = row(store)
    assert (told["url"], told["kind"]) == ("ws://elsewhere:2", "witness")
    assert (told["frames"], told["frames_dropped"]) == (6, 3)
    assert json.loads(told["rejections"]) == {"bad_json": 2}
    assert later.account()["frames"] == 2


def test_what_is_not_known_is_null(
    store: sqlite3.Connection, ledger: FeedLedger, status: FeedStatus
) -> None:
    save(ledger, status)
    told = row(store)
    unknown = ("last_frame_ns", "last_record_ns", "interval_s", "skew_s", "reason")
    assert [told[name] for name in unknown] == [None] * 5


def test_the_newest_record_and_the_senders_clock_are_told(
    store: sqlite3.Connection, ledger: FeedLedger, status: FeedStatus
) -> None:
    status.frame_came(NOW)
    for ahead_s in (-4, 3, 1):
        ledger.stored(FRAME, ONE_SPAN, NOW + ahead_s * NS)
    save(ledger, status)
    told = row(store)
    assert (told["last_frame_ns"], told["last_record_ns"]) == (NOW, NOW + 3 * NS)
    assert told["skew_s"] == 3.0
    ledger.stored(FRAME, ONE_SPAN, NOW - NS)
    save(ledger, status)
    assert row(store)["last_record_ns"] == NOW + 3 * NS


def test_a_recordings_own_clock_has_no_skew(store: sqlite3.Connection) -> None:
    status = FeedStatus("g", "replay:x", "agents", "event")
    ledger = FeedLedger(store)
    ledger.open(status)
    ledger.stored(FRAME, ONE_SPAN, T0)
    save(ledger, status)
    assert row(store)["skew_s"] is None


def test_a_gap_is_one_row_that_opens_and_ends(
    store: sqlite3.Connection, ledger: FeedLedger, status: FeedStatus
) -> None:
    status.lost("it went", NOW)
    save(ledger, status)
    query = "SELECT since_ns, until_ns, reason FROM gaps"
    assert store.execute(query).fetchall() == [(NOW, None, "it went")]
    status.opened(NOW + 5 * NS)
    save(ledger, status)
    assert store.execute(query).fetchall() == [(NOW, NOW + 5 * NS, "it went")]
    assert ledger.gaps == 1


def test_a_gap_whose_batch_was_undone_is_written_with_the_next(
    store: sqlite3.Connection, ledger: FeedLedger, status: FeedStatus
) -> None:
    status.lost("it went", NOW)
    store.execute("BEGIN")
    ledger.save([status], lambda _: 0)
    store.execute("ROLLBACK")
    assert (ledger.gaps, one(store, "SELECT count(*) FROM gaps")) == (0, 0)
    save(ledger, status)
    assert (ledger.gaps, one(store, "SELECT count(*) FROM gaps")) == (1, 1)
    assert Gap("g", NOW, None, "it went") not in status.drain_gaps()


@pytest.mark.parametrize(
    ("torn", "whole", "age_ns", "sampled"),
    [
        (6, 94, SETTLED_NS + NS, 1),
        (5, 95, SETTLED_NS + NS, 0),
        (50, 50, SETTLED_NS - NS, 0),  # their parents may still come
        (0, 0, SETTLED_NS + NS, 0),
        (20, SAMPLED_RUNS, SETTLED_NS + NS, 0),  # torn long ago
    ],
)
def test_a_feed_is_sampled_when_too_many_settled_runs_miss_a_parent(
    store: sqlite3.Connection, torn: int, whole: int, age_ns: int, sampled: int
) -> None:
    ledger = FeedLedger(store)
    ledger.open(FeedStatus("f", "ws://x", "agents", "wall"))
    writer = writer_on(store)
    for number in range(1, torn + whole + 1):
        parent = 7 if number <= torn else None
        write(writer, span(1, parent, trace=number), at_ns=NOW + number)
    ledger.judge_sampling(NOW + torn + whole + age_ns)
    assert one(store, "SELECT sampled FROM feeds WHERE name = 'f'") == sampled
