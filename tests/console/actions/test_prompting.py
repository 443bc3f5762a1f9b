"""A filter that works as it is typed, a command by its name, a value to find."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.console.screens import World, press, screen, shown


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path / "s.db")
    for number in range(12):
        made.run(f"shop/agent-{number:02}", attributes={"note": f"order 55-204{number:02}"})
    return made


async def test_a_filter_works_as_it_is_typed(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        text = await press(pilot, "slash", *"agent-0")
        assert len(app.pane.table.items) == 10
        assert "10 of 12 rows" in text
        await press(pilot, "enter", "j")
        assert app.pane.filter_text == "agent-0"
        assert "filter agent-0" in screen(app)


async def test_a_bad_filter_says_why_and_the_last_good_one_stays(
    world: World, tmp_path: Path
) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        text = await press(pilot, "slash", *"agent-0 stat:x")
        assert "There is no key 'stat' here; did you mean state" in text
        assert "the last good filter stays" in text
        assert app.pane.filter_text == "agent-0 stat"
        await press(pilot, "escape")
        assert len(app.pane.table.items) == 12


async def test_a_command_is_named_completed_and_run(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        text = await press(pilot, "colon", *"act")
        assert "activity" in text
        await press(pilot, "tab", "enter")
        assert app.trail.here.view == "activity"
        assert "no command 'frobnicate'" in await press(pilot, "colon", *"frobnicate", "enter")
        await press(pilot, "ctrl+p")
        assert app.prompt.has_focus
        await press(pilot, "escape")
        assert not app.prompt.has_focus


async def test_a_value_is_found_from_any_view(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        text = await press(pilot, "0", "f", *"55-20407", "enter")
        assert app.trail.here.view == "find"
        assert "agent-07" in text
        assert "55-20407" in text
        await press(pilot, "escape")
        assert app.trail.here.view == "feeds"
