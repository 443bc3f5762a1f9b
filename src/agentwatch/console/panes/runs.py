"""Every run of one agent, the newest first, however many there are; entered from its row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult

from agentwatch.clock import NS_PER_S
from agentwatch.console.cells import Line, Piece
from agentwatch.console.live_table import LiveTable, Row, Spec
from agentwatch.console.pane import Pane
from agentwatch.console.place import Place
from agentwatch.console.run_rows import (
    COLUMNS,
    GapRow,
    gap_row,
    key_of,
    run_row,
    sort_expression,
    told_of,
    with_gaps,
)
from agentwatch.console.window import Window
from agentwatch.store.queries import TABLES
from agentwatch.store.queries.page import COUNTED, SORTED, Request, Rows
from agentwatch.store.queries.run_list import RunList, run_list

RESTS_NS = 2 * NS_PER_S
"""A filter or another order may look at every run: its rows are asked for no more often."""
FIGURES_LAST_NS = 5 * NS_PER_S

Asked = tuple[str | None, str, str | None, bool]
"""Agent, filter, sort column, and which way round."""


class RunsPane(Pane):
    """The runs of an agent."""

    VIEW = "runs"
    TABLE = TABLES["runs"]
    HINTS: ClassVar[Sequence[str]] = ("back", "filter", "find", "sort", "copy", "freeze")

    def __init__(self) -> None:
        super().__init__()
        self._table = LiveTable(
            Spec(
                COLUMNS,
                key=key_of,
                row=self._row,
                empty="no run of its own is stored; it may work in the runs of others",
            ),
            classes="leads",
        )
        self._window = Window(key_of)
        self._found: RunList | None = None
        self._asked: Asked = (None, "", None, False)
        self._asked_ns = 0
        self._figures_ns = 0
        self._wanted = True

    def compose(self) -> ComposeResult:
        yield self._table

    @property
    def table(self) -> LiveTable:
        return self._table

    def enter(self, place: Place) -> None:
        """Be about an agent; the same one is found as it was left."""
        if place != self.place:
            self._window.reset()
            self._table.begin_anew()
            self._found = None
        self._wanted = True
        super().enter(place)

    # -- what it asks --------------------------------------------------------------------------

    def question(self, now_ns: int) -> Callable[[Any], Any] | None:
        agent, table = self.place.subject, self._table
        if agent is None:
            return None
        asked: Asked = (agent, self.filter_text, table.sorted_by, table.descending)
        if asked != self._asked:
            self._asked, self._wanted = asked, True
            self._window.reset()
        slow = self.filter is not None or table.sorted_by is not None
        if slow and not self._wanted and 0 <= now_ns - self._asked_ns < RESTS_NS:
            return None
        self._wanted, self._asked_ns = False, now_ns
        lasts = self._found is not None and 0 <= now_ns - self._figures_ns < FIGURES_LAST_NS
        known = self._found.figures if lasts and self._found is not None else None
        if known is None:
            self._figures_ns = now_ns
        by = sort_expression(table.sorted_by, table.descending)
        frozen = self.app.flush.frozen  # type: ignore[attr-defined]
        rows = Rows(
            table=TABLES["runs"], now_ns=now_ns, equal={"agent": agent}, where=self.filter,
            by=by, rising=by is not None and table.descending,
            upto_ns=None if frozen is None else frozen[0],
        )  # fmt: skip
        request = self._request()

        def ask(connection: Any) -> tuple[Asked, Request, RunList]:
            return asked, request, run_list(connection, rows, request, agent, known)

        return ask

    def _request(self) -> Request:
        cursor = self._cursor
        held = None
        if cursor is not None and self.filter is None and self._table.sorted_by is None:
            held = {"trace": bytes.fromhex(cursor)}
        follows = cursor is None and self._window.at_top
        return self._window.request(cursor, follows=follows, held=held)

    @property
    def _cursor(self) -> str | None:
        """The run that the reader stands on; on a gap the next one below it."""
        key = self._table.held_key
        if isinstance(self._table.current, GapRow):
            items = list(self._table.items)
            below = items[items.index(self._table.current) :]
            key = next((key_of(item) for item in below if not isinstance(item, GapRow)), None)
        return None if key is None else str(key)

    # -- what it shows -------------------------------------------------------------------------

    def show(self, answer: Any) -> None:
        asked, request, found = answer
        leaps, window = self._window.leaps, self._window
        if asked != self._asked or not window.take(found.part, request, self._cursor):
            self._ask()
            return
        self._found = found
        items = with_gaps(window.items, found.gaps)
        total = window.total + len(found.gaps)
        self._table.show_items(items, window.offset, total, window.more)
        if leaps > 0 and items:
            self._table.move_to_key(key_of(items[-1]))
        elif leaps < 0 and items and self._table.held_key is not None:
            self._table.move_to_key(key_of(items[0]))

    def on_live_table_moved(self) -> None:
        """Ask for more where the cursor nears an edge of what is loaded."""
        if not self._window.leaps and self._window.lacks(self._cursor):
            self._ask()

    def on_live_table_leapt(self, event: LiveTable.Leapt) -> None:
        """Go to the newest or the oldest run of all."""
        if self._window.leap(event.end):
            self._ask()

    def _ask(self) -> None:
        self._wanted = True
        self.post_message(self.Ask())

    def apply_filter(self, text: str) -> None:
        self._wanted = True
        super().apply_filter(text)

    def matches(self) -> str:
        window = self._window
        return f"{window.total:,}{' or more' if window.more else ''}"

    def vitals(self) -> tuple[Line, Line]:
        if self._found is None:
            return (), ()
        left: list[Piece] = [(" ", "text"), *told_of(self._found, self.now_ns)]
        right: list[Piece] = [(f"  {self._table.position} rows ", "dim")]
        if self._table.sorted_by is not None and self._window.total >= COUNTED:
            right.insert(0, (f"  sorted among the newest {SORTED:,}", "dim"))
        return tuple(left), tuple(right)

    def copies(self) -> list[tuple[str, str]]:
        run = self._table.current
        if run is None or isinstance(run, GapRow):
            return []
        values = (
            ("run", run["trace_id"]), ("task", run["task_id"]),
            ("conversation", run["conversation_id"]), ("filter", f"trace:{run['trace_id']}"),
        )  # fmt: skip
        return [(name, value) for name, value in values if value]

    def act_in(self) -> None:
        """Say that there is nothing further in."""
        self.post_message(self.Say("a run's trace cannot be opened yet", "dim"))

    def _row(self, item: Any) -> Row:
        glyphs = self._table.look.glyphs
        if isinstance(item, GapRow):
            return gap_row(item, self._table.size.width, glyphs)
        assert self._found is not None  # noqa: S101 - rows come with what was found
        return run_row(item, self._found, self.now_ns, glyphs)
