"""What every pane does: it filters, it fails in its own place, it says what may be copied."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentwatch.filters import FilterError
from agentwatch.store.schema import StoreError
from tests.console.screens import World, screen, settled, shown


async def test_a_filter_is_checked_before_the_last_one_goes(tmp_path: Path) -> None:
    world = World(tmp_path / "s.db")
    world.run("shop/one")
    async with shown(world, tmp_path) as (app, _):
        pane = app.pane
        pane.apply_filter("one")
        for bad in ("no:such", "(one", "/[/"):
            with pytest.raises(FilterError):
                pane.apply_filter(bad)
            assert pane.filter_text == "one"
        pane.apply_filter("  ")
        assert (pane.filter, pane.filter_text) == (None, "")


async def test_a_failure_stands_in_the_panes_own_place_until_it_can_answer(tmp_path: Path) -> None:
    world = World(tmp_path / "s.db")
    world.run("shop/one")
    async with shown(world, tmp_path) as (app, pilot):
        app.pane.fail(StoreError("The disk is gone."))
        await pilot.pause()
        assert "! The disk is gone." in screen(app)
        app.pane.fail(KeyError("x"))
        await pilot.pause()
        assert "! KeyError: 'x'" in screen(app)
        world.run("shop/one")
        await settled(pilot)
        assert "KeyError" not in screen(app)


async def test_rows_are_evidence_as_plain_values(tmp_path: Path) -> None:
    world = World(tmp_path / "s.db")
    world.run("shop/one")
    async with shown(world, tmp_path) as (app, _):
        assert [row["agent"] for row in app.pane.facts()] == ["shop/one"]
        assert ("agent", "shop/one") in app.pane.copies()
