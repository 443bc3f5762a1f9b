"""The cursor stays on its item and on its line; what is sent is what changed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.geometry import Region
from textual.pilot import Pilot

from agentwatch.console.evidence import screen_text
from agentwatch.console.layout import Column
from agentwatch.console.live_table import LiveTable, Row, Spec
from tests.console.screens import Host

COLUMNS = (
    Column(id="name", title="NAME", width=10),
    Column(id="value", title="VALUE", width=6, right=True),
)
Item = tuple[str, Any]


def row(item: Item) -> Row:
    if item[1] == "fold":
        return Row({"name": (item[0], "stale")}, (("12 agents", "stale"),), (("l unfold", "dim"),))
    return Row({"name": (item[0], "text"), "value": (str(10 // item[1]), "dim")})


class Watched(LiveTable):
    """A table that remembers what it asked to have drawn, and of which items it made rows."""

    def __init__(self) -> None:
        self.asked: list[Region | None] = []
        self.made: list[str] = []
        super().__init__(Spec(COLUMNS, key=lambda item: item[0], row=self._made), classes="leads")
        self.told: list[Any] = []

    def _made(self, item: Item) -> Row:
        self.made.append(item[0])
        return row(item)

    def refresh(self, *regions: Region, **options: Any) -> Any:
        self.asked += list(regions) or [None]
        return super().refresh(*regions, **options)

    def on_live_table_moved(self, event: LiveTable.Moved) -> None:
        self.told.append(event.edge)

    def on_live_table_leapt(self, event: LiveTable.Leapt) -> None:
        self.told.append("end" if event.end > 0 else "begin")


def items(*names: str, value: Any = 1) -> list[Item]:
    return [(name, value) for name in names]


def many(count: int) -> list[Item]:
    return items(*(f"row-{number:03}" for number in range(count)))


@asynccontextmanager
async def table(shown: list[Item], height: int = 7) -> AsyncIterator[tuple[Watched, Pilot[None]]]:
    widget = Watched()
    async with Host(widget).run_test(size=(30, height)) as pilot:
        widget.show_items(shown)
        await pilot.pause()
        widget.asked.clear()
        widget.made.clear()
        yield widget, pilot


def lines(widget: LiveTable) -> list[str]:
    text: list[str] = screen_text(widget.app).splitlines()  # type: ignore[arg-type]
    return text


def cursor_line(widget: LiveTable) -> int:
    return next(at for at, line in enumerate(lines(widget)) if line.startswith("▌"))


async def test_rows_stand_under_their_headings() -> None:
    async with table([*items("a", "b", value=2), ("f", "fold")]) as (widget, _):
        assert lines(widget) == [
            " NAME        VALUE",
            "▌a               5",
            " b               5",
            " f          12 agen… l unfold",
            "", "", "",
        ]  # fmt: skip


async def test_the_cursor_keeps_its_item_and_its_line_while_rows_come_in_above() -> None:
    async with table(many(20)) as (widget, pilot):
        widget.move(9)
        await pilot.pause()
        assert (widget.current_key, cursor_line(widget)) == ("row-009", 6)
        widget.move(-2)
        await pilot.pause()
        assert cursor_line(widget) == 4
        widget.show_items([*items("new-1", "new-2", "new-3"), *many(20)])
        await pilot.pause()
        assert (widget.current_key, cursor_line(widget)) == ("row-007", 4)
        assert widget.position == "8-13 of 23"


async def test_a_cursor_that_nobody_moved_stays_on_the_first_row() -> None:
    async with table(many(5)) as (widget, pilot):
        assert widget.held_key is None
        widget.show_items([*items("worst"), *many(5)])
        await pilot.pause()
        assert (widget.current_key, cursor_line(widget)) == ("worst", 1)
        widget.move(0)
        assert widget.held_key == "worst"


async def test_the_cursor_on_an_item_that_goes_stays_where_it_was() -> None:
    async with table(many(5)) as (widget, _):
        widget.move(2)
        widget.show_items([item for item in many(5) if item[0] != "row-002"])
        assert str(widget.current_key) == "row-003"
        widget.show_items(many(1))
        assert widget.current_key == "row-000"
        widget.show_items([])
        assert (widget.current, widget.chosen, widget.position) == (None, [], "none")


async def test_only_the_columns_of_changed_rows_are_sent() -> None:
    async with table(items("a", "b", "c", value=2)) as (widget, pilot):
        widget.show_items([("a", 2), ("b", 5), ("c", 2)])
        assert widget.asked == [Region(17, 2, 1, 1)]
        widget.asked.clear()
        widget.show_items([("a", 2), ("b", 5), ("c", 2)])
        widget.redraw()
        assert widget.asked == []
        await pilot.pause()
        assert lines(widget)[2] == " b               2"


async def test_moving_the_cursor_sends_the_two_rows_that_it_leaves_and_enters() -> None:
    async with table(many(5)) as (widget, _):
        widget.move(1)
        assert [(r.y, r.width) for r in widget.asked if r] == [(1, 30), (2, 30)]


async def test_of_a_long_list_only_what_is_seen_is_made() -> None:
    async with table(many(6), height=7) as (widget, pilot):
        widget.show_items(many(500))
        widget.move(250)
        await pilot.pause()
        assert set(widget.made) == {f"row-{at:03}" for at in (*range(6), *range(245, 251))}


@pytest.mark.parametrize(
    ("steps", "key", "position"),
    [
        (["page"], "row-006", "2-7 of 20"),
        (["page", "page", "back"], "row-006", "7-12 of 20"),
        (["last"], "row-019", "15-20 of 20"),
        (["last", "first"], "row-000", "1-6 of 20"),
        (["back"], "row-000", "1-6 of 20"),
        (["page"] * 9, "row-019", "15-20 of 20"),
    ],
)
async def test_pages_and_ends(steps: list[str], key: str, position: str) -> None:
    async with table(many(20)) as (widget, _):
        for step in steps:
            {
                "page": lambda: widget.move(widget.page), "back": lambda: widget.move(-widget.page),
                "first": widget.first, "last": widget.last,
            }[step]()  # fmt: skip
        assert (widget.current_key, widget.position) == (key, position)


async def test_the_pane_hears_of_ends_that_are_not_loaded() -> None:
    async with table(many(60)) as (widget, pilot):
        widget.show_items(many(60), offset=100, total=1000)
        assert widget.position == "101-106 of 1,000"
        assert widget.total == 1000
        widget.move(30)
        widget.last()
        widget.first()
        await pilot.pause()
        assert widget.told == [0, "end", 1, "begin", -1]


async def test_a_table_that_follows_stays_at_its_last_row_until_the_reader_moves() -> None:
    async with table(many(10)) as (widget, _):
        widget.follows = True
        widget.show_items(many(30))
        assert str(widget.current_key) == "row-029"
        widget.move(-1)
        assert not widget.follows
        widget.show_items(many(40))
        assert widget.current_key == "row-028"


async def test_marks_stay_on_their_items() -> None:
    async with table(items("a", "b", "c", "d")) as (widget, pilot):
        widget.mark()
        widget.mark()
        assert widget.current_key == "c"
        widget.show_items(items("z", "d", "b", "a"))
        await pilot.pause()
        assert [line[:2] for line in lines(widget)[1:5]] == [" z", " d", "+b", "+a"]
        assert widget.chosen == items("b", "a")
        widget.move_to_key("a")
        widget.mark()
        assert widget.marked == {"b"}
        assert not widget.move_to_key("gone")


async def test_without_marks_the_row_under_the_cursor_is_chosen() -> None:
    async with table(items("a", "b")) as (widget, _):
        widget.move(1)
        assert widget.chosen == items("b")


async def test_a_fault_is_said_whole_in_place_of_the_rows_and_goes() -> None:
    async with table(many(3)) as (widget, pilot):
        widget.fault = "the store cannot be read: \x1b[2J it is locked by another program"
        widget.redraw()
        await pilot.pause()
        assert lines(widget)[1:5] == [
            " ! the store cannot be read:",
            "   ‹U+001B›[2J it is locked",
            "   by another program",
            "",
        ]
        widget.fault = None
        widget.redraw()
        await pilot.pause()
        assert lines(widget)[1].startswith("▌row-000")


async def test_a_row_that_cannot_be_made_says_so_and_hides_no_other() -> None:
    async with table([("a", 1), ("bad", 0), ("c", 1)]) as (widget, pilot):
        assert [line.strip("▌ ")[:20] for line in lines(widget)[1:4]] == [
            "a              10", "! ZeroDivisionError:", "c              10",
        ]  # fmt: skip
        widget.move(1)
        await pilot.pause()
        assert lines(widget)[2].startswith("▌ ! ZeroDivisionError")


async def test_an_empty_table_says_why() -> None:
    async with table([]) as (widget, pilot):
        assert lines(widget)[1] == " nothing here yet"
        widget.why_empty = "nothing matches"
        widget.redraw()
        await pilot.pause()
        assert lines(widget)[1] == " nothing matches"


async def test_found_words_are_filled_and_no_word_hangs_it() -> None:
    async with table(items("Refund", "other")) as (widget, pilot):
        widget.words = ("fun", "", "o")
        widget.redraw()
        await pilot.pause()
        strip = widget.render_line(1)
        filled = widget.look.style("match", "selection")
        assert [segment.text for segment in strip if segment.style == filled] == ["fun"]
        assert strip.text.startswith("▌Refund ")


async def test_a_smaller_terminal_keeps_the_cursor_in_sight() -> None:
    async with table(many(50), height=20) as (widget, pilot):
        widget.move(15)
        for size in ((30, 6), (12, 3), (30, 30)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert widget.current_key == "row-015"
            assert lines(widget)[cursor_line(widget)].startswith("▌row-015")
            assert all(len(line) <= size[0] for line in lines(widget))


async def test_hidden_columns_make_room() -> None:
    async with table(items("a")) as (widget, pilot):
        widget.hidden = {"value"}
        widget.forget()
        await pilot.pause()
        assert lines(widget)[:2] == [" NAME", "▌a"]
        assert [column.id for column in widget.visible_columns] == ["name"]


async def test_without_the_keys_another_table_shows_no_cursor() -> None:
    first, second = Watched(), Watched()
    second.remove_class("leads")
    async with Host(first, second).run_test(size=(30, 8)) as pilot:
        first.show_items(items("a"))
        second.show_items(items("b"))
        first.focus()
        await pilot.pause()
        assert [line for line in lines(first) if line.startswith("▌")] == ["▌a              10"]
        second.focus()
        await pilot.pause()
        assert "▌b              10" in lines(first)
