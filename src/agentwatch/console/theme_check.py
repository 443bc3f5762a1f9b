"""A theme in, the contrasts and distances that fall short of what eyes need out. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from math import floor

from agentwatch.console.colour import EYES, Eye, contrast, distance
from agentwatch.console.theme_file import GROUNDS, ROLES, Theme, rgb

WORDS = (
    "text", "strong", "dim", "accent", "key", "ok", "fresh", "warn", "error", "revoked", "stale",
    "unknown", "money", "mark",
)  # fmt: skip
"""Roles in which words are written; a filled role is one too, on its own ground."""

SIGNS = ("spark", "spark_hot", "gap", "edge")
"""Trends, gaps and the cursor's bar: seen, not read."""

SIGN_CONTRAST = 3.0
VERDICTS = ("ok", "warn", "error")
APART = 10.0
APART_IF_MADE_FOR = 15.0


def findings(theme: Theme) -> list[str]:
    """Return a sentence for each shortfall; colours that the terminal owns are not judged."""
    return [*_dim_words(theme), *_dim_signs(theme), *_alike(theme)]


def is_measured(theme: Theme) -> bool:
    """Return whether the theme brings colours of its own that can be judged."""
    return rgb(theme.grounds["base"].bgcolor) is not None and theme.min_contrast > 0


def apart(theme: Theme, eye: Eye) -> float:
    """Return how far apart this eye must see any two of the verdicts' colours (CIEDE2000)."""
    return APART_IF_MADE_FOR if eye in theme.made_for else APART


def _dim_words(theme: Theme) -> Iterator[str]:
    for role in ROLES:
        filled = theme.roles[role].bgcolor is not None
        if filled:
            yield from _dim(theme, role, "base", theme.min_contrast, "its own ground")
        elif role in WORDS:
            for ground in GROUNDS:
                yield from _dim(theme, role, ground, theme.min_contrast, ground)


def _dim_signs(theme: Theme) -> Iterator[str]:
    for role in SIGNS:
        yield from _dim(theme, role, "base", min(SIGN_CONTRAST, theme.min_contrast), "base")


def _dim(theme: Theme, role: str, ground: str, wanted: float, where: str) -> Iterator[str]:
    style = theme.style(role, ground)
    above, below = rgb(style.color), rgb(style.bgcolor)
    if above is not None and below is not None and contrast(above, below) < wanted:
        yield (
            f"{role} on {where} has a contrast of {_down(contrast(above, below))}:1 "
            f"and wants {wanted:g}:1"
        )


def _alike(theme: Theme) -> Iterator[str]:
    colours = {role: rgb(theme.roles[role].color) for role in VERDICTS}
    for (role, one), (other_role, other) in combinations(colours.items(), 2):
        if one is None or other is None:
            continue
        for eye in EYES:
            seen = distance(one, other, eye)
            if seen < apart(theme, eye):
                yield (
                    f"{role} and {other_role} are {_down(seen)} apart for {eye} eyes "
                    f"and want {apart(theme, eye):g}"
                )


def _down(value: float) -> str:
    """Return one decimal, never rounded up to what was wanted."""
    return f"{floor(value * 10) / 10:.1f}"
