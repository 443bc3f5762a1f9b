"""Intervals by median, staleness by silence, gaps by loss."""

from __future__ import annotations

from agentwatch.clock import FakeClock
from agentwatch.config import FeedConfig
from agentwatch.feeds.status import FeedStatus


def status(**fields: object) -> FeedStatus:
    return FeedStatus.of(FeedConfig(name="f", url="ws://localhost:1", **fields))  # type: ignore[arg-type]


def test_nothing_is_expected_under_five_gaps_and_never_less_than_two_seconds() -> None:
    clock, feed = FakeClock(), status()
    feed.opened(clock())
    for _ in range(5):
        feed.frame_came(clock())
        clock.advance(0.1)
    assert feed.interval_s is None
    feed.frame_came(clock())
    assert feed.interval_s == 2.0


def test_a_live_feed_is_stale_after_five_intervals_and_live_with_the_next_frame() -> None:
    clock, feed = FakeClock(), status()
    feed.opened(clock())
    for _ in range(6):
        clock.advance(4)
        feed.frame_came(clock())
    clock.advance(20)
    feed.judge(clock())
    assert str(feed.state) == "live"
    clock.advance(1)
    feed.judge(clock())
    assert str(feed.state) == "stale"
    feed.frame_came(clock())
    assert str(feed.state) == "live"


def test_a_feed_that_never_sends_is_stale_where_the_operator_expects_it_to() -> None:
    clock, feed = FakeClock(), status(expected_interval="10s")
    feed.opened(clock())
    clock.advance(51)
    feed.judge(clock())
    assert feed.state == "stale"


def test_a_gap_opens_at_the_loss_and_ends_at_the_next_connection() -> None:
    clock, feed = FakeClock(), status()
    feed.opened(clock())
    lost_ns = clock()
    feed.lost("cut", clock())
    (opened,) = feed.drain_gaps()
    assert (opened.since_ns, opened.until_ns) == (lost_ns, None)
    clock.advance(3)
    feed.failed("refused")
    feed.lost("cut again", clock())
    assert feed.drain_gaps() == []
    clock.advance(3)
    feed.opened(clock())
    (ended,) = feed.drain_gaps()
    assert (ended.since_ns, ended.until_ns, ended.reason) == (lost_ns, clock(), "cut")
