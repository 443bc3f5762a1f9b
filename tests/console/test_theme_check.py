"""Every theme of ours can be read by every eye, and one that cannot is told why."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from rich.style import Style

from agentwatch.console.colour import Eye, contrast, distance
from agentwatch.console.theme_check import (
    SIGNS,
    VERDICTS,
    WORDS,
    apart,
    findings,
    is_measured,
)
from agentwatch.console.theme_file import GROUNDS, ROLES, Theme, load, rgb
from agentwatch.console.themes import bundled

COLOURED = ("night", "day", "okabe-ito", "tritan", "high-contrast")


def ratio(theme: Theme, role: str, ground: str = "base") -> float:
    style = theme.style(role, ground)
    above, below = rgb(style.color), rgb(style.bgcolor)
    assert above is not None and below is not None
    return contrast(above, below)


@pytest.mark.parametrize("name", COLOURED)
def test_words_can_be_read_on_every_ground(name: str) -> None:
    theme = load(bundled(name))
    least = 7.0 if name == "high-contrast" else 4.5
    filled = [role for role in ROLES if theme.roles[role].bgcolor is not None]
    assert filled == ["critical", "match", "badge", "badge_armed"]
    low = {
        (role, ground): ratio(theme, role, ground)
        for role in (*WORDS, *filled)
        for ground in GROUNDS
        if ratio(theme, role, ground) < least
    }
    assert low == {}
    assert [role for role in SIGNS if ratio(theme, role) < 3] == []


@pytest.mark.parametrize(
    ("name", "eye", "least"),
    [
        *((name, eye, 10) for name in COLOURED for eye in ("normal", "protan", "deutan", "tritan")),
        ("okabe-ito", "protan", 15),
        ("okabe-ito", "deutan", 15),
        ("tritan", "tritan", 15),
    ],
)
def test_good_warning_and_error_are_told_apart(name: str, eye: Eye, least: float) -> None:
    theme = load(bundled(name))
    assert apart(theme, eye) >= least
    for one, other in combinations(VERDICTS, 2):
        first, second = rgb(theme.roles[one].color), rgb(theme.roles[other].color)
        assert first is not None and second is not None
        assert distance(first, second, eye) >= least, (one, other)


@pytest.mark.parametrize(
    ("name", "role", "ground", "published"),
    [("night", "error", "selection", 4.7), ("day", "dim", "selection", 4.7),
     ("high-contrast", "error", "selection", 7.2), ("tritan", "warn", "base", 15.5)],
)  # fmt: skip
def test_contrasts_are_those_of_the_design(
    name: str, role: str, ground: str, published: float
) -> None:
    assert round(ratio(load(bundled(name)), role, ground), 1) == published


@pytest.mark.parametrize(
    ("name", "pair", "eye", "published"),
    [("night", ("ok", "error"), "deutan", 16.4), ("night", ("ok", "warn"), "normal", 33.7),
     ("day", ("warn", "error"), "tritan", 11.0), ("tritan", ("warn", "error"), "tritan", 30.4),
     ("high-contrast", ("ok", "error"), "protan", 13.9)],
)  # fmt: skip
def test_distances_are_those_of_the_design(
    name: str, pair: tuple[str, str], eye: Eye, published: float
) -> None:
    theme = load(bundled(name))
    one, other = (rgb(theme.roles[role].color) for role in pair)
    assert one is not None and other is not None
    assert round(distance(one, other, eye), 1) == published


@pytest.mark.parametrize("name", [*COLOURED, "16", "mono"])
def test_nothing_is_found_in_a_theme_of_ours(name: str) -> None:
    theme = load(bundled(name))
    assert findings(theme) == []
    assert is_measured(theme) == (name in COLOURED)


def with_role(role: str, style: str, made_for: tuple[Eye, ...] = ()) -> Theme:
    night = load(bundled("night"))
    return replace(night, roles=dict(night.roles) | {role: Style.parse(style)}, made_for=made_for)


def test_what_cannot_be_read_is_named_with_its_ground() -> None:
    assert findings(with_role("dim", "#8494a3")) == [
        "dim on selection has a contrast of 4.0:1 and wants 4.5:1"
    ]
    assert findings(with_role("badge", "#6db3ff on #0b57b0")) == [
        "badge on its own ground has a contrast of 3.1:1 and wants 4.5:1"
    ]
    assert findings(with_role("spark", "#46525f")) == [
        "spark on base has a contrast of 2.3:1 and wants 3:1"
    ]


def test_a_shortfall_is_never_rounded_away() -> None:
    found = findings(with_role("dim", "#8e9bab"))
    assert found == ["dim on selection has a contrast of 4.4:1 and wants 4.5:1"]


def test_what_looks_alike_is_named_with_the_eye() -> None:
    alike = findings(with_role("warn", "#fd9a60"))
    assert "warn and error are 9.2 apart for deutan eyes and want 10" in alike


def test_a_theme_made_for_an_eye_must_do_better_there() -> None:
    usual = load(bundled("day"))
    assert findings(usual) == []
    assert findings(replace(usual, made_for=("tritan",))) == [
        "warn and error are 10.9 apart for tritan eyes and want 15"
    ]
