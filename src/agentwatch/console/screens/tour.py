"""The key map in; six short cards over the running screen, one after the other, out.

A card stands in the lower right corner, so that what it talks about stays in sight, and brings the
view that it talks about. Its keys are those of the key map in force.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from msgspec import Struct
from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen

from agentwatch.console.boxes import AROUND, boxed
from agentwatch.console.canvas import Lines
from agentwatch.console.cells import Line, Piece
from agentwatch.console.keys import BY_ID, spelled
from agentwatch.console.place import Place

if TYPE_CHECKING:
    from agentwatch.console.app import Console

WIDTH, LINES = 62, 4
ON = frozenset({"space", "enter", "l", "right"})
BACK = frozenset({"h", "left", "backspace"})
END = frozenset({"escape", "q"})


class Card(Struct, frozen=True):
    """What to look at, and which keys to press."""

    title: str
    text: tuple[str, str]
    keys: tuple[tuple[str, str], ...]
    """(action ids, what they do): a card may name several keys for one thing."""
    view: str


CARDS: tuple[Card, ...] = (
    Card(
        "One row is one agent",
        (
            "What is wrong stands on top; a healthy fleet is grey.",
            "Only the cell that departs from its threshold has a colour.",
        ),
        (("down up", "move"), ("in", "go in"), ("back", "back"), ("sort", "sort")),
        "fleet",
    ),
    Card(
        "Nothing old looks alive",
        (
            "Every value has an age: ~ is late, ! is stale. A feed that",
            "falls silent folds its agents into one line.",
        ),
        (("in", "unfold"), ("feeds", "why is it silent?")),
        "fleet",
    ),
    Card(
        "Work, as it happens",
        (
            "Runs in flight grow while you look; spans come in below as",
            "they end. Hold the screen still, and the header counts on.",
        ),
        (("freeze", "freeze"), ("follow", "follow"), ("next_pane", "other list")),
        "activity",
    ),
    Card(
        "Say what you want to see",
        (
            "Try state:failing, or feed:prod-eu age<5m, or a word. The",
            "rows follow as you type; a filter sees into folds.",
        ),
        (("filter", "filter"), ("next_match previous_match", "step"), ("back", "clear")),
        "fleet",
    ),
    Card(
        '"The page says order 55-20417"',
        (
            "Any text that a run was given, or gave, leads to that run:",
            "arguments, results, messages and ids, with secrets masked.",
        ),
        (("find", "find a value"), ("copy", "copy"), ("evidence", "keep the screen")),
        "fleet",
    ),
    Card(
        "Can this screen be believed?",
        (
            "Frames = stored + empty + rejected + dropped; gaps are",
            "drawn, and the doctor says what to do.",
        ),
        (("feeds", "feeds"), ("help", "every key"), ("commands", "every name")),
        "feeds",
    ),
)


def key_pieces(keymap: Mapping[str, str], card: Card) -> Line:
    """Return a card's keys as they are bound now."""
    line: list[Piece] = [(" ", "text")]
    for ids, does in card.keys:
        names = [key_of(keymap, id) for id in ids.split()]
        line += [(" ".join(names), "key"), (f" {does}", "dim"), ("   ", "text")]
    return tuple(line)


def key_of(keymap: Mapping[str, str], id: str) -> str:
    """Return the first key of an action, its name where it has none."""
    bound = next((key for key, held in keymap.items() if held == id), None)
    return spelled(bound) if bound is not None else f":{BY_ID[id].id}"


class Tour(ModalScreen[None], inherit_bindings=False):
    """The cards."""

    DEFAULT_CSS = f"""
    Tour {{ align: right bottom; background: transparent; }}
    Tour Lines {{ width: {WIDTH}; height: {LINES + AROUND}; margin: 0 1 1 0; }}
    """

    def __init__(self) -> None:
        super().__init__()
        self._card = Lines("panel")
        self._at = 0
        self._from: Place | None = None

    def compose(self) -> ComposeResult:
        yield self._card

    def on_mount(self) -> None:
        self._from = self._over.trail.here
        self._show()

    def on_key(self, event: events.Key) -> None:
        event.stop()
        if event.key in END or (event.key in ON and self._at == len(CARDS) - 1):
            self.dismiss(None)
            if self._from is not None:
                self._go(self._from)
        elif event.key in ON:
            self._at += 1
            self._show()
        elif event.key in BACK and self._at:
            self._at -= 1
            self._show()

    @property
    def _over(self) -> Console:
        return cast("Any", self.app)  # type: ignore[no-any-return]

    def _go(self, place: Place) -> None:
        console = self._over
        if place != console.trail.here and place.view in console.panes:
            console.trail.switch(place)
            console.show_place()

    def _show(self) -> None:
        card, glyphs = CARDS[self._at], self._over.look.glyphs
        self._go(Place(card.view))
        lines: list[Line] = [
            *(((f" {text}", "text"),) for text in card.text),
            (),
            key_pieces(self._over.settings.keymap, card),
        ]
        last = self._at == len(CARDS) - 1
        foot: list[Piece] = [("space", "key"), (" end" if last else " next", "dim")]
        if self._at:
            foot += [("  ", "text"), ("h", "key"), (" back", "dim")]
        if not last:
            foot += [("  ", "text"), ("esc", "key"), (" end", "dim")]
        self._card.show_lines(
            boxed(
                lines,
                WIDTH,
                glyphs,
                top=((card.title, "strong"),),
                top_right=((f"{self._at + 1} of {len(CARDS)}", "dim"),),
                bottom=tuple(foot),
            )
        )
