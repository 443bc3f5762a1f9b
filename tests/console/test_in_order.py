"""Keys that come at once each meet what the key before them has opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.keys import _character_to_key

from agentwatch.console.app import Console
from tests.console.screens import World, settled, shown


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path / "s.db")
    for number in range(12):
        made.run(f"shop/agent-{number:02}")
    return made


async def burst(app: Console, pilot: Any, *keys: str) -> None:
    """Send keys as one packet of a slow line brings them."""
    for key in keys:
        name = _character_to_key(key) if len(key) == 1 else key
        app.post_message(events.Key(name, key if len(key) == 1 else None))
    while app.is_running and (app.keys.busy or app.keys.number < len(keys)):
        await pilot.pause()
    await settled(pilot)


async def test_a_command_typed_ahead_is_a_command(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        await burst(app, pilot, *":sort cost", "enter")
        assert app.pane.table.sorted_by == "cost"
        assert app.trail.here.view == "fleet"
        assert not app.prompt.has_focus


async def test_what_follows_a_filter_goes_to_its_rows(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        await burst(app, pilot, *"/agent-1", "enter", "j")
        assert app.pane.filter_text == "agent-1"
        assert app.prompt.value == "agent-1"
        assert app.pane.table.held_key is not None


async def test_a_menu_takes_the_keys_behind_the_one_that_opens_it(
    world: World, tmp_path: Path
) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        await burst(app, pilot, "s", "k", "enter", "j")
        assert len(app.screen_stack) == 1
        assert app.pane.table.sorted_by is not None
        assert app.trail.here.view == "fleet"
        assert app.pane.table.held_key is not None


async def test_a_sheet_is_closed_before_the_next_key_acts(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        await burst(app, pilot, "?", "escape", "m")
        assert len(app.screen_stack) == 1
        assert len(app.pane.table.marked) == 1


async def test_a_burst_ends_the_console_as_single_keys_do(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        for key in (":", "q", "enter"):
            name = _character_to_key(key) if len(key) == 1 else key
            app.post_message(events.Key(name, key if len(key) == 1 else None))
        for _ in range(50):
            if app.return_value is not None:
                break
            await pilot.pause()
        assert app.return_value == 0


async def test_a_fence_that_is_lost_does_not_stop_the_keys(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agentwatch.console.in_order.LOST_S", 0.05)
    async with shown(world, tmp_path) as (app, pilot):
        monkeypatch.setattr(app.keys, "_post", lambda round: None)
        await burst(app, pilot, "j", "j")
        assert app.pane.table.current_key == "shop/agent-02"
