"""The help sheet says every key that works, and nothing that does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentwatch.console import keymap
from agentwatch.console.cells import width_of_line
from agentwatch.console.glyphs import ASCII, UTF8
from agentwatch.console.keys import ACTIONS, GROUPS
from agentwatch.console.screens.help import (
    COLUMN,
    FILTERS,
    columns_of,
    filter_lines,
    key_lines,
    mark_lines,
    shown_keys,
)
from agentwatch.filters import parse
from tests.console.screens import World, assert_golden, press, screen, shown

KEYS = keymap.defaults()


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "s" / "s.db")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_the_sheet_as_it_was_read_and_found_right(
    world: World, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with shown(world, tmp_path, size) as (_, pilot):
        assert_golden(f"help-{size[0]}x{size[1]}", await press(pilot, "question_mark"))


def test_every_action_stands_on_the_sheet_with_the_keys_in_force() -> None:
    told = [
        "".join(text for text, _ in line) for group in GROUPS for line in key_lines(KEYS, group)
    ]
    for action in ACTIONS:
        begin = shown_keys(KEYS, action.id)
        assert [line for line in told if line.startswith(f"{begin} ")], action.id


def test_another_key_map_is_another_sheet() -> None:
    rebound = {key: id for key, id in KEYS.items() if id != "freeze"} | {"f5": "freeze"}
    assert shown_keys(rebound, "freeze") == "f5"
    assert shown_keys({}, "freeze") == ":freeze"


def test_arrows_are_named_only_where_nothing_else_does_the_same() -> None:
    assert shown_keys(KEYS, "down") == "j"
    assert shown_keys({"down": "down"}, "down") == "down"


def test_every_line_fits_into_its_column() -> None:
    lines = [*mark_lines(UTF8), *filter_lines(("agent", "state")), *filter_lines(["key"] * 30)]
    for group in GROUPS:
        lines += key_lines(KEYS, group)
    assert not [line for line in lines if width_of_line(line) >= COLUMN]


def test_every_example_of_a_filter_is_one() -> None:
    for text, _ in FILTERS:
        for example in filter(None, map(str.strip, text.split("  "))):
            assert parse(example.replace("@slow", "slow"))


def test_the_marks_in_ascii_hold_nothing_else() -> None:
    signs = [line[0][0] for line in mark_lines(ASCII) if line]
    assert "".join(sign for sign in signs if not sign.startswith("‹")).isascii()


@pytest.mark.parametrize("across", [1, 2, 3, 4])
def test_blocks_fill_the_shortest_column(across: int) -> None:
    blocks = [[((f"b{number} l{line}", "text"),) for line in range(3)] for number in range(6)]
    lines = columns_of([list(block) for block in blocks], across)
    assert all(width_of_line(line) == across * COLUMN for line in lines)
    told = "\n".join("".join(text for text, _ in line) for line in lines)
    assert all(f"b{number} l2" in told for number in range(6))


async def test_a_small_screen_scrolls_and_comes_back(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path, (80, 24)) as (_, pilot):
        first = await press(pilot, "question_mark")
        assert "MOVE" in first and "FILTERS" not in first
        assert "1-" in first.split("\n")[23]
        assert "MOVE" not in await press(pilot, "j")
        last = await press(pilot, "G")
        assert "FILTERS" in last
        assert await press(pilot, "pagedown") == last
        assert await press(pilot, "g") == first
        assert await press(pilot, "k") == first


@pytest.mark.parametrize("key", ["escape", "question_mark", "q", "h"])
async def test_it_closes_by_the_keys_that_go_back(world: World, tmp_path: Path, key: str) -> None:
    async with shown(world, tmp_path) as (_, pilot):
        before = screen(pilot.app)
        assert "FILTERS" in await press(pilot, "question_mark")
        assert "FILTERS" in await press(pilot, "x")
        assert await press(pilot, key) == before


async def test_the_header_above_the_sheet_lives_on(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (_, pilot):
        await press(pilot, "question_mark")
        world.clock.advance(70)
        assert "RECORDER DOWN" in await press(pilot, "x")
