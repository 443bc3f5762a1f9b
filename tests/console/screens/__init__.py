"""A small fleet in a real store, and the console over it; what stands on its screen out.

Other tests use this too: `World` writes through the real writer at a time that stands still,
`shown` runs the console over it, `settled` waits until the store's news have come to the screen.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual import events
from textual.app import App, ComposeResult
from textual.keys import _character_to_key, key_to_character
from textual.pilot import Pilot
from textual.widget import Widget

from agentwatch.attribution import agent_key
from agentwatch.clock import NS_PER_S, FakeClock
from agentwatch.console import keymap, themes
from agentwatch.console.app import Console
from agentwatch.console.evidence import screen_text
from agentwatch.console.glyphs import UTF8
from agentwatch.console.look import Look
from agentwatch.console.session import Session
from agentwatch.console.settings import Settings
from agentwatch.kpi.prices import Prices
from agentwatch.model import Records, Resource, Span, Usage
from agentwatch.store.masking import Mask
from agentwatch.store.schema import open_store
from agentwatch.store.writer import Writer
from agentwatch.untrusted import Redactor

GOLDEN = Path(__file__).parents[1] / "golden"
REWRITE = "AGENTWATCH_GOLDEN"
"""Set to `write`, the golden screens are written anew instead of compared; read the difference."""


class World:
    """A store that a recorder seems to be writing, at a time that stands still."""

    def __init__(self, path: Path, clock: FakeClock | None = None) -> None:
        self.path = path
        self.clock = clock or FakeClock()
        self.connection = open_store(path)
        self.feeds: dict[str, int] = {}
        self._writer = Writer(
            self.connection,
            key_of=lambda resource, name, agent_id: agent_key(resource, None, name, agent_id),
            prices=Prices({"m": (1.0, 2.0, 1.0, 1.0)}),
            mask=Mask(Redactor()),
        )
        self._next = 1
        self.feed("prod")
        self.beat()

    def feed(self, name: str, state: str = "live", interval_s: float | None = 2.0) -> int:
        """Bring a feed that has just been heard, or let its state be another."""
        self.connection.execute(
            "INSERT INTO feeds (name, url, kind, clock, state, last_frame_ns, interval_s) "
            "VALUES (:name, 'ws://127.0.0.1:1/', 'agents', 'wall', :state, :now, :interval) "
            "ON CONFLICT (name) DO UPDATE SET state = :state, interval_s = :interval, "
            "last_frame_ns = CASE :state WHEN 'live' THEN :now ELSE last_frame_ns END",
            {"name": name, "state": state, "now": self.clock(), "interval": interval_s},
        )
        found = self.connection.execute("SELECT id FROM feeds WHERE name = ?", (name,)).fetchone()
        self.feeds[name] = int(found[0])
        return self.feeds[name]

    def beat(self) -> None:
        """Let the recorder give a sign of life."""
        beat = {"pid": 1, "started_ns": self.clock(), "heartbeat_ns": self.clock()}
        self.connection.execute(
            "INSERT INTO meta (key, value) VALUES ('recorder', ?) "
            "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (json.dumps(beat),),
        )

    def advance(self, seconds: float) -> None:
        """Let time go on while the recorder lives and every live feed is heard."""
        self.clock.advance(seconds)
        self.beat()
        self.connection.execute(
            "UPDATE feeds SET last_frame_ns = ? WHERE state = 'live'", (self.clock(),)
        )

    def write(self, *spans: Span, feed: str = "prod") -> None:
        """Store spans that have just come, in one commit."""
        now_ns = self.clock()
        self._writer.begin(now_ns)
        self._writer.add(self.feeds[feed], Records(spans=list(spans)), now_ns)
        self._writer.commit()

    def run(self, agent: str, *, feed: str = "prod", **more: Any) -> Span:
        """Let an agent end a run of one call, a second long; `end_ns=None`: it goes on."""
        span = self.span(agent, **more)
        self.write(span, feed=feed)
        return span

    def span(self, agent: str, **more: Any) -> Span:
        """Return a root span of an agent in a run of its own."""
        number, self._next = self._next, self._next + 1
        now_ns = self.clock()
        version = more.pop("version", "1.4.2")
        resource = Resource(
            attributes={"service.name": agent, "service.version": version},
            service=agent, service_name=agent, service_version=version,
        )  # fmt: skip
        given: dict[str, Any] = {
            "trace_id": f"{number:032x}",
            "span_id": f"{number:016x}",
            "parent_span_id": None,
            "name": "chat m",
            "operation": "chat",
            "state": "unset",
            "start_ns": now_ns - NS_PER_S,
            "end_ns": now_ns,
            "resource": resource,
            "attributes": {"gen_ai.operation.name": "chat"},
            "request_model": "m",
            "usage": Usage(input_tokens=412, output_tokens=64),
        }
        return Span(**(given | more))


def settings_of(world: World, folder: Path, **more: Any) -> Settings:
    """Return what the console starts with, in the default theme; `folder` holds its files."""
    given: dict[str, Any] = {
        "store": world.path,
        "clock": world.clock,
        "look": Look(themes.load(themes.bundled("night")), UTF8),
        "config_folder": folder / "config",
        "state_folder": folder / "state",
        "keymap": keymap.defaults(),
        "session": Session(),
    }
    return Settings(**(given | more))


class Host(App[None]):
    """A bare app around widgets of the console, in the default theme."""

    def __init__(self, *widgets: Widget) -> None:
        super().__init__()
        self.look = Look(themes.load(themes.bundled("night")), UTF8)
        self._widgets = widgets

    def compose(self) -> ComposeResult:
        yield from self._widgets


@asynccontextmanager
async def shown(
    world: World, folder: Path, size: tuple[int, int] = (120, 40), **more: Any
) -> AsyncIterator[tuple[Console, Pilot[Any]]]:
    """Run the console over a store; when the block begins the first answer stands on the screen."""
    app = Console(settings_of(world, folder, **more))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        yield app, pilot


async def settled(pilot: Pilot[Any]) -> None:
    """Wait until what is in the store has come to the screen."""
    app: Any = pilot.app
    await pilot.pause()
    for _ in range(2):  # the first may have begun before the last commit
        await app.workers.wait_for_complete()
        app.look_for_news()
        await app.workers.wait_for_complete()
    await pilot.pause()


async def press(pilot: Pilot[Any], *keys: str) -> str:
    """Press keys one after the other; return the screen after their effect."""
    app: Any = pilot.app
    for key in keys:
        if key == "ctrl+c":  # waits for no other
            await pilot.press(key)
            continue
        name = _character_to_key(key) if len(key) == 1 and not key.isalnum() else key
        sent = app.keys.number
        app.post_message(events.Key(name, key if len(key) == 1 else key_to_character(name)))
        async with asyncio.timeout(10):
            while app.is_running and (app.keys.number == sent or app.keys.busy):
                await asyncio.sleep(0.001)
        await app.workers.wait_for_complete()
    await settled(pilot)
    return screen(pilot.app)


def screen(app: Any) -> str:
    """Return what stands on the screen, as a reader sees it."""
    return screen_text(app)


def line_of(text: str, part: str) -> int:
    """Return the number of the first line that holds a text; it must be there."""
    lines = text.split("\n")
    found = [at for at, line in enumerate(lines) if part in line]
    assert found, f"{part!r} is not on the screen:\n{text}"
    return found[0]


def assert_golden(name: str, text: str) -> None:
    """Compare a screen with the one that was read and found right: golden/NAME.txt."""
    path = GOLDEN / f"{name}.txt"
    if os.environ.get(REWRITE) == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), f"{name} differs; {REWRITE}=write renews it"
