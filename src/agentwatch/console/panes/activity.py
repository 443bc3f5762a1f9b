"""View 3: every run in flight, growing; below it the spans that have ended, newest last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec
from textual.app import ComposeResult

from agentwatch.console.cells import Line, Piece
from agentwatch.console.fitting import fitting
from agentwatch.console.flights import (
    COLUMNS,
    Fold,
    Item,
    fold_of,
    fold_row,
    key_of,
    row_of,
    sort_key,
)
from agentwatch.console.live_table import LiveTable, Row, Spec
from agentwatch.console.names import short_names
from agentwatch.console.order import StableOrder
from agentwatch.console.pane import Pane
from agentwatch.console.place import Place
from agentwatch.console.widgets.tail import Tail
from agentwatch.filters import Filter, parse
from agentwatch.store.queries import TABLES
from agentwatch.store.queries.activity import COLUMNS as RUN_KEYS
from agentwatch.store.queries.activity import Flight, Flights, in_flight
from agentwatch.store.queries.tail import Told, Unseen

RUNS, SPANS = TABLES["runs"], TABLES["spans"]
PARTS = ((RUN_KEYS, RUNS.words), (SPANS.columns, SPANS.words))


class ActivityPane(Pane):
    """Runs and spans, live."""

    VIEW = "activity"

    def __init__(self) -> None:
        super().__init__()
        self._table = LiveTable(
            Spec(COLUMNS, key=key_of, row=self._row, empty="no run is in flight"), classes="leads"
        )
        self._tail = Tail("SPANS")
        self._order = StableOrder()
        self._found = Flights((), {}, {}, ())
        self._names: dict[str, str] = {}
        self._agents: tuple[str, ...] = ()
        self._unfolded: set[str] = set()
        self._wheres: list[Filter | None] = [None, None]

    def compose(self) -> ComposeResult:
        yield self._table
        yield self._tail

    @property
    def table(self) -> LiveTable:
        return self._table

    # -- what it asks --------------------------------------------------------------------------

    def question(self, now_ns: int) -> Callable[[Any], Any]:
        runs, spans = self._wheres
        seen = {item.trace_id for item in self._table.visible_items if isinstance(item, Flight)}
        ended = self._tail.question(now_ns, spans)

        def ask(connection: Any) -> Any:
            return in_flight(connection, now_ns, runs, seen), ended(connection)

        return ask

    def apply_filter(self, text: str) -> None:
        """Filter runs and spans, each where it has the keys; FilterError where neither has."""
        wanted = parse(text) if text.strip() else None
        self._wheres = fitting(wanted, PARTS, self.now_ns)
        self.filter, self.filter_text = wanted, text if wanted is not None else ""
        runs, spans = self._wheres
        self._table.words = runs.words if runs is not None else ()
        self._tail.table.words = spans.words if spans is not None else ()
        self.post_message(self.Ask())

    # -- what it shows -------------------------------------------------------------------------

    def show(self, answer: Any) -> None:
        self._found, page = answer
        if self._found.agents != self._agents:
            self._agents = self._found.agents
            self._names = short_names(self._agents)
        self._arrange()
        self._tail.take(page, self._names)
        self._draw_rule()

    def tick(self) -> None:
        super().tick()
        self._draw_rule()

    def fail(self, error: Exception) -> None:
        super().fail(error)
        self._tail.table.redraw()

    def _draw_rule(self) -> None:
        folded = sum(item.count for item in self._table.items if isinstance(item, Fold))
        place = f"{self._table.position} runs" + (f", {folded:,} folded" if folded else "")
        if self.filter is not None and None in self._wheres:
            one, other = ("runs", "spans") if self._wheres[1] is None else ("spans", "runs")
            place = f"the filter names what only {one} have: {other} stand unfiltered"
        self._tail.draw_rule(((place, "dim"),))

    def vitals(self) -> tuple[Line, Line]:
        counts = Counter(run.state for run in self._found.runs)
        flying = len(self._found.runs) - counts["stale"]
        line: list[Piece] = [(" ", "text"), (f"{flying:,}", "strong")]
        line.append((f" run{'s' if flying != 1 else ''} in flight", "dim"))
        told = (
            ("waiting", "text", "waits for a person", "wait for a person"),
            ("failing", "error", "of a failing agent", "of failing agents"),
            ("stale", "stale", "silent, end unseen", "silent, end unseen"),
        )
        for state, role, one, many in told:
            if count := counts[state]:
                line += [("  ", "text"), (f"{count:,}", role)]
                line.append((f" {one if count == 1 else many}", "dim"))
        rate = self.app.rate  # type: ignore[attr-defined]
        right: Line = ((f"{rate:,.0f}", "text"), (" records/s ", "dim"))
        return tuple(line), right

    def copies(self) -> list[tuple[str, str]]:
        item = self._chosen()
        if isinstance(item, Flight):
            return [
                ("run", item.trace_id), ("agent", item.agent), ("filter", f"trace:{item.trace_id}"),
            ]  # fmt: skip
        return self._tail.copies(item) if isinstance(item, Told) else []

    def facts(self) -> list[Any]:
        items = [*self._table.items, *self._tail.table.items]
        return [msgspec.to_builtins(item) for item in items]

    # -- keys ----------------------------------------------------------------------------------

    def act_in(self) -> None:
        """Go in to the runs of the row's agent, or unfold."""
        item = self._chosen()
        if isinstance(item, Fold):
            self.act_fold()
        elif isinstance(item, Flight | Told):
            self.post_message(self.Enter(Place("runs", item.agent)))

    def act_fold(self) -> None:
        """Fold the runs whose end nobody will see, or show them."""
        item = self._table.current
        fold = item.feed if isinstance(item, Fold) else self._fold_of(item) if item else None
        if fold is not None:
            self._unfolded ^= {fold}
            self._arrange()

    def _chosen(self) -> Flight | Fold | Told | Unseen | None:
        table = self._tail.table if self._tail.table.has_focus else self._table
        return table.current

    # -- rows ----------------------------------------------------------------------------------

    def _fold_of(self, run: Flight) -> str | None:
        return None if self.filter is not None else fold_of(run, self.now_ns)

    def _arrange(self) -> None:
        folds: Counter[str] = Counter()
        items: dict[str, tuple[Item, tuple[Any, ...]]] = {}
        column, down = self._table.sorted_by, self._table.descending
        for run in self._found.runs:
            fold = self._fold_of(run)
            if fold is not None:
                folds[fold] += 1
            if fold is None or fold in self._unfolded:
                items[run.trace_id] = run, sort_key(run, column, fold)
        for feed, count in folds.items():
            item = Fold(feed=feed, count=count, open=feed in self._unfolded)
            items[key_of(item)] = item, sort_key(item, column, None)
        wanted = sorted(
            ((key, sorts) for key, (_, sorts) in items.items()),
            key=lambda pair: pair[1],
            reverse=down,
        )
        by = (column, down, self.filter_text, tuple(sorted(self._unfolded)))
        order = self._order.arrange(wanted, self.now_ns, self._table.current_key, by)
        shown = [items[str(key)][0] for key in order]
        self._table.show_items(shown, total=len(self._found.runs))

    def _row(self, item: Item) -> Row:
        signs = self._table.look.glyphs
        if isinstance(item, Fold):
            return fold_row(item, self._table.visible_columns, signs)
        return row_of(item, self._found, self._names, self.now_ns, signs)
