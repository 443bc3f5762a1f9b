"""The card beside the fleet: of the agent under the cursor, at once and cheaply."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agentwatch.console.glyphs import ASCII
from agentwatch.console.look import Look
from agentwatch.console.panes.fleet import FleetPane
from agentwatch.console.themes import bundled, load
from agentwatch.console.widgets.card import LASTS_NS, AgentCard
from agentwatch.model import Resource
from tests.console.fleet_of_cards import AGENT, fleet_of_cards, resource
from tests.console.screens import World, assert_golden, press, screen, settled, shown

HOSTILE = "\x1b]0;owned\x07\x1b[2J[/]\u202eexe\u200b\x00\n[bold]\u3164" * 3
OTHER = "pricing/price-sync-02"


def store(folder: Path) -> Path:
    return folder / "s" / "store.db"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return fleet_of_cards(store(tmp_path))


def card_of(app: Any) -> AgentCard:
    assert isinstance(app.pane, FleetPane)
    return app.pane.query_one(AgentCard)


def right_of(text: str) -> str:
    """Return what stands in the card."""
    lines = [line.replace("├", "│", 1) for line in text.split("\n")]
    return "\n".join(line.partition("│")[2] for line in lines)


@pytest.mark.parametrize("size", [(120, 40), (200, 60)])
async def test_a_card_stands_as_it_was_read_and_found_right(
    world: World, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with shown(world, tmp_path, size) as (app, _):
        assert_golden(f"card-{size[0]}x{size[1]}", screen(app))


async def test_a_terminal_without_utf8_sees_the_same(world: World, tmp_path: Path) -> None:
    look = Look(load(bundled("night")), ASCII)
    async with shown(world, tmp_path, look=look) as (app, _):
        assert screen(app).isascii()
        assert_golden("card-120x40-ascii", screen(app))


async def test_there_is_no_card_where_there_is_no_room(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path, (119, 40)) as (app, pilot):
        assert not card_of(app).display
        assert card_of(app).about is None
        await pilot.resize_terminal(120, 40)
        await settled(pilot)
        assert card_of(app).about == AGENT


async def test_the_card_goes_with_the_cursor(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        assert card_of(app).about == AGENT
        assert "price-sync-02" in right_of(await press(pilot, "j"))
        assert "refund-bot-03" in right_of(await press(pilot, "k"))


async def test_moving_the_cursor_does_not_read_the_fleet_anew(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        pane: Any = app.pane
        fleet = pane._fleet
        await pilot.press("j")
        await pilot.pause()
        await app.workers.wait_for_complete()
        assert pane._fleet is fleet
        assert card_of(app).about == OTHER


async def test_while_frozen_the_cursor_moves_and_the_fleet_stands_still(
    world: World, tmp_path: Path
) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        await press(pilot, "space")
        world.advance(1)
        world.run("another-01")
        assert "another-01" not in await press(pilot, "j")
        assert card_of(app).about == OTHER


async def test_runs_come_at_once_and_figures_every_few_seconds(
    world: World, tmp_path: Path
) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        assert "n 13, 1 h" in right_of(screen(app))
        run = world.run(AGENT, trace_id="c0de".ljust(32, "0"), resource=resource())
        await settled(pilot)
        text = right_of(screen(app))
        assert f"{run.trace_id[:4]}…" in text
        assert "n 13, 1 h" in text
        world.advance(LASTS_NS / 1e9 + 1)
        world.run(AGENT, resource=resource())
        await settled(pilot)
        assert "n 15, 1 h" in right_of(screen(app))


async def test_an_idle_card_stands_still(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        before = screen(app)
        await settled(pilot)
        assert screen(app) == before


async def test_a_folded_feed_says_that_nothing_is_seen(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (_, pilot):
        world.feed("prod", "stale")
        world.clock.advance(100)
        world.beat()
        await settled(pilot)
        text = right_of(await press(pilot, "g"))
        assert "silent for" in text
        assert "2 agents" in text


async def test_what_cannot_be_read_is_said_in_the_card_and_the_fleet_lives_on(
    world: World, tmp_path: Path
) -> None:
    world.connection.execute("UPDATE events SET content = x'c1' WHERE kind = 'evaluation'")
    async with shown(world, tmp_path) as (app, _):
        text = screen(app)
        assert "! " in right_of(text)
        assert "LAST RUNS" not in text
        assert "price-sync-02" in text
        assert app.pane.table.fault is None


async def test_hostile_text_neither_moves_nor_hides_anything(tmp_path: Path) -> None:
    world = World(store(tmp_path))
    hostile = Resource(
        attributes={}, service=HOSTILE, service_name=HOSTILE, service_version=HOSTILE,
        claimed_identities=(HOSTILE, f"x509:{HOSTILE}"),
    )  # fmt: skip
    for operation in ("retrieval", "execute_tool", "invoke_agent"):
        world.run(
            HOSTILE, resource=hostile, operation=operation, tool=HOSTILE, data_source=HOSTILE,
            request_model=HOSTILE, name=HOSTILE, usage=None,
        )  # fmt: skip
    async with shown(world, tmp_path, (200, 60)) as (app, _):
        text = screen(app)
        assert "LAST RUN" in text
        for sign in "\x1b\x07\u202e\u200b\x00\u3164":
            assert sign not in text
        dividers = {line.index("│") for line in text.split("\n") if "│" in line}
        assert len(dividers) == 1
