"""The key map in, the sheet of every key, mark and filter out; it scrolls where it is longer."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen

from agentwatch import __version__
from agentwatch.console.canvas import Canvas, Drawn
from agentwatch.console.cells import Line, Piece, fit_line, spread, width_of
from agentwatch.console.glyphs import Glyphs
from agentwatch.console.keys import ACTIONS, GROUPS, spelled
from agentwatch.console.look import Look

if TYPE_CHECKING:
    from agentwatch.console.app import Console

COLUMN, KEYS, EXAMPLES = 40, 9, 19
"""Cells of a column of the sheet, of the keys in it, and of a filter's example."""

MOST_ACROSS = 4
ALSO = frozenset({"up", "down", "left", "right", "home", "end"})
"""Keys that are not named beside a letter that does the same; the sheet says so once."""

FILTERS: tuple[tuple[str, str], ...] = (
    ("refund  /re.und/", "a word, a pattern"),
    ('"two words"', "as they stand"),
    ("state:stale,failing", "one of these"),
    ("feed!:batch  !word", "not"),
    ("cost>=0.05  age>30s", "number, time"),
    ("a b    a | b", "both, either"),
    ("(a | b) c", "grouped"),
    ("@slow", "saved by :save slow"),
)
MOVES = {"down": 1, "up": -1}
ENDS = frozenset({"back", "help", "quit"})


def shown_keys(keymap: Mapping[str, str], id: str) -> str:
    """Return the keys of an action as the sheet names them, its name where it has none."""
    keys = [key for key, held in keymap.items() if held == id]
    few = [key for key in keys if key not in ALSO] or keys
    return " ".join(map(spelled, few)) if few else f":{id}"


def key_lines(keymap: Mapping[str, str], group: str) -> list[Line]:
    """Return a heading, and a line for each action of a group."""
    lines: list[Line] = [((group, "dim"),)]
    for action in ACTIONS:
        if action.group == group:
            name = shown_keys(keymap, action.id)
            name += " " * max(1, KEYS - width_of(name))
            for part in textwrap.wrap(action.about, COLUMN - 1 - KEYS):
                lines.append(((name, "key"), (part, "text")))
                name = " " * KEYS
    return lines


def mark_lines(glyphs: Glyphs) -> list[Line]:
    """Return what the signs on the screen mean."""
    told: Sequence[tuple[Piece, str]] = (
        ((glyphs.error, "error"), "error, may not wait"),
        ((glyphs.warning, "warn"), "warning, may wait"),
        ((glyphs.ageing, "stale"), "silent: an agent, or a feed"),
        ((f"12s{glyphs.ageing}", "stale"), "late: over 2 intervals old"),
        ((f"95s{glyphs.error}", "stale"), "stale: over 5 intervals old"),
        ((glyphs.unseen, "gap"), "a time nobody saw"),
        ((glyphs.zero, "spark"), "seen, and zero"),
        (("-", "dim"), "never known"),
        ((glyphs.marked, "mark"), "a row that you marked"),
        ((glyphs.cut, "text"), "cut; copying takes the whole"),
        (("\u2039U+001B\u203a", "text"), "a sign that is never sent on"),
    )
    lines: list[Line] = [(("MARKS", "dim"),)]
    for (text, role), means in told:
        lines.append(((text, role), (" " * (KEYS - len(text)), "text"), (means, "text")))
    return lines


def filter_lines(names: Sequence[str]) -> list[Line]:
    """Return how a filter is written, and the keys that it may name in the view."""
    lines: list[Line] = [(("FILTERS", "dim"),)]
    lines += [((f"{text:<{EXAMPLES}} ", "text"), (means, "dim")) for text, means in FILTERS]
    taken = COLUMN
    for name in names:
        if taken + len(name) + 1 >= COLUMN:
            head = "here" if len(lines) == len(FILTERS) + 1 else ""
            lines.append(((f"{head:<{KEYS}}", "dim"),))
            taken = KEYS
        lines[-1] = (*lines[-1], (f"{name} ", "text"))
        taken += len(name) + 1
    return lines


