"""Textual's partial updates in, as few bytes as say the same out.

Textual 8.2 crops a changed region on its right side only, and spells every style out in full. This
crops on both sides and writes of a style what differs from the one before, for the minor version
that it was written for and no other: elsewhere the screen is the same and the line only busier.
"""

from __future__ import annotations

from functools import lru_cache

import textual
from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style
from textual._compositor import ChopsUpdate
from textual.strip import Strip

KNOWN = "8.2."
_SYSTEMS = {
    "standard": ColorSystem.STANDARD, "256": ColorSystem.EIGHT_BIT,
    "truecolor": ColorSystem.TRUECOLOR, "windows": ColorSystem.WINDOWS,
}  # fmt: skip


def crop_both_sides() -> bool:
    """Put the crop in; False where this Textual is not the one it was written for."""
    if not textual.__version__.startswith(KNOWN):
        return False
    ChopsUpdate.render_segments = _render_segments  # type: ignore[method-assign]
    return True


def _render_segments(self: ChopsUpdate, console: Console) -> str:
    # what Textual takes where the terminal does not say
    system = _SYSTEMS.get(console.color_system or "", ColorSystem.TRUECOLOR)
    out: list[str] = []
    worn = _PLAIN
    for y, x1, x2 in self.spans:
        for end, (x, strip) in zip(self.chop_ends[y], self.chops[y].items(), strict=False):
            if strip is None or x >= x2 or end <= x1:
                continue
            start, stop = max(x, x1), min(end, x2)
            part: Strip = strip.crop(start - x, stop - x)
            out.append(f"\x1b[{y + 1};{start + 1}H")
            for text, style, _ in part:
                style = style or _PLAIN
                if style is not worn:
                    out.append(sgr(worn, style, system))
                    worn = style
                out.append(text)
    out.append("\x1b[0m")
    return "".join(out)


@lru_cache(4096)
def sgr(worn: Style, wanted: Style, system: ColorSystem) -> str:
    """Return the escape that turns one style into another."""
    if wanted == worn:
        return ""
    codes = wanted._make_ansi_codes(system)
    if wanted.bgcolor == worn.bgcolor and wanted._attributes == worn._attributes:
        less = Style(color=wanted.color)._make_ansi_codes(system)
        if less:
            return f"\x1b[{less}m"
    return f"\x1b[0;{codes}m" if codes else "\x1b[0m"


_PLAIN = Style()
