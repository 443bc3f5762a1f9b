"""Two sRGB colours in; their contrast, and how far apart each kind of eye sees them, out. Pure.

Contrast: WCAG 2.2, relative luminance. Colour-vision deficiency: Machado, Oliveira and Fernandes,
"A Physiologically-based Model for Simulation of Color Vision Deficiency" (IEEE TVCG 15/6, 2009),
severity 1.0, on linear RGB. Distance: CIEDE2000 as Sharma, Wu and Dalal, "The CIEDE2000
Color-Difference Formula" (Color Research and Application 30/1, 2005); the tests use its data.
"""

from __future__ import annotations

from functools import lru_cache
from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt
from typing import Literal, TypeAlias, get_args

Eye: TypeAlias = Literal["normal", "protan", "deutan", "tritan"]
RGB: TypeAlias = tuple[int, int, int]
"""Red, green and blue, each 0…255, sRGB."""

Triple: TypeAlias = tuple[float, float, float]
Matrix: TypeAlias = tuple[Triple, Triple, Triple]

EYES: tuple[Eye, ...] = get_args(Eye)

_SEEN: dict[Eye, Matrix] = {
    "normal": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
_XYZ: Matrix = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
_WHITE: Triple = (0.95047, 1.0, 1.08883)
"""D65, as sRGB has it."""

_TWENTY_FIVE_7 = 25.0**7


def contrast(one: RGB, other: RGB) -> float:
    """Return the WCAG contrast ratio, 1…21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@lru_cache(maxsize=4096)
def distance(one: RGB, other: RGB, eye: Eye = "normal") -> float:
    """Return the CIEDE2000 distance of two colours as this eye sees them."""
    return ciede2000(_lab(_seen(one, eye)), _lab(_seen(other, eye)))


def lab(colour: RGB) -> Triple:
    """Return a colour in CIELAB, as a normal eye sees it."""
    return _lab(_linear(colour))


def ciede2000(one: Triple, other: Triple) -> float:
    """Return the distance of two CIELAB colours, weights 1; names follow the paper."""
    l1, a1, b1 = one
    l2, a2, b2 = other
    c_bar7 = ((hypot(a1, b1) + hypot(a2, b2)) / 2) ** 7
    g = 0.5 * (1 - sqrt(c_bar7 / (c_bar7 + _TWENTY_FIVE_7)))
    c1, h1 = _polar(a1 * (1 + g), b1)
    c2, h2 = _polar(a2 * (1 + g), b2)
    hue_difference = _hue_difference(c1 * c2, h1, h2)
    delta_l, delta_c = l2 - l1, c2 - c1
    delta_h = 2 * sqrt(c1 * c2) * sin(radians(hue_difference / 2))
    return _weighted(
        (delta_l, delta_c, delta_h), (l1 + l2) / 2, (c1 + c2) / 2, _mean_hue(c1 * c2, h1, h2)
    )


def _weighted(deltas: Triple, l_bar: float, c_bar: float, h_bar: float) -> float:
    t = (
        1
        - 0.17 * cos(radians(h_bar - 30))
        + 0.24 * cos(radians(2 * h_bar))
        + 0.32 * cos(radians(3 * h_bar + 6))
        - 0.20 * cos(radians(4 * h_bar - 63))
    )
    off_middle = (l_bar - 50) ** 2
    s_l = 1 + 0.015 * off_middle / sqrt(20 + off_middle)
    s_c = 1 + 0.045 * c_bar
    s_h = 1 + 0.015 * c_bar * t
    turn = 30 * exp(-(((h_bar - 275) / 25) ** 2))
    r_t = -2 * sqrt(c_bar**7 / (c_bar**7 + _TWENTY_FIVE_7)) * sin(radians(2 * turn))
    l_term, c_term, h_term = deltas[0] / s_l, deltas[1] / s_c, deltas[2] / s_h
    return sqrt(l_term**2 + c_term**2 + h_term**2 + r_t * c_term * h_term)


def _polar(a: float, b: float) -> tuple[float, float]:
    return hypot(a, b), degrees(atan2(b, a)) % 360


def _hue_difference(chroma_product: float, h1: float, h2: float) -> float:
    if not chroma_product:
        return 0.0
    plain = h2 - h1
    if plain > 180:
        return plain - 360
    return plain + 360 if plain < -180 else plain


def _mean_hue(chroma_product: float, h1: float, h2: float) -> float:
    total = h1 + h2
    if not chroma_product:
        return total
    if abs(h1 - h2) <= 180:
        return total / 2
    return (total + 360) / 2 if total < 360 else (total - 360) / 2


@lru_cache(maxsize=1024)
def _luminance(colour: RGB) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(colour: RGB) -> Triple:
    red, green, blue = (_linear_part(part / 255) for part in colour)
    return red, green, blue


def _linear_part(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _seen(colour: RGB, eye: Eye) -> Triple:
    """Return linear RGB; what leaves the screen's range is clipped, as a screen would."""
    red, green, blue = _times(_SEEN[eye], _linear(colour))
    return _clip(red), _clip(green), _clip(blue)


def _clip(part: float) -> float:
    return min(max(part, 0.0), 1.0)


def _lab(linear: Triple) -> Triple:
    x, y, z = (
        _curve(part / white) for part, white in zip(_times(_XYZ, linear), _WHITE, strict=True)
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _curve(part: float) -> float:
    return float(part ** (1 / 3)) if part > 216 / 24389 else (part * 24389 / 27 + 16) / 116


def _times(matrix: Matrix, vector: Triple) -> Triple:
    x, y, z = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
    return x, y, z
