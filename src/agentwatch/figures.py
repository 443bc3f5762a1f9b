"""Numbers in, the few characters in which every screen and line shows them out. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

from agentwatch.clock import NS_PER_S

_AGES = ((100, 1, "s"), (100 * 60, 60, "m"), (100 * 3600, 3600, "h"))


def age(seconds: float) -> str:
    """Return an age in one unit; from 10 s to 99 s in steps of five, so that it moves rarely."""
    whole = max(0, int(seconds))
    if 10 <= whole < 100:
        whole -= whole % 5
    for below, unit, letter in _AGES:
        if whole < below:
            return f"{whole // unit}{letter}"
    return f"{whole // 86400}d"


def duration(nanoseconds: int) -> str:
    """Return a duration in three digits: 2ms, 812ms, 1.65s, 41.2s, 4m07s."""
    milliseconds = max(0, nanoseconds) / 1e6
    if milliseconds < 999.5:
        return f"{milliseconds:.0f}ms"
    seconds = milliseconds / 1000
    if seconds < 9.995:
        return f"{seconds:.2f}s"
    if seconds < 59.95:
        return f"{seconds:.1f}s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}m{rest:02d}s" if minutes < 100 else f"{minutes // 60}h"


def money(usd_micros: int | None) -> str:
    """Return the USD of a run with four decimals, `-` where it is not known."""
    return "-" if usd_micros is None else f"{usd_micros / 1e6:,.4f}"


def tokens(count: int | None) -> str:
    """Return a count of tokens: 812, 12.4k, 2.10M."""
    if count is None:
        return "-"
    if count < 1_000:
        return str(count)
    return f"{count / 1e3:.1f}k" if count < 999_950 else f"{count / 1e6:.2f}M"


def second(at_ns: int) -> str:
    """Return a time as an RFC 3339 UTC second."""
    return datetime.fromtimestamp(at_ns // NS_PER_S, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
