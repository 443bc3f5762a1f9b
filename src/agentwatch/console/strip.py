"""A run in flight in, the strip of its last 20 seconds out: a cell a second, now on the right."""

from __future__ import annotations

from agentwatch.clock import NS_PER_S
from agentwatch.console.cells import Line, Piece
from agentwatch.console.glyphs import Glyphs
from agentwatch.store.queries.activity import Doing, Flight

CELLS = 20
WIDTH = CELLS + 1


def strip(run: Flight, doing: Doing | None, now_ns: int, glyphs: Glyphs) -> Line:
    """Return a line of WIDTH cells; it steps once a second."""
    edge_ns = (now_ns // NS_PER_S + 1 - CELLS) * NS_PER_S
    cells: list[Piece] = []
    for at in range(CELLS):
        begin_ns = edge_ns + at * NS_PER_S
        cells.append(_cell(run, doing, begin_ns, begin_ns + NS_PER_S, glyphs))
    return (*cells, _end(run, doing, glyphs))


def _cell(run: Flight, doing: Doing | None, begin_ns: int, end_ns: int, glyphs: Glyphs) -> Piece:
    if end_ns <= run.start_ns:
        return " ", "text"
    if run.state == "stale" and begin_ns >= (
        run.feed_last_ns or 0 if run.feed_silent else run.seen_ns
    ):
        return glyphs.unseen, "gap"
    role = "spark"
    for start_ns, stop_ns, failed in doing.pieces if doing is not None else ():
        if start_ns >= end_ns or (stop_ns is not None and stop_ns <= begin_ns):
            continue
        if failed:
            return glyphs.bar, "error"
        if stop_ns is None:
            role = "accent"
    if run.state == "waiting" and doing is not None and end_ns > doing.since_ns:
        return glyphs.waiting, "dim"
    return glyphs.bar, role


def _end(run: Flight, doing: Doing | None, glyphs: Glyphs) -> Piece:
    if run.state == "stale":
        return " ", "text"
    open_now = doing is not None and doing.open and run.state != "waiting"
    return glyphs.over, "accent" if open_now else "spark"
