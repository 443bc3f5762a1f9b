"""What every pane has: a leading table, a question to the store, a filter. A pane is a view.

A pane never reads the store itself: `question` returns a function over a connection, the console
has it answered on the store's own thread, and gives the answer to `show`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from textual.message import Message
from textual.widget import Widget

from agentwatch.console.cells import Line, spread
from agentwatch.console.live_table import LiveTable
from agentwatch.console.place import Place
from agentwatch.filters import Filter, FilterError, parse
from agentwatch.store.queries import Table
from agentwatch.store.schema import StoreError

Question = Callable[[Any], Any]
"""connection → answer"""

NO_MATCH = "nothing matches the filter; esc takes it away"


class Pane(Widget, inherit_bindings=False):
    """A view's widget; the console shows one at a time."""

    DEFAULT_CSS = "Pane { width: 1fr; height: 1fr; layout: vertical; }"

    VIEW: ClassVar[str]
    """The place's view, and the id of the action that goes there."""
    TABLE: ClassVar[Table | None] = None
    """What its filter may name."""
    HINTS: ClassVar[Sequence[str]] = ("in", "filter", "find", "sort", "freeze", "follow")
    """Action ids for the keys line, the likeliest first."""

    class Enter(Message):
        """Go in to a place, with a filter on it where only a part of it is meant."""

        def __init__(self, place: Place, filter_text: str = "") -> None:
            super().__init__()
            self.place = place
            self.filter_text = filter_text

    class Say(Message):
        """A word for the keys line."""

        def __init__(self, text: str, role: str = "dim") -> None:
            super().__init__()
            self.text = text
            self.role = role

    class Ask(Message):
        """The pane's question has changed: it wants its answer now, not with the next news."""

    def __init__(self) -> None:
        super().__init__(id=self.VIEW)
        self.place = Place(self.VIEW)
        self.now_ns = 0
        """The time of what is shown; it stands still while the screen is frozen."""
        self.filter_text = ""
        self.filter: Filter | None = None

    @property
    def table(self) -> LiveTable:
        """The table that keys go to."""
        raise NotImplementedError

    def enter(self, place: Place) -> None:
        """Be about this place from now on."""
        self.place = place

    def question(self, now_ns: int) -> Question | None:
        """Return what to ask the store, None: nothing."""
        raise NotImplementedError

    def show(self, answer: Any) -> None:
        """Take the answer in; `now_ns` has been set."""
        raise NotImplementedError

    def tick(self) -> None:
        """Time has gone on: ages are older."""
        self.table.redraw()

    def take(self, answer: Any) -> None:
        """Show an answer; what goes wrong is said in the pane, and the rest lives on."""
        try:
            self.table.fault = None
            self.table.why_empty = None if self.filter is None else NO_MATCH
            self.show(answer)
        except Exception as error:
            self.fail(error)

    def fail(self, error: Exception) -> None:
        """Say in place of the rows why there are none."""
        what = f"{error}" if isinstance(error, StoreError) else f"{type(error).__name__}: {error}"
        self.table.fault = what
        self.table.redraw()

    def lack(self, error: StoreError) -> None:
        """Say why there can be no rows yet: nothing has failed."""
        self.table.fault, self.table.why_empty = None, str(error)
        self.table.redraw()

    def matches(self) -> str:
        """Say how many rows the filter lets through, of how many."""
        return f"{len(self.table.items):,} of {self.table.total:,}"

    def vitals_line(self, width: int) -> Line:
        """Return the second line of the screen."""
        try:
            return spread(*self.vitals(), width)
        except Exception as error:  # said in its place; the rest lives on
            return (" ! ", "error"), (f"{type(error).__name__}: {error}", "text")

    def vitals(self) -> tuple[Line, Line]:
        """Return the left and the right side of the second line."""
        return (), ()

    def copies(self) -> list[tuple[str, str]]:
        """Return (what it is, the whole value) of what may be copied from the current row."""
        return []

    def facts(self) -> list[Any]:
        """Return the loaded rows as plain values, for the evidence file."""
        return [dict(item) for item in self.table.items if isinstance(item, dict)]

    def apply_filter(self, text: str) -> None:
        """Filter by this text; "" takes the filter away. Raises FilterError, and keeps the last."""
        if not text.strip():
            self.filter, self.filter_text, self.table.words = None, "", ()
        else:
            wanted = parse(text)
            if self.TABLE is None:
                raise FilterError("There is nothing to filter here.", 0)
            wanted.sql(self.TABLE.columns, self.TABLE.words, self.now_ns)
            self.filter, self.filter_text, self.table.words = wanted, text, wanted.words
        self.post_message(self.Ask())
