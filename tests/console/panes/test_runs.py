"""The runs of an agent: entered from its row, as many as there are, honest about what lacks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agentwatch.console.actions import run_action
from agentwatch.console.app import Console
from agentwatch.console.glyphs import ASCII
from agentwatch.console.look import Look
from agentwatch.console.themes import bundled, load
from tests.console.fleet_of_cards import AGENT, fleet_of_cards, resource
from tests.console.screens import World, assert_golden, line_of, press, screen, settled, shown
from tests.store.queries.many_runs import many_runs

HOSTILE = "\x1b]0;owned\x07\x1b[2J[/]\u202eexe\u200b\x00\n[bold]\u3164" * 3
SIZES = [(80, 24), (120, 40), (200, 60)]
MANY = 100_000


def store(folder: Path) -> Path:
    return folder / "s" / "store.db"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return fleet_of_cards(store(tmp_path))


def crowded(folder: Path, number: int = MANY) -> World:
    """A store of one agent with very many runs, the last of which has just come."""
    world = World(store(folder))
    many_runs(world.connection, AGENT, range(number), at_ns=world.clock() - number * 10**9)
    return world


@pytest.mark.parametrize("size", SIZES)
async def test_runs_stand_as_they_were_read_and_found_right(
    world: World, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with shown(world, tmp_path, size) as (_, pilot):
        text = await press(pilot, "enter")
        assert_golden(f"runs-{size[0]}x{size[1]}", text)


async def test_a_terminal_without_utf8_sees_the_same(world: World, tmp_path: Path) -> None:
    look = Look(load(bundled("night")), ASCII)
    async with shown(world, tmp_path, look=look) as (_, pilot):
        text = await press(pilot, "enter")
        assert text.isascii()
        assert_golden("runs-120x40-ascii", text)


async def test_the_way_in_and_back_is_one_level(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        text = await press(pilot, "enter")
        assert "agentwatch › fleet › refund-bot-03" in text
        assert "cannot be opened yet" in await press(pilot, "enter")
        await press(pilot, "escape")
        assert app.trail.here.view == "fleet"


async def test_a_run_in_flight_grows_and_then_has_run(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        text = await press(pilot, "enter")
        assert "   7s " in text.split("\n")[line_of(text, "9f54…0000")]
        world.advance(2)
        await settled(pilot)
        text = screen(app)
        assert "   9s " in text.split("\n")[line_of(text, "9f54…0000")]


async def test_a_gap_is_drawn_at_its_place_in_time(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (_, pilot):
        text = await press(pilot, "enter")
        gap = line_of(text, "░░░░")
        assert line_of(text, "9f3d…ab54") < gap < line_of(text, "9f3c…ab54")
        assert text.split("\n")[gap].endswith("░ gap")


async def test_the_cursor_keeps_its_run_and_its_line_while_newer_ones_come(tmp_path: Path) -> None:
    world = crowded(tmp_path, 300)
    async with shown(world, tmp_path) as (app, pilot):
        await press(pilot, "enter", *("j" * 40))
        before = app.pane.table.current_key
        line = line_of(screen(app), "▌")
        for _ in range(3):
            world.advance(1)
            world.run(AGENT, resource=resource())
        await settled(pilot)
        assert app.pane.table.current_key == before
        assert line_of(screen(app), "▌") == line
        assert len({item["trace_id"] for item in app.pane.table.items}) == 303


async def test_a_reader_who_only_watches_sees_the_newest_run(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        await press(pilot, "enter")
        newest = world.run(AGENT, resource=resource())
        await settled(pilot)
        assert app.pane.table.current_key == newest.trace_id


async def test_a_hundred_thousand_runs_are_walked_from_end_to_end(tmp_path: Path) -> None:
    async with shown(crowded(tmp_path), tmp_path) as (app, pilot):
        text = await press(pilot, "enter")
        assert "1-34 of 5,000+ rows" in text
        assert "100,000 of 100,000 rows" in await press(pilot, "G")
        assert current(app) == 0
        for _ in range(25):
            await press(pilot, "pageup")
        assert current(app) == 25 * app.pane.table.page
        assert len(app.pane.table.items) <= 600
        assert "1-34 of 5,000+ rows" in await press(pilot, "g")
        assert current(app) == MANY - 1
        for _ in range(25):
            await press(pilot, "pagedown")
        assert current(app) == MANY - 1 - 25 * app.pane.table.page
        assert len(app.pane.table.items) <= 600


def current(app: Console) -> int:
    item = app.pane.table.current
    assert item is not None
    return int(item["task_id"].split()[1])


async def test_another_order_is_of_all_runs_and_can_be_turned_round(tmp_path: Path) -> None:
    world = crowded(tmp_path, 2_000)
    async with shown(world, tmp_path) as (app, pilot):
        await press(pilot, "enter")
        await sort(app, pilot, "cost")
        costs = [item["cost_usd_micros"] for item in app.pane.table.items]
        assert costs == sorted(costs, reverse=True)
        highest = "SELECT max(cost_usd_micros) FROM runs"
        assert costs[0] == world.connection.execute(highest).fetchone()[0]
        await sort(app, pilot, "cost")
        costs = [item["cost_usd_micros"] for item in app.pane.table.items]
        assert costs == sorted(costs)


async def sort(app: Console, pilot: Any, column: str) -> None:
    await run_action(app, "sort", column)
    await settled(pilot)


async def test_an_order_that_sees_a_part_says_so(tmp_path: Path) -> None:
    async with shown(crowded(tmp_path, 11_000), tmp_path) as (app, pilot):
        await press(pilot, "enter")
        await sort(app, pilot, "ran")
        assert "sorted among the newest 10,000" in screen(app)


async def test_a_filter_finds_what_lies_far_below(tmp_path: Path) -> None:
    async with shown(crowded(tmp_path, 20_000), tmp_path) as (app, pilot):
        await press(pilot, "enter")
        app.pane.apply_filter('task:"order 17"')
        await settled(pilot)
        assert [item["task_id"] for item in app.pane.table.items] == ["order 17"]
        assert app.pane.matches() == "1"
        app.pane.apply_filter("")
        await settled(pilot)
        assert current(app) in (17, 19_999)
        assert len(app.pane.table.items) >= 100


async def test_a_filter_without_a_match_says_so(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        await press(pilot, "enter")
        app.pane.apply_filter("outcome:abandoned")
        await settled(pilot)
        assert not app.pane.table.items
        assert "no run of its own" not in screen(app)


async def test_frozen_it_stands_still_and_then_goes_on(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        await press(pilot, "enter", "j")
        await press(pilot, "space")
        before = [item.get("trace_id") for item in app.pane.table.items]
        world.advance(1)
        world.run(AGENT, resource=resource())
        await press(pilot, "j")
        assert [item.get("trace_id") for item in app.pane.table.items] == before
        await press(pilot, "space")
        assert len(app.pane.table.items) == len(before) + 1


async def test_what_may_be_copied_is_whole(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        await press(pilot, "enter", "G")
        assert app.pane.copies() == [
            ("run", "9f31" + "0" * 24 + "ab54"),
            ("task", "order 55-20400"),
            ("conversation", "c-000"),
            ("filter", "trace:9f31" + "0" * 24 + "ab54"),
        ]


async def test_another_agent_begins_at_its_newest_run(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        await press(pilot, "enter", "G", "escape", "j", "enter")
        assert app.trail.here.subject == "pricing/price-sync-02"
        assert len([item for item in app.pane.table.items if "trace_id" in item]) == 1
        await press(pilot, "escape", "k", "enter")
        assert app.pane.table.items[0]["trace_id"] == "9f54".ljust(32, "0")


async def test_an_idle_screen_stands_still(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        before = await press(pilot, "enter")
        await settled(pilot)
        assert screen(app) == before


async def test_hostile_text_neither_moves_nor_hides_anything(tmp_path: Path) -> None:
    world = World(store(tmp_path))
    world.feed(HOSTILE)
    many_runs(world.connection, HOSTILE, range(3), feed_id=world.feeds[HOSTILE])
    for column in ("task_id", "conversation_id", "outcome", "state"):
        world.connection.execute(f"UPDATE runs SET {column} = ? WHERE id = 2", (HOSTILE,))  # noqa: S608
    world.connection.execute("UPDATE runs SET end_ns = NULL, waits_for = ?", (HOSTILE,))
    world.connection.execute(
        "INSERT INTO gaps (feed_id, since_ns, until_ns, reason) VALUES (?, 0, NULL, ?)",
        (world.feeds[HOSTILE], HOSTILE),
    )
    async with shown(world, tmp_path) as (app, pilot):
        text = await press(pilot, "enter")
        assert app.trail.here.view == "runs"
        assert len(app.pane.table.items) == 4
        for sign in "\x1b\x07\u202e\u200b\x00\u3164":
            assert sign not in text
        assert len(text.split("\n")) == 41
