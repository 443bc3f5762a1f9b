"""A filter that works as it is typed, a command by its name, a value to find."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.console.screens import World, line_of, press, screen, shown


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
        assert line_of(text, "the last good filter") == line_of(text, " / agent-0 stat:x") + 1
        assert app.pane.filter_text == "agent-0 stat"
        await press(pilot, "escape")
        assert len(app.pane.table.items) == 12


async def test_two_quotes_with_nothing_between_hang_nothing(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        await press(pilot, "slash", *'""', "enter")
        assert app.pane.table.words == ("",)
        assert "agent-00" in screen(app)


async def test_tab_completes_as_far_as_it_is_certain(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        for typed, completed in (("pa", "page_"), ("the", "theme "), ("f", "f"), ("zzz", "zzz")):
            await press(pilot, "colon", *typed, "tab")
            assert app.prompt.value == completed
            await press(pilot, "escape")


async def test_a_beginning_that_may_mean_more_than_one_runs_none(
    world: World, tmp_path: Path
) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        assert ":page may mean page_down, page_up" in await press(pilot, "colon", *"page", "enter")
        await press(pilot, "colon", *"theme da", "enter")
        await press(pilot, "colon", *"th day", "enter")
        assert app.look.theme.name == "day"


async def test_a_command_filters_and_a_bad_one_says_why(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        text = await press(pilot, "colon", *"filter agent-0", "enter")
        assert "10 of 12 rows" in text
        text = await press(pilot, "colon", *"filter (x", "enter")
        assert "This ( is never closed.  The last good filter stays." in text
        assert app.pane.filter_text == "agent-0"


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
