"""The fleet: what is wrong on top, a silent feed in one line, and nothing old that looks alive."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.console.fleet_of_cards import fleet_of_cards
from tests.console.screens import (
    World,
    assert_golden,
    line_of,
    press,
    screen,
    settled,
    shown,
)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_the_view_as_it_was_read_and_found_right(
    size: tuple[int, int], tmp_path: Path
) -> None:
    world = fleet_of_cards(tmp_path / "s.db")
    for _ in range(5):
        world.run("shop/clerk-01", state="error", error_type="timeout")
    async with shown(world, tmp_path, size) as (app, pilot):
        await settled(pilot)
        assert_golden(f"fleet-{size[0]}x{size[1]}", screen(app))


async def test_a_failing_agent_stands_on_top(tmp_path: Path) -> None:
    world = World(tmp_path / "s.db")
    world.run("shop/a-well")
    for _ in range(4):
        world.run("shop/z-ill", state="error")
    async with shown(world, tmp_path) as (_, pilot):
        text = screen(pilot.app)
        assert line_of(text, "z-ill") < line_of(text, "a-well")
        row = next(line for line in text.split("\n") if line[1:].startswith("! z-ill"))
        assert "failing" in row
        assert "errors" in row
        assert "100.0" in row


async def test_a_silent_feed_is_one_line_that_unfolds_and_a_filter_sees_into_it(
    tmp_path: Path,
) -> None:
    world = World(tmp_path / "s.db")
    world.feed("prod-us")
    for number in range(3):
        world.run(f"shop/us-{number}", feed="prod-us")
    world.run("shop/here")
    world.feed("prod-us", state="stale")
    world.advance(95)
    async with shown(world, tmp_path) as (app, pilot):
        text = screen(app)
        assert "~ prod-us 3 agents" in text
        assert "silent since 08:00:00Z" in text
        assert "us-1" not in text.split("ACTIVITY")[0]
        await press(pilot, "g", "enter")
        assert "us-1" in screen(app).split("ACTIVITY")[0]
        await press(pilot, "minus")
        assert "us-1" not in screen(app).split("ACTIVITY")[0]
        text = await press(pilot, "slash", *"us-1", "enter")
        row = next(line for line in text.split("\n") if line[3:].startswith("us-1"))
        assert "stale" in row
        assert "95s" in row or "90s" in row


async def test_agents_are_sorted_by_what_the_reader_asks(tmp_path: Path) -> None:
    world = World(tmp_path / "s.db")
    for number, version in enumerate(("3.0", "1.0", "2.0")):
        world.run(f"shop/a{number}", version=version, cost_usd_micros=1000 * number)
    async with shown(world, tmp_path) as (app, pilot):
        for column, wanted in (
            ("version", ["a1", "a2", "a0"]),
            ("cost", ["a2", "a1", "a0"]),
            ("agent", ["a0", "a1", "a2"]),
            ("feed", ["a0", "a1", "a2"]),
        ):
            await press(pilot, "colon", *f"sort {column}", "enter")
            found = [agent["agent"].removeprefix("shop/") for agent in app.pane.table.items]
            assert found == wanted, column


async def test_a_row_keeps_its_place_while_the_cursor_is_on_it(tmp_path: Path) -> None:
    world = World(tmp_path / "s.db")
    for name in ("a", "b", "c"):
        world.run(f"shop/{name}")
    async with shown(world, tmp_path) as (app, pilot):
        await press(pilot, "G")
        for _ in range(4):
            world.run("shop/c", state="error")
        world.advance(3)
        await settled(pilot)
        assert [agent["agent"] for agent in app.pane.table.items][-1] == "shop/c"
        assert app.pane.table.items[-1]["state"] == "failing"
        await press(pilot, "g")
        world.advance(3)
        world.run("shop/a")
        await settled(pilot)
        assert app.pane.table.items[0]["agent"] in ("shop/c", "shop/a")
