"""Where a value stands: every argument, result, message and id that holds it, newest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import islice
from typing import Any

from textual.app import ComposeResult

from agentwatch.clock import NS_PER_S
from agentwatch.console.ages import age_piece
from agentwatch.console.canvas import Lines
from agentwatch.console.cells import Line, Piece, titled
from agentwatch.console.layout import Column
from agentwatch.console.live_table import LiveTable, Row, Spec
from agentwatch.console.names import short_names
from agentwatch.console.pane import Pane
from agentwatch.console.place import Place
from agentwatch.figures import second
from agentwatch.store.queries.find import FindError, Hit, find, unsearched
from agentwatch.store.queries.unsearched import Unsearched

AGAIN_NS = 2 * NS_PER_S
"""A search costs more than a look: so long after the last one it is made again."""

MOST = 500
"""Hits that are looked for; a value in more places than that wants more of its characters."""

COLUMNS = (
    Column(id="mark", title="S", width=1, rank=0, gap=0, fixed=True),
    Column(id="where", title="WHERE", width=9, rank=1),
    Column(id="agent", title="AGENT", width=18, grow=10, rank=2, cut="middle"),
    Column(id="run", title="RUN", width=8, rank=3),
    Column(id="age", title="AGE ", width=4, right=True, rank=4),
    Column(id="effect", title="EFFECT", width=8, rank=6),
    Column(id="snippet", title="SNIPPET", width=24, grow=120, rank=5, fixed=True),
)
EFFECTS = {"irreversible": ("irrev", "warn"), "compensable": ("compens", "text")}
NOT_SEARCHED = {
    "waiting": "up to {records:,} records that wait for the index",
    "too_old": "what is too old to be kept",
    "gap": "a time nobody saw, {feed} from {since}",
    "lost": "{records:,} frames of {feed} that were dropped or refused",
}
Found = tuple[list[Hit], list[Unsearched], str | None]


class FindPane(Pane):
    """The places that hold a value."""

    VIEW = "find"
    HINTS = ("in", "find", "copy", "freeze")
    DEFAULT_CSS = "FindPane .below { height: 7; margin-top: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._table = LiveTable(
            Spec(COLUMNS, key=lambda hit: (hit.span_id, hit.where, hit.at_ns), row=self._row),
            classes="leads",
        )
        self._below = Lines(classes="below")
        self._unsearched: list[Unsearched] = []
        self._asked = ("", 0)
        self._names: dict[str, str] = {}

    def compose(self) -> ComposeResult:
        yield self._table
        yield self._below

    @property
    def table(self) -> LiveTable:
        return self._table

    def question(self, now_ns: int) -> Callable[[Any], Found] | None:
        text = self.place.subject or ""
        if self._asked[0] == text and now_ns - self._asked[1] < AGAIN_NS:
            return None
        self._asked = (text, now_ns)

        def ask(connection: Any) -> Found:
            try:
                hits = list(islice(find(connection, text), MOST))
            except FindError as error:
                return [], [], str(error)
            return hits, unsearched(connection), None

        return ask

    def show(self, answer: Found) -> None:
        hits, self._unsearched, fault = answer
        self._names = short_names({hit.agent for hit in hits if hit.agent})
        self._table.spec = Spec(
            COLUMNS, self._table.spec.key, self._row,
            empty=fault or f"nothing that was kept holds {self.place.subject!r}",
        )  # fmt: skip
        self._table.show_items(hits)
        self._draw_below()

    def tick(self) -> None:
        super().tick()
        self._draw_below()

    def on_live_table_moved(self) -> None:
        self._draw_below()

    def vitals(self) -> tuple[Line, Line]:
        hits = self._table.items
        runs = {hit.trace_id for hit in hits}
        agents = {hit.agent for hit in hits}
        kinds = Counter(hit.where for hit in hits)
        told: list[Piece] = [(" f ", "key"), (self.place.subject or "", "strong")]
        counted = f"{len(hits):,}{'+' if len(hits) == MOST else ''}"
        told.append((f"   {counted} hits in {len(agents)} agents, {len(runs)} runs   ", "dim"))
        told.append(("  ".join(f"{kind} {count}" for kind, count in kinds.most_common()), "dim"))
        return tuple(told), (("secrets are masked ", "dim"),)

    def copies(self) -> list[tuple[str, str]]:
        hit = self._table.current
        if hit is None:
            return []
        named = (("run", hit.trace_id), ("span", hit.span_id), ("agent", hit.agent))
        return [
            *((name, value) for name, value in named if value),
            ("value", hit.snippet[hit.start : hit.end]),
            ("snippet", hit.snippet),
        ]

    def act_in(self) -> None:
        """Go in to the run that holds the value."""
        hit = self._table.current
        if hit is not None and hit.agent is not None:
            self.post_message(self.Enter(Place("runs", hit.agent), f"trace:{hit.trace_id}"))

    def _row(self, hit: Hit) -> Row:
        before, value, after = (
            hit.snippet[: hit.start], hit.snippet[hit.start : hit.end], hit.snippet[hit.end :],
        )  # fmt: skip
        effect = EFFECTS.get(hit.effect or "", ("-", "dim"))
        return Row(
            {
                "mark": ("!", "warn") if hit.effect == "irreversible" else (" ", "text"),
                "where": (hit.where, "dim"),
                "agent": (self._names.get(hit.agent or "", "-"), "text"),
                "run": ((hit.trace_id or "-")[:8], "dim"),
                "age": age_piece(hit.at_ns, self.now_ns),
                "effect": effect,
                "snippet": ((before[-20:], "dim"), (value, "match"), (after, "dim")),
            }
        )

    def _draw_below(self) -> None:
        width, rule = self.size.width, self.app.look.glyphs.rule  # type: ignore[attr-defined]
        lines: list[Line] = []
        if self._unsearched:
            lines.append(titled((("NOT SEARCHED", "dim"),), (), width, rule))
            for missed in self._unsearched[:4]:
                told = NOT_SEARCHED[missed.kind].format(
                    records=missed.records or 0,
                    feed=missed.feed,
                    since=second(missed.since_ns)[11:] if missed.since_ns else "",
                )
                lines.append(((" ", "text"), (told, "gap")))
        hit = self._table.current
        if hit is not None:
            title = ((hit.name or hit.key, "strong"), (f"  {hit.key}", "dim"))
            lines += [titled(title, (), width, rule), ((" ", "text"), (hit.snippet, "text"))]
        self._below.show_lines(lines)
