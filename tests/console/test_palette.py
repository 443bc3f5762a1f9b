"""In 256 colours a theme keeps what eyes need, as the terminal really shows it."""

from __future__ import annotations

import pytest

from agentwatch.console.palette import fit, shown
from agentwatch.console.theme_check import findings
from agentwatch.console.theme_file import GROUNDS, load, rgb
from agentwatch.console.themes import bundled

COLOURED = ("night", "day", "okabe-ito", "tritan", "high-contrast")
TOLD_APART = ("text", "dim", "accent", "ok", "warn", "error", "revoked", "stale", "faint")


def test_the_libraries_own_mapping_is_not_enough() -> None:
    assert "error on selection has a contrast of 2.5:1 and wants 4.5:1" in findings(
        shown(load(bundled("night")))
    )


@pytest.mark.parametrize("name", COLOURED)
def test_a_fitted_theme_has_every_contrast_and_distance(name: str) -> None:
    assert findings(shown(fit(load(bundled(name))))) == []


@pytest.mark.parametrize("name", COLOURED)
def test_what_was_told_apart_still_is(name: str) -> None:
    theme = shown(fit(load(bundled(name))))
    colours = [rgb(theme.roles[role].color) for role in TOLD_APART]
    assert len(set(colours)) == len(colours)
    assert rgb(theme.grounds["selection"].bgcolor) != rgb(theme.grounds["base"].bgcolor)


@pytest.mark.parametrize("name", COLOURED)
def test_greys_stay_grey_and_a_dark_theme_dark(name: str) -> None:
    theme = shown(fit(load(bundled(name))))
    dim = rgb(theme.roles["dim"].color)
    assert dim is not None and len(set(dim)) == 1
    for ground in GROUNDS:
        below = rgb(theme.grounds[ground].bgcolor)
        assert below is not None
        assert (sum(below) < 3 * 128) == theme.dark


@pytest.mark.parametrize("name", ["16", "mono"])
def test_the_terminals_own_colours_stay(name: str) -> None:
    theme = load(bundled(name))
    assert fit(theme).roles == theme.roles
    assert fit(theme).grounds == theme.grounds


def test_weight_and_fill_stay() -> None:
    night, fitted = load(bundled("night")), fit(load(bundled("night")))
    for role, look in night.roles.items():
        assert (fitted.roles[role].bold, fitted.roles[role].bgcolor is None) == (
            look.bold, look.bgcolor is None,
        )  # fmt: skip
