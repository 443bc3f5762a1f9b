"""Keys move the cursor, and back goes exactly one level."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentwatch.console.live_table import LiveTable
from tests.console.screens import World, press, shown


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path / "s.db")
    for number in range(60):
        made.run(f"shop/agent-{number:02}")
    return made


async def test_the_cursor_goes_where_the_keys_say(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        table = app.pane.table
        for keys, wanted in (
            (("j", "j", "k"), "shop/agent-01"),
            (("down", "up"), "shop/agent-01"),
            (("G",), "shop/agent-59"),
            (("g",), "shop/agent-00"),
        ):
            await press(pilot, *keys)
            assert table.current_key == wanted
        await press(pilot, "pagedown")
        assert table.current_key == f"shop/agent-{table.page:02}"
        await press(pilot, "pageup")
        assert table.current_key == "shop/agent-00"


async def test_marks_are_set_and_cleared(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        text = await press(pilot, "m", "m")
        assert app.pane.table.marked == {"shop/agent-00", "shop/agent-01"}
        assert "2 marked" in text
        assert [agent["agent"] for agent in app.pane.table.chosen] == [
            "shop/agent-00", "shop/agent-01",
        ]  # fmt: skip
        assert "marked" not in await press(pilot, "M")


async def test_back_takes_the_filter_then_one_level_and_never_quits(
    world: World, tmp_path: Path
) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        app.pane.apply_filter("agent-03")
        await press(pilot, "enter")
        assert app.trail.here.view == "runs"
        await press(pilot, "escape")
        assert (app.trail.here.view, app.pane.filter_text) == ("fleet", "agent-03")
        await press(pilot, "escape")
        assert app.pane.filter_text == ""
        await press(pilot, "escape", "escape", "h")
        assert app.is_running


async def test_tab_gives_the_keys_to_the_other_table(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        await press(pilot, "tab")
        focused = app.focused
        assert isinstance(focused, LiveTable)
        assert focused is not app.pane.table
