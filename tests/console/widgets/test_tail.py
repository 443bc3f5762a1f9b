"""The tail: it follows, stands still when the reader moves away, and pages back without end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agentwatch.console.panes.activity import ActivityPane
from agentwatch.console.widgets.tail import Tail
from tests.console.busy import busy
from tests.console.screens import World, assert_golden, line_of, press, screen, settled, shown

SIZES = [(80, 24), (120, 40), (200, 60)]
LINES = {80: 5, 120: 9, 200: 11}
"""Lines of the fleet's tail by the width of the screen, its rule included."""


def tail_of(app: Any) -> Tail:
    return app.pane.query_one(Tail)  # type: ignore[no-any-return]


def many(folder: Path, count: int = 200) -> World:
    world = World(folder / "s" / "store.db")
    world.write(*(world.span(f"agent-{number:03d}") for number in range(count)))
    return world


def rows(app: Any) -> list[str]:
    """The lines of the tail."""
    text = screen(app).split("\n")
    at = line_of(screen(app), "─ SPANS")
    return [line[10:20].strip() for line in text[at + 1 : -3]]


@pytest.mark.parametrize("size", SIZES)
async def test_the_tail_stands_at_the_bottom_of_the_fleet(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with shown(busy(tmp_path / "s" / "store.db"), tmp_path, size) as (app, _):
        text = screen(app)
        at = line_of(text, "─ ACTIVITY  follow")
        rule = "\n".join(text.split("\n")[at : at + LINES[size[0]]])
        assert_golden(f"fleet-tail-{size[0]}x{size[1]}", rule + "\n")


async def test_it_follows_what_comes(tmp_path: Path) -> None:
    world = many(tmp_path)
    async with shown(world, tmp_path) as (app, pilot):
        await press(pilot, "3")
        assert rows(app)[-1] == "agent-199"
        world.run("agent-new")
        await settled(pilot)
        assert rows(app)[-1] == "agent-new"


async def test_it_stands_still_while_the_reader_is_away_and_says_what_came(tmp_path: Path) -> None:
    world = many(tmp_path)
    async with shown(world, tmp_path) as (app, pilot):
        await press(pilot, "3", "tab", "k")
        before = rows(app)
        for _ in range(3):
            world.run("agent-new")
        await settled(pilot)
        assert rows(app) == before
        assert "+3 new  F follow" in screen(app)
        await press(pilot, "F")
        assert rows(app)[-1] == "agent-new"
        assert "─ SPANS  follow" in screen(app)


async def test_a_reader_pages_back_to_the_first_row_and_forth_to_the_last(tmp_path: Path) -> None:
    async with shown(many(tmp_path), tmp_path) as (app, pilot):
        await press(pilot, "3", "tab")
        seen: set[str] = set(rows(app))
        for _ in range(14):
            await press(pilot, "pageup")
            seen.update(rows(app))
        assert len(seen) == 200
        assert rows(app)[0] == "agent-000"
        for _ in range(14):
            await press(pilot, "pagedown")
        assert rows(app)[-1] == "agent-199"


async def test_g_leaps_to_the_first_row_of_all_and_shift_g_follows_again(tmp_path: Path) -> None:
    async with shown(many(tmp_path), tmp_path) as (app, pilot):
        await press(pilot, "3", "tab", "g")
        assert rows(app)[0] == "agent-000"
        assert "+183 new" in screen(app)
        await press(pilot, "G")
        assert rows(app)[-1] == "agent-199"
        assert tail_of(app).table.follows


async def test_a_frozen_tail_stands_still_even_when_the_reader_pages(tmp_path: Path) -> None:
    world = many(tmp_path)
    async with shown(world, tmp_path) as (app, pilot):
        await press(pilot, "3", "space")
        world.run("agent-new")
        await press(pilot, "tab", "g", "G")
        assert rows(app)[-1] == "agent-199"
        await press(pilot, "space")
        assert rows(app)[-1] == "agent-new"


async def test_a_row_offers_its_whole_values_to_copy(tmp_path: Path) -> None:
    async with shown(busy(tmp_path / "s" / "store.db"), tmp_path) as (app, pilot):
        await press(pilot, "3", "tab", "G")
        copies = dict(app.pane.copies())
        assert (copies["agent"], copies["subject"], copies["gave"]) == (
            "fraud-score-01", "R-031 v7", "pass",
        )  # fmt: skip
        assert isinstance(app.pane, ActivityPane)
        assert copies["filter"] == f"trace:{copies['run']}"
