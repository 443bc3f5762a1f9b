"""Which theme is drawn with: the wish, the terminal, the user's own files, and a bad one."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentwatch.console.theme_file import ThemeError, load, rgb
from agentwatch.console.themes import (
    BUNDLED,
    available,
    bundled,
    choose,
    colours,
    fitted,
    in_force,
)

TRUE = 1 << 24


def users(folder: Path, name: str, old: str = "", new: str = "") -> Path:
    path = folder / "themes" / f"{name}.toml"
    path.parent.mkdir(exist_ok=True)
    text = bundled("night").read_text().replace('name = "night"\n', "")
    path.write_text(text.replace(old, new) if old else text)
    return path


def test_ours_are_there_and_nothing_else_is_beside_them() -> None:
    assert {path.stem for path in bundled("night").parent.glob("*")} == set(BUNDLED)


def test_the_users_themes_come_after_ours_and_win_by_name(tmp_path: Path) -> None:
    assert list(available(tmp_path)) == list(BUNDLED)
    mine, day = users(tmp_path, "mine"), users(tmp_path, "day")
    (tmp_path / "themes" / "notes.txt").touch()
    (tmp_path / "themes" / ".mine.toml").touch()
    found = available(tmp_path)
    assert list(found) == [*BUNDLED, "mine"]
    assert (found["mine"], found["day"], found["night"]) == (mine, day, bundled("night"))


@pytest.mark.parametrize(
    ("name", "environ", "depth", "chosen"),
    [
        (None, {}, TRUE, "night"),
        (None, {}, 256, "night"),
        (None, {}, 16, "16"),
        (None, {}, 0, "16"),
        (None, {"NO_COLOR": "1"}, TRUE, "16"),
        (None, {"NO_COLOR": ""}, TRUE, "night"),  # empty is unset, says no-color.org
        ("day", {"NO_COLOR": "1"}, 16, "day"),  # who asks by name has it
        ("mono", {}, TRUE, "mono"),
    ],
)
def test_the_wish_comes_first_then_what_the_terminal_can(
    name: str | None, environ: dict[str, str], depth: int, chosen: str
) -> None:
    assert choose(name, environ, depth) == chosen


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(ThemeError, match=r"^There is no theme 'nigth'; did you mean 'night'\.$"):
        choose("nigth", {}, TRUE)
    with pytest.raises(ThemeError, match=r"known are night, day, .*, mine"):
        choose("zzz", {}, TRUE, (*BUNDLED, "mine"))


@pytest.mark.parametrize(
    ("environ", "depth"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, TRUE),
        ({"TERM": "screen-256color"}, 256),
        ({"TERM": "linux"}, 16),
        ({"TERM": "dumb"}, 0),
        ({}, 16),
    ],
)
def test_the_terminal_says_how_many_colours_it_has(environ: dict[str, str], depth: int) -> None:
    assert colours(environ) == depth


def test_a_bad_theme_gives_way_to_the_default_and_says_why(tmp_path: Path) -> None:
    bad = users(tmp_path, "mine", "#6ed6b8", "#6ed6b")
    theme, why = in_force("mine", tmp_path, {}, TRUE)
    assert theme.name == "night"
    assert why is not None and why.startswith(f"{bad}, line ")
    theme, why = in_force("mein", tmp_path, {}, 16)
    assert (theme.name, why) == ("16", "There is no theme 'mein'; did you mean 'mine'.")


def test_a_bad_default_of_the_user_gives_way_to_ours(tmp_path: Path) -> None:
    users(tmp_path, "night", "[role]", "[roll]")
    theme, why = in_force(None, tmp_path, {}, TRUE)
    assert theme.roles == load(bundled("night")).roles
    assert why is not None and "there is no key 'roll'; did you mean 'role'" in why


def test_the_theme_in_force_is_the_users_and_fits_the_terminal(tmp_path: Path) -> None:
    users(tmp_path, "mine")
    theme, why = in_force("mine", tmp_path, {}, TRUE)
    assert (theme.name, why) == ("mine", None)
    assert rgb(theme.style("error").color) == (0xFD, 0x70, 0x79)
    few, why = in_force("mine", tmp_path, {}, 256)
    assert (few.name, why) == ("mine", None)
    assert few.roles == fitted(bundled("night"), 256).roles != theme.roles
