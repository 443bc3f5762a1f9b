"""Items of a query in, a table that a keyboard walks through out. Only visible rows are made.

An item is whatever the pane's query gives; `Spec` says what it looks like. The cursor stays on its
item wherever that moves, and keeps its line on the screen while rows come in above it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from textual.message import Message

from agentwatch.console.canvas import Canvas, Drawn
from agentwatch.console.cells import Line, Piece, fit_line, spread
from agentwatch.console.layout import Column, Placed, lay_out
from agentwatch.untrusted import show

Cell = Piece | Line
HEADING = 1


@dataclass(frozen=True)
class Row:
    """What an item looks like: a cell for each column id, and where it is more than cells.

    `note` takes the place of the columns after the last one that has a cell, with `note_right` at
    its right end: folded lines and gaps say something in place of their values.
    """

    cells: Mapping[str, Cell]
    note: Line = ()
    note_right: Line = ()


@dataclass(frozen=True)
class Spec:
    """How items become rows."""

    columns: Sequence[Column]
    key: Callable[[Any], Hashable]
    row: Callable[[Any], Row]
    empty: str = "nothing here yet"
    heading: bool = True


@dataclass
class _Shown:
    items: Sequence[Any] = ()
    at: dict[Hashable, int] = field(default_factory=dict)
    offset: int = 0
    total: int = 0
    more: bool = False


class LiveTable(Canvas, can_focus=True):
    """A table on the line API."""

    class Moved(Message):
        """The cursor is on another item; `edge` says which end of the loaded rows it nears."""

        def __init__(self, table: LiveTable, edge: int = 0) -> None:
            super().__init__()
            self.table = table
            self.edge = edge

    class Leapt(Message):
        """The reader wants the first (-1) or the last (1) row of all."""

        def __init__(self, table: LiveTable, end: int) -> None:
            super().__init__()
            self.table = table
            self.end = end

    def __init__(self, spec: Spec, **options: Any) -> None:
        super().__init__(**options)
        self.spec = spec
        self.hidden: set[str] = set()
        self.marked: set[Hashable] = set()
        self.sorted_by: str | None = None
        self.descending = False
        self.can_follow = False
        """It grows at its end: a tail."""
        self.follows = False
        """Stay at the last row as rows come in."""
        self.fault: str | None = None
        """Why there is nothing new to show: said in place of the rows."""
        self.why_empty: str | None = None
        """Why there is no row, where it is not for the reason that the spec gives."""
        self.words: Sequence[str] = ()
        """What a filter looks for: filled where it is found."""
        self._shown = _Shown()
        self._cursor = 0
        self._walked = False
        """The reader has put the cursor somewhere; until then it stays on the first row."""
        self._top = 0
        self._layout: tuple[int, frozenset[str], list[Placed]] | None = None

    # -- what is shown -------------------------------------------------------------------------

    def show_items(
        self,
        items: Sequence[Any],
        offset: int = 0,
        total: int | None = None,
        more: bool = False,
    ) -> None:
        """Put these items in; `offset` of `total`, or `more`, where they are a window of a list."""
        line = self._cursor - self._top
        current = self.current_key
        at = {self.spec.key(item): index for index, item in enumerate(items)}
        self._shown = _Shown(items, at, offset, len(items) if total is None else total, more)
        if self.follows:
            self._cursor = len(items) - 1
        elif (self._walked or self.can_follow) and current in at:
            self._cursor = at[current]
            self._top = self._cursor - line
        self._settle()
        self.redraw()

    def begin_anew(self) -> None:
        """Be about another list: nothing is loaded, marked or chosen yet."""
        self._shown, self._cursor, self._top, self._walked = _Shown(), 0, 0, False
        self.marked.clear()
        self.redraw()

    @property
    def items(self) -> Sequence[Any]:
        """The items that are loaded."""
        return self._shown.items

    @property
    def total(self) -> int:
        """How many items there are, loaded or not."""
        return self._shown.total

    @property
    def current(self) -> Any | None:
        """The item under the cursor."""
        items = self._shown.items
        return items[self._cursor] if 0 <= self._cursor < len(items) else None

    @property
    def current_key(self) -> Hashable | None:
        item = self.current
        return None if item is None else self.spec.key(item)

    @property
    def chosen(self) -> list[Any]:
        """The marked items, else the current one."""
        marked = [item for item in self._shown.items if self.spec.key(item) in self.marked]
        return marked or ([] if self.current is None else [self.current])

    @property
    def visible_items(self) -> Sequence[Any]:
        """The items on the screen."""
        return self._shown.items[self._top : self._top + self.page]

    @property
    def lowest(self) -> Any | None:
        """The item on the last line of the screen."""
        items = self._shown.items
        return items[min(self._top + self.page, len(items)) - 1] if items else None

    @property
    def position(self) -> str:
        """Which rows stand on the screen: `1-25 of 38`."""
        shown = self._shown
        if not shown.items:
            return "none"
        first = shown.offset + self._top + 1
        last = min(first + self.page - 1, shown.offset + len(shown.items))
        return f"{first:,}-{last:,} of {shown.total:,}{'+' if shown.more else ''}"

    @property
    def page(self) -> int:
        """How many rows fit."""
        return max(1, self.size.height - (HEADING if self.spec.heading else 0))

    # -- moving --------------------------------------------------------------------------------

    def move(self, rows: int) -> None:
        """Move the cursor."""
        self.follows = False
        self._go(self._cursor + rows)

    def first(self) -> None:
        """Put the cursor on the first row of all, loaded or not."""
        self.follows = False
        self.post_message(self.Leapt(self, -1))
        self._go(0)

    def last(self) -> None:
        """Put the cursor on the last row of all, loaded or not."""
        self.post_message(self.Leapt(self, 1))
        self._go(len(self._shown.items) - 1)

    def move_to_key(self, key: Hashable) -> bool:
        """Put the cursor on an item, if it is loaded."""
        index = self._shown.at.get(key)
        if index is None:
            return False
        self._go(index)
        return True

    def mark(self) -> None:
        """Mark the current row, or take its mark away, and go on to the next."""
        key = self.current_key
        if key is not None:
            self.marked ^= {key}
            self.move(1)
            self.redraw()

    @property
    def held_key(self) -> Hashable | None:
        """The row that the reader has put the cursor on."""
        return self.current_key if self._walked else None

    def _go(self, index: int) -> None:
        self._cursor, self._walked = index, True
        self._settle()
        self.redraw()
        near, loaded = 2 * self.page, len(self._shown.items)
        edge = 1 if self._cursor > loaded - near else -1 if self._cursor < near else 0
        self.post_message(self.Moved(self, edge))

    def _settle(self) -> None:
        last = max(0, len(self._shown.items) - 1)
        self._cursor = min(max(self._cursor, 0), last)
        self._top = min(self._top, self._cursor, max(0, last + 1 - self.page))
        self._top = max(self._top, self._cursor - self.page + 1, 0)

    # -- drawing -------------------------------------------------------------------------------

    def line(self, y: int, width: int) -> Drawn:
        if self.spec.heading:
            if y == 0:
                return self._heading(width), "base"
            y -= HEADING
        items = self._shown.items
        if self.fault is not None:
            return _told(self.fault, y, width, ("! ", "error"), "text"), "base"
        if not items:
            return _told(self.why_empty or self.spec.empty, y, width, ("", "dim"), "dim"), "base"
        index = self._top + y
        if index >= len(items):
            return (), "base"
        return self._row(items[index], width, index == self._cursor)

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        self.redraw()

    def on_resize(self) -> None:
        self._settle()
        self.forget()

    def _placed(self, width: int) -> list[Placed]:
        hidden = frozenset(self.hidden)
        if self._layout is None or self._layout[:2] != (width, hidden):
            self._layout = (width, hidden, lay_out(self.spec.columns, width, hidden))
        return self._layout[2]

    @property
    def visible_columns(self) -> list[Column]:
        """The columns that fit at the present width."""
        return [placed.column for placed in self._placed(self.size.width)]

    def _heading(self, width: int) -> Line:
        pieces: list[Piece] = []
        x = 0
        for placed in self._placed(width):
            column = placed.column
            pieces.append((" " * (placed.x - x), "dim"))
            role = "accent" if column.id == self.sorted_by else "dim"
            pieces += fit_line(((column.title, role),), placed.width, right=column.right)
            x = placed.x + placed.width
        return tuple(pieces)

    def _row(self, item: Any, width: int, under_cursor: bool) -> Drawn:
        try:
            row = self.spec.row(item)
        except Exception as error:  # one bad row hides no other
            row = Row({}, note=(("! ", "error"), (f"{type(error).__name__}: {error}", "text")))
        glyphs = self.look.glyphs
        edge: Piece = (" ", "text")
        if self.spec.key(item) in self.marked:
            edge = (glyphs.marked, "mark")
        cursor = under_cursor and (self.has_focus or self._leads)
        if cursor:
            edge = (glyphs.cursor, "edge") if edge[0] == " " else edge
        pieces: list[Piece] = [edge]
        x = 1
        for placed in self._placed(width):
            cell = row.cells.get(placed.column.id)
            if cell is None:
                if row.note or row.note_right:
                    break
                cell = ("", "text")
            pieces.append((" " * (placed.x - x), "text"))
            line = (cell,) if isinstance(cell[0], str) else cell
            pieces += fit_line(
                line,
                placed.width,
                right=placed.column.right,
                cut=placed.column.cut,
                mark=glyphs.cut,
            )
            x = placed.x + placed.width
        if row.note or row.note_right:
            pieces.append((" ", "text"))
            right = ((" ", "text"), *row.note_right, (" ", "text")) if row.note_right else ()
            pieces += spread(row.note, right, width - x - 1)
        line = tuple(pieces)
        if self.words:
            line = _filled(line, self.words)
        return line, "selection" if cursor else "base"

    @property
    def _leads(self) -> bool:
        """Whether this is the table that keys go to though something else has the focus."""
        return "leads" in self.classes


def _told(text: str, y: int, width: int, sign: Piece, role: str) -> Line:
    """Return line `y` of a sentence that takes as many lines as it needs."""
    room = max(width - len(sign[0]) - 2, 1)
    lines = textwrap.wrap(show(text), room, break_on_hyphens=False)
    if y >= len(lines):
        return ()
    return ((" ", "text"), sign if y == 0 else (" " * len(sign[0]), "text"), (lines[y], role))


def _filled(line: Line, words: Sequence[str]) -> Line:
    """Return the line with every found word in the match role."""
    pieces: list[Piece] = []
    for text, role in line:
        rest = text
        while rest:
            folded = rest.lower()
            found = [(folded.find(word), len(word)) for word in words if word and word in folded]
            if not found or len(folded) != len(rest):
                pieces.append((rest, role))
                break
            at, length = min(found)
            pieces += [(rest[:at], role), (rest[at : at + length], "match")]
            rest = rest[at + length :]
    return tuple(piece for piece in pieces if piece[0])
