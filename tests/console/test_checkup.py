"""The doctor looks while its rows are seen, on a thread of its own, at most every half minute."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agentwatch.console import checkup
from agentwatch.console.checkup import Checkup
from agentwatch.console.session import Session
from agentwatch.doctor import Check
from tests.console.screens import World, press, screen, settled, shown


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "s" / "s.db")


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    calls: list[dict[str, Any]] = []

    def checks(*_: Any, **more: Any) -> list[Check]:
        calls.append(more)
        return [Check("disk", "warning", f"look {len(calls)}", "free some")]

    monkeypatch.setattr(checkup, "checks", checks)
    return calls


async def test_rows_come_to_the_view_that_shows_them_and_no_secret_command_runs(
    world: World, tmp_path: Path, looked: list[dict[str, Any]]
) -> None:
    async with shown(world, tmp_path, session=Session(view="feeds")) as (app, pilot):
        one = Checkup()
        looked.clear()
        one.look(app)
        await settled(pilot)
        assert "^  disk" in screen(app) and "→ free some" in screen(app)
        assert looked == [{"run_commands": False}]


async def test_it_looks_again_after_half_a_minute_and_not_before(
    world: World, tmp_path: Path, looked: list[dict[str, Any]]
) -> None:
    async with shown(world, tmp_path, session=Session(view="feeds")) as (app, pilot):
        one = Checkup()
        counts = []
        for seconds in (0.0, 29.0, 1.0):
            world.clock.advance(seconds)
            looked.clear()
            one.look(app)
            await app.workers.wait_for_complete()
            counts.append(len(looked))
        await settled(pilot)
        assert counts == [1, 0, 1]


async def test_it_does_not_look_for_another_view_nor_while_frozen(
    world: World, tmp_path: Path, looked: list[dict[str, Any]]
) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        one = Checkup()
        one.look(app)
        await press(pilot, "0", "space")
        looked.clear()
        one.look(app)
        await settled(pilot)
        assert looked == []


async def test_a_doctor_that_fails_is_a_row_and_the_console_lives_on(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def checks(*_: Any, **__: Any) -> list[Check]:
        raise OSError("the disk is gone")

    monkeypatch.setattr(checkup, "checks", checks)
    async with shown(world, tmp_path, session=Session(view="feeds")) as (app, pilot):
        Checkup().look(app)
        await settled(pilot)
        assert "OSError: the disk is gone" in screen(app)
        assert "agentwatch › fleet" in await press(pilot, "1")
