"""A locale's encoding in, the one-cell signs that the screen may draw out; and trends with them."""

from __future__ import annotations

import codecs
import math
from collections.abc import Sequence

from msgspec import Struct

LEVELS = 8


class Glyphs(Struct, frozen=True, kw_only=True):
    """One sign a meaning. Marks of state are the same letters in both sets: eyes learn one."""

    # the state of a row
    error: str = "!"
    warning: str = "^"
    ageing: str = "~"
    revoked: str = "x"
    marked: str = "+"
    equal: str = "="
    cursor: str
    cut: str
    # lines, paths and trees
    crumb: str
    arrow_left: str
    arrow_right: str
    rule: str
    divider: str
    tree_line: str
    tree_branch: str
    tree_last: str
    corner_top_left: str
    corner_top_right: str
    corner_bottom_left: str
    corner_bottom_right: str
    # trends, bars and time
    trend: str
    """Eight signs, the lowest first."""
    zero: str = "_"
    """Seen, and none."""
    unseen: str
    """A time nobody saw."""
    bar: str
    bar_half: str
    """The left half of a cell, which ends a bar."""
    bar_half_right: str
    """The right half of a cell, which begins a bar."""
    track: str
    over: str
    """Beyond the end of a bar, or still growing."""
    limit: str
    """The limit's dashed line in a plot, and a run that waits."""
    update: str
    """An update in a strip of days."""
    # steps and proofs
    verified: str
    acknowledged: str
    running: str
    queued: str
    failed: str
    not_offered: str
    planned: str
    waiting: str
    # values
    differs: str
    masked: str
    at_most: str
    at_least: str


UTF8 = Glyphs(
    cursor="▌", cut="…", crumb="›", arrow_left="←", arrow_right="→",
    rule="─", divider="│", tree_line="│", tree_branch="├", tree_last="└",
    corner_top_left="┌", corner_top_right="┐", corner_bottom_left="└", corner_bottom_right="┘",
    trend="▁▂▃▄▅▆▇█", unseen="░",
    bar="━", bar_half="╸", bar_half_right="╺", track="─", over="▸", limit="╌", update="▪",
    verified="●", acknowledged="◐", running="◌", queued="·", failed="✗", not_offered="–",
    planned="○", waiting="╌", differs="≠", masked="•", at_most="≤", at_least="≥",
)  # fmt: skip
ASCII = Glyphs(
    cursor=">", cut=">", crumb=">", arrow_left="<", arrow_right=">",
    rule="-", divider="|", tree_line="|", tree_branch="|", tree_last="`",
    corner_top_left="+", corner_top_right="+", corner_bottom_left="+", corner_bottom_right="+",
    trend=".:-=+*#@", unseen="?",
    bar="=", bar_half="=", bar_half_right="=", track="-", over=">", limit="-", update="+",
    verified="#", acknowledged="+", running="o", queued=".", failed="X", not_offered="-",
    planned="o", waiting="-", differs="#", masked="*", at_most="<", at_least=">",
)  # fmt: skip


def glyphs(encoding: str, *, wide: bool = False) -> Glyphs:
    """Return the signs for a locale; `wide`: the terminal draws ambiguous signs two cells wide."""
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        return ASCII
    return UTF8 if name == "utf-8" and not wide else ASCII


def trend(values: Sequence[float | None], top: float, signs: Glyphs) -> str:
    """Return a sign a value, from zero to `top`; what lies above is clipped, None is unseen.

    Rounded upwards: what was seen and is not zero is never drawn as zero, and with `top` twice the
    limit a sign is above half height when, and only when, its value is above the limit.
    """
    return "".join(_sign(value, top, signs) for value in values)


def _sign(value: float | None, top: float, signs: Glyphs) -> str:
    if value is None or math.isnan(value):
        return signs.unseen
    if value <= 0:
        return signs.zero
    share = min(value / top, 1.0) if top > 0 else 1.0
    return signs.trend[max(math.ceil(share * LEVELS), 1) - 1]
