"""Times and expected intervals in, how old a thing looks out: `2s`, `10s~`, `95s!`. Pure."""

from __future__ import annotations

from agentwatch.clock import NS_PER_S
from agentwatch.console.cells import Piece
from agentwatch.figures import age

AGEING_INTERVALS = 2
STALE_INTERVALS = 5
DOWN_S = 10.0
"""A recorder that gave no sign of life for so long is down."""


def age_s(at_ns: int, now_ns: int) -> float:
    """Return seconds since; never negative, whatever a sender's clock says."""
    return max(0.0, (now_ns - at_ns) / NS_PER_S)


def age_piece(
    at_ns: int | None, now_ns: int, interval_s: float | None = None, role: str = "dim"
) -> Piece:
    """Return the age with its mark: `~` over two expected intervals, `!` over five."""
    if at_ns is None:
        return "-", "dim"
    seconds = age_s(at_ns, now_ns)
    if interval_s is not None and seconds > STALE_INTERVALS * interval_s:
        return f"{age(seconds)}!", "stale"
    if interval_s is not None and seconds > AGEING_INTERVALS * interval_s:
        return f"{age(seconds)}~", "stale"
    return f"{age(seconds)} ", role


def is_down(beat_ns: int | None, now_ns: int) -> bool:
    """Say whether nobody records."""
    return beat_ns is None or age_s(beat_ns, now_ns) > DOWN_S
