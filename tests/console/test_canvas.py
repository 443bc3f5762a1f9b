"""A canvas sends the columns that changed, and nothing where nothing did."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual.geometry import Region
from textual.pilot import Pilot

from agentwatch.console.canvas import Canvas, Lines
from agentwatch.console.cells import Line
from agentwatch.console.evidence import screen_text
from tests.console.screens import Host


class Watched(Lines):
    """Lines that remember what they asked to have drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Region | None] = []

    def refresh(self, *regions: Region, **options: Any) -> Any:
        if hasattr(self, "asked"):
            self.asked += list(regions) or [None]
        return super().refresh(*regions, **options)


@asynccontextmanager
async def lines(*texts: str) -> AsyncIterator[tuple[Watched, Pilot[None]]]:
    widget = Watched()
    async with Host(widget).run_test(size=(20, 4)) as pilot:
        widget.show_lines([line(text) for text in texts])
        await pilot.pause()
        widget.asked.clear()
        yield widget, pilot


def line(text: str, role: str = "text") -> Line:
    return ((text, role),)


async def test_lines_that_say_the_same_send_nothing() -> None:
    async with lines("one", "two") as (widget, _):
        widget.show_lines([line("one"), line("two")])
        widget.show_lines([(("o", "text"), ("ne", "text")), line("two")])
        widget.redraw()
        assert widget.asked == []


async def test_only_the_columns_that_differ_are_sent() -> None:
    async with lines("agent 3s idle", "other") as (widget, pilot):
        widget.show_lines([line("agent 4s idle"), line("other")])
        assert widget.asked == [Region(6, 0, 1, 1)]
        await pilot.pause()
        assert screen_text(pilot.app).splitlines()[0] == "agent 4s idle"  # type: ignore[arg-type]


async def test_another_ground_sends_the_whole_line() -> None:
    async with lines("one") as (widget, _):
        widget._ground = "panel"
        widget.redraw()
        assert [region.width for region in widget.asked if region] == [20] * 4


async def test_a_line_that_is_gone_is_cleared() -> None:
    async with lines("one", "two") as (widget, pilot):
        widget.show_lines([line("one")])
        await pilot.pause()
        assert screen_text(pilot.app).splitlines() == ["one", "", "", ""]  # type: ignore[arg-type]
        assert widget.asked == [Region(0, 1, 3, 1)]


async def test_another_size_draws_everything_anew() -> None:
    async with lines("x" * 60, "two") as (widget, pilot):
        await pilot.resize_terminal(30, 3)
        await pilot.pause()
        assert None in widget.asked
        shown = screen_text(pilot.app).splitlines()  # type: ignore[arg-type]
        assert shown == ["x" * 29 + "…", "two", ""]


async def test_a_canvas_says_nothing_of_itself() -> None:
    try:
        Canvas().line(0, 10)
    except NotImplementedError:
        return
    raise AssertionError("a canvas without lines drew one")
