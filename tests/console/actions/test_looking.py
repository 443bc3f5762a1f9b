"""Keys choose what is seen and how: views, freezing, order, columns, colours."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.console.screens import World, line_of, press, screen, settled, shown


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path / "s.db")
    for number in range(9):
        made.run(f"shop/agent-{number}", cost_usd_micros=number * 1000)
    return made


async def test_digits_go_to_views(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        for key, view in (("3", "activity"), ("0", "feeds"), ("1", "fleet")):
            await press(pilot, key)
            assert app.trail.here.view == view


async def test_a_frozen_screen_counts_what_it_does_not_show(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        assert "FROZEN +0" in await press(pilot, "space")
        frozen = screen(app).split("\n")[3:30]
        world.advance(7)
        world.run("shop/newcomer")
        await settled(pilot)
        assert "FROZEN +1" in screen(app)
        assert "newcomer" not in screen(app)
        assert screen(app).split("\n")[3:30] == frozen
        text = await press(pilot, "space")
        assert "FROZEN" not in text
        assert "newcomer" in text


async def test_sorting_by_name_and_by_menu(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        await press(pilot, "colon", *"sort cost", "enter")
        assert app.pane.table.sorted_by == "cost"
        assert line_of(screen(app), "agent-8") < line_of(screen(app), "agent-1")
        await press(pilot, "colon", *"sort cost", "enter")
        assert line_of(screen(app), "agent-1") < line_of(screen(app), "agent-8")
        text = await press(pilot, "colon", *"sort cots", "enter")
        assert "did you mean cost?" in text
        assert "SORT BY" in await press(pilot, "s")
        await press(pilot, "G", "enter")
        assert "SORT BY" not in screen(app)


async def test_a_column_can_be_hidden(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        assert "CAUSE" in screen(app)
        assert "COLUMNS" in await press(pilot, "c")
        text = await press(pilot, "enter")
        assert "cause" in app.pane.table.hidden
        assert "CAUSE" not in text


async def test_zoom_gives_one_table_the_view_and_back(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        assert "ACTIVITY" in screen(app)
        assert "ACTIVITY" not in await press(pilot, "z")
        assert "ACTIVITY" in await press(pilot, "z")


async def test_matches_are_stepped_through(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        assert "/ sets one" in await press(pilot, "n")
        app.pane.apply_filter("agent")
        await press(pilot, "n", "n", "N")
        assert app.pane.table.current_key == "shop/agent-1"


async def test_a_theme_is_changed_while_it_runs(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        await press(pilot, "colon", *"theme day", "enter")
        assert app.look.theme.name == "day"
        assert app.settings.session.theme == "day"
        assert "did you mean" in await press(pilot, "colon", *"theme nigth", "enter")
        assert app.look.theme.name == "day"


async def test_a_theme_from_the_menu_is_worn_by_everything_at_once(
    world: World, tmp_path: Path
) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        before = app.pane.table.render_line(0)
        assert "THEME" in await press(pilot, "colon", *"theme", "enter")
        await press(pilot, "j", "enter")
        assert app.look.theme.name == "day"
        after = app.pane.table.render_line(0)
        assert (after.text, after) != (before.text, before)
        assert {segment.style for segment in after}.isdisjoint(s.style for s in before)


async def test_low_bandwidth_is_switched_by_name(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        assert "once a second" in await press(pilot, "colon", *"slow", "enter")
        assert app.slow
        await press(pilot, "colon", *"slow", "enter")
        assert not app.slow


async def test_follow_is_for_tails(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (_, pilot):
        assert "not following" in await press(pilot, "F")
        assert "following" in await press(pilot, "F")
