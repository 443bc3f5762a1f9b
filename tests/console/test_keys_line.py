"""The last line says which keys work now, or what was just said; `?` is always there."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentwatch.console import keymap
from tests.console.screens import World, press, screen, shown


def last(text: str) -> str:
    return text.rstrip("\n").split("\n")[-1]


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path / "s.db")
    made.run("shop/refund-01")
    return made


async def test_the_likeliest_keys_come_first_and_help_last(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        line = last(screen(app))
        assert line.startswith(" enter in  / filter")
        assert line.endswith("? keys")
        await pilot.resize_terminal(80, 24)
        narrow = last(screen(app))
        assert narrow.endswith("? keys")
        assert len(narrow) <= 80


async def test_a_rebound_key_is_shown_as_it_is_bound(world: World, tmp_path: Path) -> None:
    keys = {key: id for key, id in keymap.defaults().items() if id not in ("filter", "sort")}
    async with shown(world, tmp_path, keymap=keys | {"o": "sort"}) as (app, _):
        line = last(screen(app))
        assert ":filter filter" in line
        assert "o sort" in line


async def test_what_was_said_stands_until_the_next_key(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        app.say("copied the agent \x1b[2J", "dim")
        assert last(screen_after := await press(pilot)).startswith(" copied the agent ‹U+001B›[2J")
        assert screen_after.rstrip().endswith("? keys")
        assert last(await press(pilot, "j")).startswith(" enter in")


async def test_frozen_says_since_when_and_how_to_thaw(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (_, pilot):
        line = last(await press(pilot, "space"))
        assert line.startswith(" space thaw")
        assert "frozen at 08:00:00Z" in line
