"""Every sign is one cell wide, has a form in ASCII, and a trend lies about nothing."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from rich.cells import cell_len

from agentwatch.console.glyphs import ASCII, UTF8, Glyphs, glyphs, trend

STATES = ("error", "warning", "ageing", "revoked", "marked", "zero", "equal")


@pytest.mark.parametrize("signs", [UTF8, ASCII])
def test_every_sign_is_one_cell_wide(signs: Glyphs) -> None:
    wrong = {
        name: sign
        for name, sign in structs.asdict(signs).items()
        if len(sign) != (8 if name == "trend" else 1) or cell_len(sign) != len(sign)
    }
    assert wrong == {}


def test_the_ascii_set_holds_nothing_else() -> None:
    assert "".join(structs.asdict(ASCII).values()).isascii()


@pytest.mark.parametrize("name", STATES)
def test_a_mark_of_state_is_the_same_letter_in_both(name: str) -> None:
    assert getattr(UTF8, name) == getattr(ASCII, name)


@pytest.mark.parametrize("signs", [UTF8, ASCII])
def test_what_a_trend_may_hold_is_told_apart(signs: Glyphs) -> None:
    drawn = [*signs.trend, signs.zero, signs.unseen, " "]
    assert len(set(drawn)) == len(drawn)


@pytest.mark.parametrize("encoding", ["utf-8", "UTF-8", "utf8", "U8"])
def test_a_utf8_locale_has_the_full_set(encoding: str) -> None:
    assert glyphs(encoding) is UTF8


@pytest.mark.parametrize("encoding", ["ascii", "ANSI_X3.4-1968", "iso8859-1", "", "no-such"])
def test_any_other_locale_has_ascii(encoding: str) -> None:
    assert glyphs(encoding) is ASCII


def test_a_terminal_that_draws_ambiguous_signs_wide_has_ascii() -> None:
    assert glyphs("utf-8", wide=True) is ASCII


@pytest.mark.parametrize(
    ("values", "top", "drawn"),
    [
        ([1, 2, 3, 4, 5, 6, 7, 8], 8, "▁▂▃▄▅▆▇█"),
        ([0, None, 8], 8, "_░█"),
        ([0.001, 80.0], 8, "▁█"),  # seen is never zero; beyond the top is clipped
        ([0.05, 0.0500001, 0.1], 0.1, "▄▅█"),  # half height is the limit
        ([-1, math.nan, math.inf], 8, "_░█"),
        ([0, 3], 0, "_█"),
        ([5e-324], 1e308, "▁"),
        ([], 8, ""),
    ],
)
def test_a_trend_is_zero_based(values: list[float | None], top: float, drawn: str) -> None:
    assert trend(values, top, UTF8) == drawn
    as_ascii = str.maketrans(UTF8.trend + UTF8.unseen, ASCII.trend + ASCII.unseen)
    assert trend(values, top, ASCII) == drawn.translate(as_ascii)


@given(st.lists(st.one_of(st.none(), st.floats(0, 1e12)), max_size=20), st.floats(1e-6, 1e12))
def test_above_the_limit_and_above_half_height_are_one(
    values: list[float | None], limit: float
) -> None:
    drawn = trend(values, 2 * limit, UTF8)
    assert len(drawn) == len(values)
    for value, sign in zip(values, drawn, strict=True):
        assert (sign in UTF8.trend[4:]) == (value is not None and value > limit)
