"""The keys that move: the cursor, and the reader through views."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentwatch.console.live_table import LiveTable

if TYPE_CHECKING:
    from agentwatch.console.app import Console


def _table(console: Console) -> LiveTable:
    focused = console.focused
    return focused if isinstance(focused, LiveTable) else console.pane.table


def down(console: Console, _: str | None) -> None:
    _table(console).move(1)


def up(console: Console, _: str | None) -> None:
    _table(console).move(-1)


def page_down(console: Console, _: str | None) -> None:
    _table(console).move(_table(console).page)


def page_up(console: Console, _: str | None) -> None:
    _table(console).move(-_table(console).page)


def first(console: Console, _: str | None) -> None:
    _table(console).first()


def last(console: Console, _: str | None) -> None:
    _table(console).last()


def mark(console: Console, _: str | None) -> None:
    _table(console).mark()


def clear_marks(console: Console, _: str | None) -> None:
    table = _table(console)
    table.marked.clear()
    table.redraw()


def back(console: Console, _: str | None) -> None:
    """Take a filter away, else go back one level; never quit."""
    if console.pane.filter_text:
        console.pane.apply_filter("")
    elif console.trail.back():
        console.show_place()


def next_pane(console: Console, _: str | None) -> None:
    """Give the keys to the other table of the view."""
    tables = [table for table in console.pane.query(LiveTable) if table.display]
    if len(tables) > 1:
        focused = _table(console)
        at = tables.index(focused) if focused in tables else 0
        tables[(at + 1) % len(tables)].focus()
