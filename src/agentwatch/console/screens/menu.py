"""A title and choices in, the id of the chosen one out: j and k, a first letter, enter, esc."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen

from agentwatch.console.boxes import AROUND, boxed
from agentwatch.console.canvas import Canvas, Drawn
from agentwatch.console.cells import Line, width_of
from agentwatch.untrusted import show

LARGEST = 16
"""Choices that are seen at once."""

LEAST_CELLS, MOST_CELLS = 26, 76
MOVES = {"j": 1, "down": 1, "k": -1, "up": -1, "pagedown": LARGEST, "pageup": -LARGEST}
ENDS = {"g": 0, "home": 0, "G": -1, "end": -1}
CHOOSE = frozenset({"enter", "l", "right", "space"})
LEAVE = frozenset({"escape", "q", "h", "left"})


class Choice(Struct, frozen=True):
    """One thing to choose; `on`: it is in force now."""

    id: str
    label: str
    on: bool = False


class _List(Canvas, can_focus=True):
    def __init__(self, title: str, choices: Sequence[Choice]) -> None:
        super().__init__()
        self.choices = choices
        self.title = title
        self.at = next((at for at, choice in enumerate(choices) if choice.on), 0)
        self._top = 0
        longest = max((width_of(show(choice.label)) for choice in choices), default=0)
        self.styles.width = min(MOST_CELLS, max(LEAST_CELLS, longest + 4 + AROUND))
        self.styles.height = min(LARGEST, max(1, len(choices))) + AROUND
        self.styles.max_height = "100%"

    def go(self, at: int) -> None:
        """Put the cursor on a choice; the list scrolls no more than it must."""
        self.at = min(max(at, 0), max(0, len(self.choices) - 1))
        self.redraw()

    def line(self, y: int, width: int) -> Drawn:
        rows = max(1, self.size.height - AROUND)
        self._top = max(min(self._top, self.at), self.at - rows + 1)
        hidden = len(self.choices) > rows
        position: Line = ((f"{self.at + 1} of {len(self.choices)}", "dim"),) if hidden else ()
        inside = 0 < y <= rows
        index = self._top + y - 1
        lines = [self._choice(index)] if inside else []
        box = boxed(
            lines, width, self.look.glyphs, top=((self.title, "strong"),), top_right=position
        )
        if inside:
            return box[1], "selection" if index == self.at and self.choices else "panel"
        return (box[0] if y == 0 else box[-1]), "panel"

    def _choice(self, index: int) -> Line:
        glyphs = self.look.glyphs
        if not self.choices:
            return ((" nothing to choose", "dim"),)
        if index >= len(self.choices):
            return ()
        choice = self.choices[index]
        edge = glyphs.cursor if index == self.at else " "
        sign = glyphs.verified if choice.on else " "
        return (edge, "edge"), (f"{sign} ", "accent"), (choice.label, "text")


class Menu(ModalScreen[str | None], inherit_bindings=False):
    """A short list over the view."""

    DEFAULT_CSS = "Menu { align: center middle; background: transparent; }"

    def __init__(self, title: str, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._list = _List(title, choices)

    def compose(self) -> ComposeResult:
        yield self._list

    def on_mount(self) -> None:
        self._list.focus()

    def on_key(self, event: events.Key) -> None:
        event.stop()
        listed, key = self._list, event.key
        if key in MOVES:
            listed.go(listed.at + MOVES[key])
        elif key in ENDS:
            listed.go(ENDS[key] % max(1, len(listed.choices)))
        elif key in CHOOSE:
            self.dismiss(listed.choices[listed.at].id if listed.choices else None)
        elif key in LEAVE:
            self.dismiss(None)
        elif event.character:
            self._jump(event.character.lower())

    def _jump(self, letter: str) -> None:
        """Go to the next choice that begins with a letter, round the end of the list."""
        choices, at = self._list.choices, self._list.at
        for index in (*range(at + 1, len(choices)), *range(at)):
            if choices[index].label.lower().startswith(letter):
                self._list.go(index)
                return
