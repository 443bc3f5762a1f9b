"""The one clock, and its double."""

from __future__ import annotations

from agentwatch.clock import NS_PER_S, FakeClock, now_ns

YEAR_2020_NS = 1_577_836_800 * NS_PER_S


def test_the_wall_clock_counts_nanoseconds_since_the_epoch() -> None:
    first, second = now_ns(), now_ns()
    assert YEAR_2020_NS < first <= second < first + 60 * NS_PER_S


def test_the_double_stands_still_until_it_is_told_to_advance() -> None:
    clock = FakeClock(5)
    assert (clock(), clock()) == (5, 5)
    clock.advance(1.5)
    assert clock() == 5 + 1_500_000_000
