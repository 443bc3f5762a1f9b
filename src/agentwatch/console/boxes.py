"""Lines in, the same with one line around them out: how dialogs look. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from agentwatch.console.cells import Line, fit_line, spread
from agentwatch.console.glyphs import Glyphs

AROUND = 2
"""Lines, and cells, that the box adds."""


def boxed(
    lines: Sequence[Line],
    width: int,
    glyphs: Glyphs,
    *,
    top: Line = (),
    top_right: Line = (),
    bottom: Line = (),
    role: str = "dim",
) -> list[Line]:
    """Return the lines in a box `width` cells wide, with words in its upper and lower edge."""
    inner = width - AROUND
    side = (glyphs.divider, role)
    return [
        (
            (glyphs.corner_top_left, role),
            *_edge(top, top_right, inner, glyphs, role),
            (glyphs.corner_top_right, role),
        ),
        *((side, *fit_line(line, inner, mark=glyphs.cut), side) for line in lines),
        (
            (glyphs.corner_bottom_left, role),
            *_edge(bottom, (), inner, glyphs, role),
            (glyphs.corner_bottom_right, role),
        ),
    ]


def _edge(words: Line, right: Line, width: int, glyphs: Glyphs, role: str) -> Line:
    blank = (" ", "text")
    left: Line = (blank, *words, blank) if words else ()
    end: Line = (blank, *right, blank) if right else ()
    return spread(left, end, width, fill=(glyphs.rule, role))
