"""Columns and a width in, where each column stands out: what fits, by priority. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from agentwatch.console.cells import Cut


class Column(Struct, frozen=True, kw_only=True):
    """One column of a live table."""

    id: str
    title: str
    width: int
    """Cells at least."""
    grow: int = 0
    """Cells that it may take beyond its width, where there is room."""
    right: bool = False
    cut: Cut = "end"
    """Which end of a text gives way: the end of names, the middle of ids and paths."""
    rank: int = 0
    """The higher goes first when it gets narrow."""
    gap: int = 1
    """Cells between it and the column on its left."""
    sorts: bool = False
    fixed: bool = False
    """Always shown: `c` cannot hide it."""


class Placed(Struct, frozen=True):
    """A column, where it begins and how wide it is."""

    column: Column
    x: int
    width: int


def lay_out(
    columns: Sequence[Column], width: int, hidden: Iterable[str] = (), margin: int = 1
) -> list[Placed]:
    """Return the columns that fit into `width`, in their own order, the rest of the room shared."""
    hidden = set(hidden)
    offered = [column for column in columns if column.fixed or column.id not in hidden]
    shown: list[Column] = []
    for wanted in sorted(offered, key=lambda column: column.rank):
        more = [column for column in offered if column is wanted or column in shown]
        if _cells(more) > width - 2 * margin and shown:
            break
        shown = more
    room = width - 2 * margin - _cells(shown)
    extra = {column.id: 0 for column in shown}
    for column in shown:
        extra[column.id] = max(0, min(column.grow, room))
        room -= extra[column.id]
    placed, x = [], margin
    for number, column in enumerate(shown):
        x += column.gap if number else 0
        placed.append(Placed(column, x, column.width + extra[column.id]))
        x += placed[-1].width
    return placed


def _cells(columns: Sequence[Column]) -> int:
    """Return how many cells columns take; on the left of the first there is no gap."""
    gaps = sum(column.gap for column in columns[1:])
    return gaps + sum(column.width for column in columns)
