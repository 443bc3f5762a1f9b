"""What is typed below the screen: every letter is told, and nothing hostile is pasted in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual import events
from textual.app import ComposeResult
from textual.pilot import Pilot

from agentwatch.console.evidence import screen_text
from agentwatch.console.prompt import Prompt
from tests.console.screens import Host
from tests.terminal import HOSTILE, leaks


class Asking(Host):
    """A prompt, and what it told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[str, str, str]] = []
        self.prompt = Prompt()

    def compose(self) -> ComposeResult:
        yield self.prompt

    def on_prompt_told(self, event: Prompt.Told) -> None:
        self.told.append((event.purpose, event.how, event.text))


@asynccontextmanager
async def asking(purpose: str, text: str = "") -> AsyncIterator[tuple[Asking, Pilot[None]]]:
    app = Asking()
    async with app.run_test(size=(30, 2)) as pilot:
        app.prompt.open(purpose, text)
        await pilot.pause()
        yield app, pilot


async def test_every_letter_enter_tab_and_esc_are_told() -> None:
    async with asking("filter") as (app, pilot):
        await pilot.press("a", "b", "tab", "enter", "escape")
        assert app.told == [
            ("filter", "typed", "a"), ("filter", "typed", "ab"), ("filter", "completed", "ab"),
            ("filter", "entered", "ab"), ("filter", "left", "ab"),
        ]  # fmt: skip


async def test_opening_with_a_text_tells_nothing_and_stands_behind_it() -> None:
    async with asking("filter", "state:") as (app, pilot):
        assert app.told == []
        await pilot.press("x")
        assert app.told == [("filter", "typed", "state:x")]


async def test_its_first_sign_says_what_it_is_for() -> None:
    for purpose, sign in (("filter", "/"), ("commands", ":"), ("find", "f")):
        async with asking(purpose, "abc") as (app, _):
            assert screen_text(app).splitlines()[0] == f" {sign} abc"  # type: ignore[arg-type]


async def test_what_is_pasted_is_typed_as_it_is_shown() -> None:
    async with asking("find") as (app, pilot):
        for text in HOSTILE[::3]:
            app.prompt.value = ""
            app.prompt.post_message(events.Paste(text))
            await pilot.pause()
            assert leaks(app.prompt.value) == []
            assert leaks(screen_text(app)) == []  # type: ignore[arg-type]
        assert app.prompt.value


async def test_only_the_first_line_is_pasted() -> None:
    async with asking("find") as (app, pilot):
        app.prompt.post_message(events.Paste("order 55-20417\nrm -rf /\n"))
        await pilot.pause()
        assert app.prompt.value == "order 55-20417"


async def test_a_text_longer_than_the_line_keeps_its_end_in_sight() -> None:
    async with asking("filter", "0123456789" * 5 + "END") as (app, _):
        line = screen_text(app).splitlines()[0]  # type: ignore[arg-type]
        assert line.startswith(" / ")
        assert "END" in line
        assert len(line) <= 30
