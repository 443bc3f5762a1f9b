"""`15m`, `7d` or RFC 3339 in, nanoseconds since the epoch out."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta

from agentwatch.clock import NS_PER_S, now_ns
from agentwatch.config import duration_s

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_NS = 2**63 - 1


def moment_ns(text: str) -> int:
    """Return a time that is so long ago, or that stands in the text."""
    try:
        return now_ns() - round(duration_s(text) * NS_PER_S)
    except ValueError:
        pass
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no time: write 15m, 7d or 2026-11-24T15:00:00Z"
        ) from None
    since = (at if at.tzinfo else at.replace(tzinfo=UTC)) - _EPOCH
    return max(0, min(since // timedelta(microseconds=1) * 1000, _LAST_NS))


def seconds(text: str) -> float:
    """Return a duration: 5, 5s, 2m."""
    try:
        return duration_s(float(text) if text.replace(".", "", 1).isdecimal() else text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def count(text: str) -> int:
    """Return a number of rows, 1 or more."""
    if not (text.isdecimal() and len(text) <= 15 and int(text) >= 1):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of rows, 1 or more")
    return int(text)
