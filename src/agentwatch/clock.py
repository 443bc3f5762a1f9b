"""Time in: nanoseconds since the epoch out. The one place that reads the wall clock."""

from __future__ import annotations

import time
from collections.abc import Callable

Clock = Callable[[], int]

NS_PER_S = 1_000_000_000


def now_ns() -> int:
    """Return the wall clock as nanoseconds since the epoch."""
    return time.time_ns()  # noqa: TID251 - this is that place


class FakeClock:
    """A clock for tests: stands still until it is told to advance."""

    def __init__(self, at_ns: int = 1_800_000_000 * NS_PER_S) -> None:
        self.at_ns = at_ns

    def __call__(self) -> int:
        return self.at_ns

    def advance(self, seconds: float) -> None:
        self.at_ns += round(seconds * NS_PER_S)
