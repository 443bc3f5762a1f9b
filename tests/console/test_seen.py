"""What came is counted once, the newest first, and shown only as far as it was counted."""

from __future__ import annotations

from agentwatch.clock import NS_PER_S
from agentwatch.console.seen import MINUTE_NS, MINUTES, Seen
from agentwatch.store.queries.feed_view import BUCKET_NS, Counted

NOW = 1_800_000_000 * NS_PER_S // MINUTE_NS * MINUTE_NS + 34 * NS_PER_S
"""Half a minute after a whole one."""

MINUTE = NOW // MINUTE_NS


def counted(since_ns: int, until_ns: int, per_bucket: int = 1, feed: int = 1) -> Counted:
    buckets = range(since_ns // BUCKET_NS, until_ns // BUCKET_NS)
    return Counted(since_ns, until_ns, {(feed, bucket): per_bucket for bucket in buckets})


def filled(now_ns: int = NOW, per_bucket: int = 1) -> Seen:
    seen = Seen()
    seen.take([counted(*each, per_bucket) for each in seen.wanted(now_ns)])
    return seen


def test_at_first_the_hour_is_wanted_the_newest_part_first() -> None:
    ranges = Seen().wanted(NOW)
    assert ranges[0] == (MINUTE * MINUTE_NS, MINUTE * MINUTE_NS + 3 * BUCKET_NS)
    assert ranges[1] == ((MINUTE - 1) * MINUTE_NS, MINUTE * MINUTE_NS)
    assert len(ranges) == 1 + MINUTES


def test_what_is_counted_is_not_wanted_again_until_ten_seconds_are_over() -> None:
    seen = filled()
    assert seen.wanted(NOW) == []
    assert seen.wanted(NOW + 7 * NS_PER_S) == []
    ranges = seen.wanted(NOW + 8 * NS_PER_S)
    assert ranges == [(MINUTE * MINUTE_NS + 3 * BUCKET_NS, MINUTE * MINUTE_NS + 4 * BUCKET_NS)]


def test_a_minute_that_is_over_is_counted_whole_once_more() -> None:
    seen = filled()
    over = NOW + 30 * NS_PER_S
    assert seen.wanted(over) == [(MINUTE * MINUTE_NS, (MINUTE + 1) * MINUTE_NS)]
    seen.take([counted(*each, 5) for each in seen.wanted(over)])
    assert seen.minutes(1, over, 2) == [6, 30]


def test_records_a_second_are_those_of_the_last_six_tens() -> None:
    assert filled(per_bucket=30).rate(1, NOW) == 3.0
    assert filled(per_bucket=30).rate(2, NOW) == 0.0


def test_a_rate_is_not_known_before_its_minute_is_counted_nor_long_after() -> None:
    seen = Seen()
    assert seen.rate(1, NOW) is None
    seen.take([counted(*seen.wanted(NOW)[0])])
    assert seen.rate(1, NOW) is None
    assert filled().rate(1, NOW + 2 * MINUTE_NS) is None


def test_minutes_that_are_not_counted_yet_are_not_taken_for_empty() -> None:
    seen = Seen()
    seen.take([counted(*each) for each in seen.wanted(NOW)[:3]])
    assert seen.minutes(1, NOW, 4) == [None, None, 6, 6]
    assert seen.minutes(2, NOW, 4) == [None, None, 0, 0]


def test_what_is_older_than_the_hour_is_forgotten() -> None:
    seen = filled()
    later = NOW + 10 * MINUTE_NS
    seen.take([counted(*each) for each in seen.wanted(later)])
    assert len(seen._records) <= (MINUTES + 2) * 6
    assert seen.minutes(1, later, MINUTES) == [6] * MINUTES
