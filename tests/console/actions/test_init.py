"""Every action that the registry names does something, here or in a pane."""

from __future__ import annotations

from pathlib import Path

from agentwatch.console.actions import RUN, run_action
from agentwatch.console.keys import ACTIONS
from agentwatch.console.panes import PANES
from tests.console.screens import World, screen, shown


def test_every_action_of_the_registry_has_a_meaning() -> None:
    def in_a_pane(name: str) -> bool:
        return any(hasattr(pane, f"act_{name}") for pane in PANES)

    assert not [a.id for a in ACTIONS if a.id not in RUN and not in_a_pane(a.id)]


async def test_what_has_no_meaning_does_nothing(tmp_path: Path) -> None:
    world = World(tmp_path / "s.db")
    world.run("shop/one")
    async with shown(world, tmp_path) as (app, _):
        before = screen(app)
        await run_action(app, "no_such_action")
        assert screen(app) == before
