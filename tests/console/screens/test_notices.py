"""What could not be used at the start is said whole, and any key goes on."""

from __future__ import annotations

from pathlib import Path

from tests.console.screens import World, press, screen, shown

TOLD = "/config/keymap.toml, line 3: there is no action 'freez'; did you mean 'freeze'."


async def test_every_notice_is_said_and_a_key_goes_on(tmp_path: Path) -> None:
    world = World(tmp_path / "s.db")
    world.run("shop/one")
    async with shown(world, tmp_path, (80, 24), notices=[TOLD, "Another."]) as (app, pilot):
        told = " ".join(screen(app).split())
        assert "did you mean 'freeze'." in told
        assert "Another." in told
        await press(pilot, "space")
        assert "freez" not in screen(app).replace("freeze", "")
