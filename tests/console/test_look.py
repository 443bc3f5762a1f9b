"""A look is a theme's styles on its grounds."""

from __future__ import annotations

from agentwatch.console.glyphs import ASCII
from agentwatch.console.look import Look
from agentwatch.console.themes import bundled, load


def test_the_same_role_on_two_grounds_differs_in_the_ground_alone() -> None:
    look = Look(load(bundled("night")), ASCII)
    base, selected = look.style("error"), look.style("error", "selection")
    assert base.color == selected.color
    assert base.bgcolor != selected.bgcolor


def test_a_style_is_the_themes_own_so_that_equal_ones_are_one_object() -> None:
    look = Look(load(bundled("night")), ASCII)
    assert look.style("dim") is look.style("dim")
