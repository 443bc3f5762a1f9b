"""What leaves the screen: copies, evidence, filters; and the ways out."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.console.screens import World, press, screen, shown


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path / "s.db")
    made.run("shop/agent-\x1b[31m1")
    return made


async def test_a_copy_goes_through_the_terminal_without_a_control_byte(
    world: World, tmp_path: Path
) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        assert "COPY" in await press(pilot, "y")
        text = await press(pilot, "enter")
        assert "copied the agent" in text
        assert app.clipboard.startswith("shop/agent-")
        assert app.clipboard.isprintable()


async def test_evidence_is_three_private_files(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (_, pilot):
        assert "written:" in await press(pilot, "E")
    files = sorted((tmp_path / "state" / "evidence").iterdir())
    assert [path.suffix for path in files] == [".json", ".svg", ".txt"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


async def test_a_saved_filter_is_used_by_its_name(world: World, tmp_path: Path) -> None:
    world.run("shop/other")
    async with shown(world, tmp_path) as (app, pilot):
        assert "no filter to save" in await press(pilot, "colon", *"save mine", "enter")
        await press(pilot, "slash", *"other", "enter")
        await press(pilot, "colon", *"save mine", "enter")
        assert app.settings.session.filters == {"mine": "other"}
        await press(pilot, "escape", "slash", *"@mine", "enter")
        assert len(app.pane.table.items) == 1
        assert "letters and digits" in await press(pilot, "colon", *"save a-b", "enter")


async def test_help_opens_and_closes(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        assert "MOVE" in await press(pilot, "question_mark")
        await press(pilot, "escape")
        assert "MOVE" not in screen(app)


async def test_a_tour_is_six_cards(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        await press(pilot, "colon", *"tour", "enter")
        assert len(app.screen_stack) == 2
        await press(pilot, *["space"] * 6)
        assert len(app.screen_stack) == 1


async def test_quitting_asks_once_at_the_root_and_goes_back_elsewhere(
    world: World, tmp_path: Path
) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        await press(pilot, "enter", "q")
        assert app.trail.here.view == "fleet"
        assert "q again to quit" in await press(pilot, "q")
        await pilot.press("q")
        assert app.return_value == 0
    assert (tmp_path / "state" / "console.json").exists()


async def test_colon_q_quits_at_once(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        await pilot.press("colon", "q", "enter")
        await pilot.pause()
        assert app.return_value == 0
