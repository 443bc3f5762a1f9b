"""The demo world in; pictures of the running console out: `make pictures` writes docs/pictures.

The world, its recorder and the console are the real ones; only the keys are pressed by Textual's
pilot. Fonts are left to whoever looks: a picture fetches nothing.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from pathlib import Path

from agentwatch.cli.launch import start_recorder
from agentwatch.clock import now_ns
from agentwatch.console import keymap, themes
from agentwatch.console.app import Console
from agentwatch.console.glyphs import UTF8
from agentwatch.console.look import Look
from agentwatch.console.session import Session
from agentwatch.console.settings import Settings
from agentwatch.demo.world import demo_world

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
WATCHED_S = 66.0
"""By then one agent fails, one loops, and a feed has just fallen silent."""

SIZES = {"80x24": (80, 24), "120x40": (120, 40), "200x60": (200, 60)}
VIEWS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("fleet", "80x24", ("j",)),
    ("fleet", "120x40", ("j",)),
    ("fleet", "200x60", ("j",)),
    ("activity", "120x40", ("3",)),
    ("runs", "120x40", ("slash", *"refund-desk-eu-03", "enter", "enter")),
    ("feeds", "120x40", ("0",)),
    ("find", "120x40", ("f", *"order 55-20", "enter")),
    ("help", "120x40", ("question_mark",)),
)
"""What it is, how large, and the keys that lead there from the fleet."""

_FONT = re.compile(r"@font-face\s*\{.*?\}", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_FAMILY = re.compile(r'font-family:\s*"?Fira Code"?,?\s*monospace|font-family:\s*Fira Code[^;]*')


async def main() -> int:
    """Watch the demo for a while, then draw every view, and the fleet in every theme."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store, config = folder / "s" / "demo.db", folder / "config.toml"
        async with demo_world() as feeds:
            config.write_text(
                "".join(f'[[feed]]\nname = "{feed}"\nurl = "{url}"\n' for feed, url in feeds)
            )
            recorder = start_recorder(store, ["--config", str(config), "record"])
            try:
                await asyncio.sleep(WATCHED_S)
                for view, size, keys in VIEWS:
                    await _draw(folder, store, f"{view}-{size}", SIZES[size], "night", keys)
                for theme in themes.BUNDLED:
                    await _draw(folder, store, f"theme-{theme}", SIZES["120x40"], theme, ("j",))
            finally:
                recorder.terminate()
                await asyncio.to_thread(recorder.wait, 30)
    return 0


async def _draw(
    folder: Path, store: Path, name: str, size: tuple[int, int], theme: str, keys: tuple[str, ...]
) -> None:
    console = Console(
        Settings(
            store=store,
            clock=now_ns,
            look=Look(themes.load(themes.bundled(theme)), UTF8),
            config_folder=folder,
            state_folder=folder,
            keymap=keymap.defaults(),
            session=Session(),
            badges=("DEMO",),
        )
    )
    async with console.run_test(size=size) as pilot:
        await pilot.pause(1.5)
        for key in keys:
            await pilot.press(key)
        await pilot.pause(2.0)
        picture = console.export_screenshot(title="agentwatch")
    path = FOLDER / f"{name}.svg"
    path.write_text(plain(picture), encoding="utf-8")
    print(f"{path.stat().st_size:>8,} bytes  docs/pictures/{path.name}")


def plain(picture: str) -> str:
    """Return an SVG that names no font to fetch and keeps its blanks wherever it is shown."""
    picture = _COMMENT.sub("", _FONT.sub("", picture))
    picture = _FAMILY.sub("font-family: monospace", picture)
    picture = picture.replace("<text ", '<text xml:space="preserve" ')
    return "\n".join(line.rstrip() for line in picture.splitlines() if line.strip()) + "\n"


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