def columns_of(blocks: Sequence[list[Line]], across: int) -> list[Line]:
    """Return the blocks side by side, each below the others of the shortest column."""
    columns: list[list[Line]] = [[] for _ in range(across)]
    for block in blocks:
        shortest = min(columns, key=len)
        shortest += [*([()] if shortest else []), *block]
    return [
        tuple(
            piece
            for column in columns
            for piece in (
                (" ", "text"),
                *fit_line(column[at] if at < len(column) else (), COLUMN - 1),
            )
        )
        for at in range(max(map(len, columns)))
    ]


class _Sheet(Canvas, can_focus=True):
    """The sheet between its title and its own keys."""

    def __init__(self, blocks: Sequence[list[Line]]) -> None:
        super().__init__()
        self._blocks = blocks
        self._lines: list[Line] = []
        self._width = 0
        self.top = 0

    @property
    def page(self) -> int:
        """How many lines of the sheet are seen."""
        return max(1, self.size.height - len(self._title) - 1)

    @property
    def length(self) -> int:
        """How many lines the sheet has."""
        return len(self._lines)

    def go(self, top: int) -> None:
        """Scroll to a line."""
        self.top = min(max(top, 0), max(0, len(self._lines) - self.page))
        self.redraw()

    def line(self, y: int, width: int) -> Drawn:
        if width != self._width:
            self._width = width
            across = max(1, min(width // COLUMN, MOST_ACROSS))
            self._lines = columns_of(self._blocks, across)
        title, last = self._title, self.size.height - 1
        self.top = min(self.top, max(0, len(self._lines) - self.page))
        if y == last:
            return self._foot(width), "base"
        if y < len(title):
            return title[y], "base"
        at = self.top + y - len(title)
        return (self._lines[at] if at < len(self._lines) and y < last else ()), "base"

    @property
    def _title(self) -> list[Line]:
        told: Line = (
            (" Keys of every view.", "strong"),
            (" None acts on another system; arrows move too.", "dim"),
        )
        return [(), told, ()] if self.size.height >= 30 else [told]

    def _foot(self, width: int) -> Line:
        line: list[Piece] = [(" esc", "key"), (" close", "dim")]
        right = f"agentwatch {__version__} "
        if len(self._lines) > self.page:
            line += [("  ", "text"), ("j k", "key"), (" scroll", "dim")]
            last = min(self.top + self.page, len(self._lines))
            right = f"{self.top + 1}-{last} of {len(self._lines)} lines "
        told = "   keymap.toml changes keys"
        told += "; every action has a name after :" if width >= 100 else ""
        return spread((*line, (told, "dim")), ((right, "dim"),), width)


class HelpSheet(ModalScreen[None], inherit_bindings=False):
    """Every key of every view, from the one registry; the header above it stays."""

    DEFAULT_CSS = "HelpSheet { background: transparent; } HelpSheet > _Sheet { margin-top: 1; }"

    def __init__(self, keymap: Mapping[str, str], look: Look) -> None:
        super().__init__()
        self._keymap = keymap
        self._glyphs = look.glyphs
        self._sheet: _Sheet | None = None

    def compose(self) -> ComposeResult:
        table = cast("Console", cast("Any", self.app)).pane.TABLE
        names = tuple(table.columns) if table is not None else ()
        groups = {group: key_lines(self._keymap, group) for group in GROUPS}
        self._sheet = _Sheet(
            [
                groups.pop("MOVE"), groups.pop("LOOK"), mark_lines(self._glyphs),
                *groups.values(), filter_lines(names),
            ]
        )  # fmt: skip
        yield self._sheet

    def on_key(self, event: events.Key) -> None:
        event.stop()
        sheet, action = self._sheet, self._keymap.get(event.key)
        if sheet is None:
            return
        if event.key == "escape" or action in ENDS:
            self.dismiss(None)
        elif action in MOVES:
            sheet.go(sheet.top + MOVES[action])
        elif action in ("page_down", "page_up") or event.key == "space":
            sheet.go(sheet.top + (-sheet.page if action == "page_up" else sheet.page))
        elif action in ("first", "last"):
            sheet.go(0 if action == "first" else sheet.length)
