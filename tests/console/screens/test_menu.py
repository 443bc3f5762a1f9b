"""A menu is a short list that a keyboard walks through; a long one scrolls."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from agentwatch.console.screens.menu import LARGEST, Choice, Menu
from tests.console.screens import World, line_of, press, screen, settled, shown
from tests.terminal import HOSTILE, leaks

FRUIT = [Choice(name[:2], name) for name in ("apple", "banana", "blueberry", "cherry")]
MANY = [Choice(str(number), f"choice {number}") for number in range(40)]


@asynccontextmanager
async def menu(
    tmp_path: Path, choices: Sequence[Choice], size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Any, Any, list[str | None]]]:
    async with shown(World(tmp_path / "s" / "s.db"), tmp_path, size) as (app, pilot):
        chosen: list[str | None] = []
        app.push_screen(Menu("FRUIT", choices), chosen.append)
        await settled(pilot)
        yield app, pilot, chosen


async def test_a_menu_is_a_box_with_its_title_over_the_view(tmp_path: Path) -> None:
    async with menu(tmp_path, [Choice("a", "apple", on=True), *FRUIT[1:]]) as (app, _, _):
        text = screen(app)
        assert "┌ FRUIT ─" in text
        assert "│▌● apple" in text and "│   banana" in text
        assert "agentwatch › fleet" in text


@pytest.mark.parametrize(
    ("keys", "chosen"),
    [
        (["enter"], "ap"), (["j", "enter"], "ba"), (["j", "j", "k", "l"], "ba"),
        (["G", "space"], "ch"), (["G", "g", "enter"], "ap"), (["end", "home", "enter"], "ap"),
        (["k", "enter"], "ap"), (["pagedown", "enter"], "ch"), (["b", "enter"], "ba"),
        (["b", "b", "enter"], "bl"), (["b", "b", "b", "enter"], "ba"), (["C", "enter"], "ch"),
        (["x", "enter"], "ap"), (["escape"], None), (["q"], None), (["h"], None),
    ],
)  # fmt: skip
async def test_keys_and_first_letters_choose(
    tmp_path: Path, keys: list[str], chosen: str | None
) -> None:
    async with menu(tmp_path, FRUIT) as (_, pilot, found):
        await press(pilot, *keys)
        assert found == [chosen]


async def test_a_long_list_scrolls_no_more_than_it_must_and_says_where_it_is(
    tmp_path: Path,
) -> None:
    async with menu(tmp_path, MANY) as (app, pilot, found):
        assert "1 of 40 ┐" in screen(app)
        text = await press(pilot, *["j"] * LARGEST)
        assert f"{LARGEST + 1} of 40 ┐" in text
        assert line_of(text, "choice 1 ") < line_of(text, f"▌  choice {LARGEST}")
        text = await press(pilot, *["k"] * (LARGEST - 2))
        assert line_of(text, "▌  choice 2") == line_of(text, "┌ FRUIT") + 2
        await press(pilot, "G", "enter")
        assert found == ["39"]


async def test_a_menu_without_choices_says_so_and_chooses_nothing(tmp_path: Path) -> None:
    async with menu(tmp_path, []) as (app, pilot, found):
        assert "nothing to choose" in screen(app)
        await press(pilot, "j", "G", "enter")
        assert found == [None]


async def test_hostile_labels_stay_text(tmp_path: Path) -> None:
    choices = [Choice(str(at), text) for at, text in enumerate(HOSTILE)]
    async with menu(tmp_path, choices) as (app, pilot, _):
        for _ in range(0, len(HOSTILE), LARGEST):
            text = await press(pilot, "pagedown")
            assert leaks(text) == []
            assert app.screen.query_one("_List").size.width <= 76
