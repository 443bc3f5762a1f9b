"""How things stand in, the words that the header fills with a ground out. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agentwatch.console.cells import Piece
from agentwatch.console.flush import Flush


def badges(flush: Flush, down: bool, chosen: Sequence[str], marked: int) -> Iterator[Piece]:
    """Yield the badges, the gravest first; `chosen` are those of the command line."""
    if down:
        yield "RECORDER DOWN", "critical"
    if flush.frozen is not None:
        yield f"FROZEN +{flush.missed:,}", "badge"
    if any(feed.clock != "wall" for feed in flush.status.feeds):
        yield "REPLAY", "badge"
    for badge in chosen:
        yield badge, "badge"
    if marked:
        yield f"{marked} marked", "mark"
