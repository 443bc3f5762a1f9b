"""A value is found wherever it stands, and enter leads to its run."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentwatch.model import Facts
from agentwatch.untrusted import mend
from tests.console.screens import World, line_of, press, screen, shown
from tests.terminal import HOSTILE, leaks


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path / "s.db")
    made.run("shop/tracker", attributes={"gen_ai.tool.call.arguments": '{"order":"55-20417"}'})
    made.run(
        "pay/refunds",
        attributes={"gen_ai.tool.call.arguments": '{"order":"55-20417","amount":240}'},
        facts=Facts(effect="irreversible"),
    )
    made.run("pay/refunds", attributes={"gen_ai.tool.call.arguments": '{"order":"55-99999"}'})
    return made


async def test_every_place_that_holds_the_value_is_a_row(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        text = await press(pilot, "f", *"55-20417", "enter")
        assert len(app.pane.table.items) == 2
        assert "2 hits in 2 agents, 2 runs" in text
        row = text.split("\n")[line_of(text, "irrev")]
        assert "refunds" in row
        assert '"55-20417","amount":240' in row
        assert ("value", "55-20417") in app.pane.copies()


async def test_enter_leads_to_the_run_alone_and_esc_back(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        await press(pilot, "f", *"55-20417", "enter")
        wanted = app.pane.table.items[0].trace_id
        await press(pilot, "enter")
        assert app.trail.here.view == "runs"
        assert [run["trace_id"] for run in app.pane.table.items] == [wanted]
        await press(pilot, "escape", "escape")
        assert app.trail.here.view == "find"


async def test_nothing_found_and_too_little_to_look_for_are_said(
    world: World, tmp_path: Path
) -> None:
    async with shown(world, tmp_path) as (_, pilot):
        assert "nothing that was kept holds '77-11111'" in await press(
            pilot, "f", *"77-11111", "enter"
        )
        assert "3 characters" in await press(pilot, "f", *"55", "enter")


async def test_what_was_not_searched_is_named(world: World, tmp_path: Path) -> None:
    world.connection.execute(
        "INSERT INTO gaps (feed_id, since_ns, until_ns, reason) VALUES (1, ?, ?, 'cut')",
        (world.clock(), world.clock()),
    )
    async with shown(world, tmp_path) as (_, pilot):
        text = await press(pilot, "f", *"55-20417", "enter")
        assert "NOT SEARCHED" in text
        assert "a time nobody saw, prod" in text


async def test_hostile_text_stays_text(tmp_path: Path) -> None:
    world = World(tmp_path / "s.db")
    for text in HOSTILE:
        world.run("shop/one", attributes={"note": mend(f"needle {text}")})
    async with shown(world, tmp_path) as (_, pilot):
        text = await press(pilot, "f", *"needle", "enter")
        assert not leaks(text)
        assert "needle" in screen(pilot.app)
