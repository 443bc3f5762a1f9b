"""A theme in, the same theme in the 240 fixed colours of a 256-colour terminal out.

The library that draws would map each colour by itself; a dark blue ground then turns teal, and
the red words on it fall to a contrast of 2.5. Here the nearest colours are taken that keep what
`theme_check` asks for, and each is given as a colour that the library maps to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache

from msgspec import Struct
from rich.color import Color, ColorSystem
from rich.style import Style

from agentwatch.console.colour import EYES, RGB, Triple, ciede2000, contrast, distance, lab
from agentwatch.console.theme_check import SIGN_CONTRAST, SIGNS, VERDICTS, WORDS, apart
from agentwatch.console.theme_file import GROUNDS, ROLES, Theme, rgb

FIRST_FIXED = 16
"""The colours below are the terminal's own."""

SELECTIONS = 12
"""So many grounds of the cursor's row are tried: the nearest may leave warnings no colour."""

_GREYS = range(232, 256)
_ORDER = tuple(dict.fromkeys((*reversed(VERDICTS), *WORDS, *ROLES)))
"""Verdicts first: they must keep apart, and what shares their colour follows them."""


class _Near(Struct, frozen=True):
    """A fixed colour, how far it is from the wanted one, and by what the library gets there."""

    shown: RGB
    sent: RGB
    distance: float


def fit(theme: Theme) -> Theme:
    """Return the theme for 256 colours; colours of the terminal's own stay."""
    wanted = {name: rgb(theme.grounds[name].bgcolor) for name in GROUNDS}
    own = {name: _nearest(colour)[0] for name, colour in wanted.items() if colour is not None}
    selections = _nearest(wanted["selection"])[:SELECTIONS] if wanted["selection"] else (None,)
    tried = [_fit(theme, own | ({"selection": near} if near else {})) for near in selections]
    return min(tried, key=lambda each: each[0])[1]


def shown(theme: Theme) -> Theme:
    """Return the theme as a 256-colour terminal shows it."""
    return replace(
        theme,
        grounds={name: _reduced(look) for name, look in theme.grounds.items()},
        roles={name: _reduced(look) for name, look in theme.roles.items()},
    )


def _fit(theme: Theme, grounds: dict[str, _Near]) -> tuple[float, Theme]:
    """Return how far the theme moves on these grounds, and where to."""
    below = {name: near.shown for name, near in grounds.items()}
    taken: dict[RGB, _Near] = {}
    verdicts: list[RGB] = []
    roles: dict[str, Style] = {}
    for role in _ORDER:
        look = theme.roles[role]
        wanted = rgb(look.color)
        if look.bgcolor is not None:
            roles[role] = _filled(look, taken, theme.min_contrast)
        elif wanted is None:
            roles[role] = look
        else:
            if wanted not in taken:
                used = frozenset(near.shown for near in taken.values())
                holds = _condition(theme, role, below, tuple(verdicts))
                taken[wanted] = _first(wanted, holds, used)
            verdicts += [taken[wanted].shown] if role in VERDICTS else []
            roles[role] = look + Style(color=Color.from_rgb(*taken[wanted].sent))
    moved = sum(near.distance for near in (*taken.values(), *grounds.values()))
    looks = {
        name: look + Style(bgcolor=Color.from_rgb(*grounds[name].sent)) if name in grounds else look
        for name, look in theme.grounds.items()
    }
    return moved, replace(theme, grounds=looks, roles={role: roles[role] for role in ROLES})


def _condition(
    theme: Theme, role: str, below: dict[str, RGB], verdicts: tuple[RGB, ...]
) -> Callable[[RGB], bool]:
    """Return what a colour must keep to stand for this role."""
    under = list(below.values()) if role in WORDS else [below[name] for name in below][:1]
    signs = SIGN_CONTRAST if role in SIGNS else 0.0
    ratio = theme.min_contrast if role in WORDS else signs
    others = verdicts if role in VERDICTS else ()

    def holds(colour: RGB) -> bool:
        return all(contrast(colour, ground) >= ratio for ground in under) and all(
            distance(colour, other, eye) >= apart(theme, eye) for other in others for eye in EYES
        )

    return holds


def _filled(look: Style, taken: dict[RGB, _Near], ratio: float) -> Style:
    ground, words = rgb(look.bgcolor), rgb(look.color)
    if ground is None or words is None:
        return look
    fill = taken.get(ground) or _nearest(ground)[0]
    on_it = _first(words, lambda colour: contrast(colour, fill.shown) >= ratio)
    return look + Style(color=Color.from_rgb(*on_it.sent), bgcolor=Color.from_rgb(*fill.sent))


def _first(wanted: RGB, holds: Callable[[RGB], bool], used: frozenset[RGB] = frozenset()) -> _Near:
    """Return the nearest colour that holds and means nothing else yet, else the nearest."""
    near = _nearest(wanted)
    return next((one for one in near if one.shown not in used and holds(one.shown)), near[0])


@lru_cache(maxsize=256)
def _nearest(wanted: RGB) -> tuple[_Near, ...]:
    seen = lab(wanted)
    near = (_Near(shown, sent, ciede2000(seen, at)) for shown, sent, at in _fixed())
    return tuple(sorted(near, key=lambda each: each.distance))


@lru_cache(maxsize=1)
def _fixed() -> tuple[tuple[RGB, RGB, Triple], ...]:
    """Return each fixed colour that the library can be brought to: shown, sent, CIELAB."""
    return tuple((shown, sent, lab(shown)) for shown, sent in _reachable())


def _reachable() -> Iterator[tuple[RGB, RGB]]:
    for number in range(FIRST_FIXED, 256):
        shown: RGB = Color.from_ansi(number).get_truecolor()
        # the library counts the lightest greys in steps other than the palette's
        greys = [(level, level, level) for level in range(shown[0], 256)]
        for sent in [shown, *(greys if number in _GREYS else [])]:
            if Color.from_rgb(*sent).downgrade(ColorSystem.EIGHT_BIT).number == number:
                yield shown, sent
                break


def _reduced(look: Style) -> Style:
    ground, words = _reduce(look.bgcolor), _reduce(look.color)
    return look + Style(color=words, bgcolor=ground)


def _reduce(colour: Color | None) -> Color | None:
    if rgb(colour) is None or colour is None:
        return None
    return Color.from_triplet(colour.downgrade(ColorSystem.EIGHT_BIT).get_truecolor())
