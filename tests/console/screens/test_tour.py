"""Six cards that say what to look at and which key to press, and stand in nobody's way."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentwatch.console import keymap
from agentwatch.console.cells import width_of, width_of_line
from agentwatch.console.keys import BY_ID
from agentwatch.console.panes import PANES
from agentwatch.console.screens.tour import CARDS, LINES, WIDTH, key_of, key_pieces
from agentwatch.filters import parse
from agentwatch.store.queries import TABLES
from tests.console.screens import World, press, screen, shown


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path / "s" / "s.db")
    world.run("pay/refund")
    return world


def test_there_are_six_short_cards() -> None:
    assert len(CARDS) == 6
    for card in CARDS:
        assert max(width_of(text) for text in card.text) <= WIDTH - 3
        assert width_of_line(key_pieces(keymap.defaults(), card)) <= WIDTH - 2


def test_every_card_names_keys_and_a_view_that_there_are() -> None:
    views = {pane.VIEW for pane in PANES}
    for card in CARDS:
        assert card.view in views
        assert all(id in BY_ID for ids, _ in card.keys for id in ids.split())


def test_the_filter_that_a_card_says_to_try_works_in_its_view() -> None:
    text = "state:failing | feed:prod-eu age<5m"
    assert all(part in " ".join(CARDS[3].text) for part in ("state:failing", "feed:prod-eu age<5m"))
    table = TABLES["agents"]
    assert parse(text).sql(table.columns, table.words, 0)


def test_a_rebound_key_is_another_card() -> None:
    rebound = {key: id for key, id in keymap.defaults().items() if id != "freeze"}
    assert key_of(rebound | {"f5": "freeze"}, "freeze") == "f5"
    assert key_of(rebound, "freeze") == ":freeze"


async def test_the_cards_come_one_after_the_other_and_the_view_with_them(
    world: World, tmp_path: Path
) -> None:
    async with shown(world, tmp_path, tour=True) as (_, pilot):
        text = screen(pilot.app)
        for number, card in enumerate(CARDS, 1):
            assert f"┌ {card.title} ─" in text and f"{number} of 6 ┐" in text
            assert f"agentwatch › {card.view}" in text
            text = await press(pilot, ("space", "enter", "l")[number % 3])
        assert "of 6 ┐" not in text
        assert "agentwatch › fleet" in text


async def test_a_card_goes_back_and_ends_where_it_began(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path, tour=True) as (_, pilot):
        assert "1 of 6 ┐" in await press(pilot, "h")
        assert "2 of 6 ┐" in await press(pilot, "space", "x")
        assert "1 of 6 ┐" in await press(pilot, "h")
        text = await press(pilot, "space", "space", "escape")
        assert "of 6 ┐" not in text and "agentwatch › fleet" in text


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_card_veils_neither_the_rows_nor_the_keys(
    world: World, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with shown(world, tmp_path, size, tour=True) as (_, pilot):
        lines = screen(pilot.app).split("\n")
        top = next(at for at, line in enumerate(lines) if "┌ " in line)
        assert top == size[1] - 1 - LINES - 2
        assert "refund" in "\n".join(lines[:top])
        assert "? keys" in lines[size[1] - 1]
