"""Pages of ended spans in, the tail out: newest last, following until the reader moves away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from textual.app import ComposeResult
from textual.widget import Widget

from agentwatch.console.canvas import Lines
from agentwatch.console.cells import Line, Piece, titled, width_of, width_of_line
from agentwatch.console.layout import Column
from agentwatch.console.live_table import LiveTable, Row, Spec
from agentwatch.console.operations import EFFECTS, word_of
from agentwatch.console.pane import Pane
from agentwatch.figures import duration, money, second, tokens
from agentwatch.filters import Filter
from agentwatch.store.queries.tail import EMPTY, Page, Told, Unseen, tail
from agentwatch.untrusted import show

COLUMNS = (
    Column(id="time", title="TIME", width=8, fixed=True, gap=0, rank=0),
    Column(id="agent", title="AGENT", width=18, grow=6, rank=1, cut="middle", fixed=True),
    Column(id="operation", title="WHAT", width=9, rank=2),
    Column(id="subject", title="SUBJECT", width=16, grow=2, rank=3),
    Column(id="text", title="TEXT", width=14, grow=110, rank=6),
    Column(id="duration", title="DUR", width=5, right=True, rank=5),
    Column(id="tokens", title="TOK", width=5, right=True, rank=7),
    Column(id="cost", title="$", width=6, right=True, rank=8),
    Column(id="mark", title="", width=9, grow=11, gap=2, rank=4),
)
PAGES = 6
"""Screens that are loaded around the cursor."""
FEWEST = 40
"""Rows that are loaded at least: the first question comes before anything has a size."""


class Tail(Widget, inherit_bindings=False):
    """A titled rule and below it the newest rows."""

    DEFAULT_CSS = """
    Tail { width: 1fr; height: 5; layout: vertical; }
    Tail > Lines { height: 1; }
    """

    def __init__(self, title: str, **options: Any) -> None:
        super().__init__(**options)
        self._title = title
        self._rule = Lines()
        self.table = LiveTable(
            Spec(
                COLUMNS, key=lambda row: row.key, row=self._row, heading=False,
                empty="nothing has ended yet",
            )
        )  # fmt: skip
        self.table.can_follow = self.table.follows = True
        self._page: Page = EMPTY
        self._names: Mapping[str, str] = {}
        self._leap: int | None = None

    def compose(self) -> ComposeResult:
        yield self._rule
        yield self.table

    # -- what it asks --------------------------------------------------------------------------

    def question(self, now_ns: int, where: Filter | None) -> Callable[[Any], Page]:
        """Return what to ask the store: the newest rows, or those around the cursor."""
        table, frozen = self.table, self.app.flush.frozen  # type: ignore[attr-defined]
        current = table.current
        around = self._leap
        if around is None and not table.follows and current is not None:
            around = current.id
        limit = max(FEWEST, table.page * (PAGES if around is not None else 2))
        upto = frozen[1] if frozen is not None else None
        self._leap = None

        def ask(connection: Any) -> Page:
            return tail(connection, limit, where, now_ns=now_ns, around=around, upto=upto)

        return ask

    def take(self, page: Page, names: Mapping[str, str]) -> None:
        """Show a page; `names` are the short names of agents."""
        self._page, self._names = page, names
        self.table.show_items(page.rows)

    def on_live_table_moved(self, event: LiveTable.Moved) -> None:
        """Ask for more where the cursor nears an end that is not the last."""
        event.stop()
        page = self._page
        if (event.edge < 0 and page.older) or (event.edge > 0 and page.newer):
            self.post_message(Pane.Ask())

    def on_live_table_leapt(self, event: LiveTable.Leapt) -> None:
        """Go to the oldest row of all, or follow the newest."""
        event.stop()
        self.table.follows = event.end > 0
        self._leap = 0 if event.end < 0 else None
        self.post_message(Pane.Ask())

    def copies(self, row: Told) -> list[tuple[str, str]]:
        """Return (what it is, the whole value) of what may be copied from a row."""
        values = (
            ("agent", row.agent), ("run", row.trace_id), ("span", row.span_id),
            ("subject", row.subject), ("asked", row.asked), ("gave", row.gave),
            ("filter", f"trace:{row.trace_id}" if row.trace_id else ""),
        )  # fmt: skip
        return [(name, value) for name, value in values if value]

    # -- what it says --------------------------------------------------------------------------

    def draw_rule(self, right: Line, *, rate: bool = False) -> None:
        """Draw the rule: the title, how fast records come, and how far behind the reader is."""
        title: list[Piece] = [(self._title, "dim"), ("  ", "text")]
        title.append(("follow", "text") if self.table.follows else ("newest last", "dim"))
        if rate:
            told = f"{self.app.rate:,.0f}"  # type: ignore[attr-defined]
            title += [("  ", "text"), (told, "text"), (" records/s", "dim")]
        if behind := self.behind:
            right = ((f"+{behind:,} new", "text"), ("  ", "text"), ("F", "key"), (" follow", "dim"))
        width = self.size.width
        if width_of_line(tuple(title)) + width_of_line(right) + 8 > width:
            right = ()
        self._rule.show_lines([titled(tuple(title), right, width, self._glyphs.rule)])

    @property
    def behind(self) -> int:
        """How much has come since the last row on the screen; 0 where the tail follows."""
        lowest = self.table.lowest
        if self.table.follows or lowest is None:
            return 0
        return int(max(0, self._page.newest - lowest.id))

    @property
    def _glyphs(self) -> Any:
        return self.app.look.glyphs  # type: ignore[attr-defined]

    def _row(self, row: Told | Unseen) -> Row:
        if isinstance(row, Unseen):
            return self._unseen_row(row)
        silent = row.feed in self._page.silent
        name = self._names.get(row.agent, row.agent)
        subject = row.subject
        if row.source_version:
            subject = f"{subject} {row.source_version}"
        elif row.operation == "invoke_agent" and name.endswith(subject):
            subject = f"run {row.trace_id[:4]}"
        return Row(
            {
                "time": (_clock(row.received_ns), "dim"),
                "agent": (name, "stale" if silent else "text"),
                "operation": (word_of(row.operation), "dim"),
                "subject": (subject, "text"),
                "text": self._text(row),
                "duration": ("-" if row.duration_ns is None else duration(row.duration_ns), "dim"),
                "tokens": (tokens(row.tokens), "dim"),
                "cost": (money(row.cost_usd_micros), "dim"),
                "mark": _mark(row),
            }
        )

    def _text(self, row: Told) -> Piece:
        if row.state == "error" and row.gave:
            return row.gave, "text"
        asked = f"{row.asked} " if row.asked else ""
        return f"{asked}{self._glyphs.arrow_right} {row.gave}" if row.gave else asked, "dim"

    def _unseen_row(self, row: Unseen) -> Row:
        since = _clock(row.since_ns)
        if not row.lost:
            told = f"silent since {since}Z; what it does now is not seen"
        elif row.until_ns is None:
            told = f"nobody sees it since {since}Z; what was missed is lost"
        else:
            told = f"nobody saw it until {_clock(row.until_ns)}Z; what was missed is lost"
        text = f" {row.feed}: {told} "
        sign, end = self._glyphs.unseen, "gap" if row.lost else "silent"
        room = self.size.width - 16 - width_of(show(text)) - len(end)
        return Row(
            {"time": (since, "dim")},
            note=((sign * 4, "gap"), (text, "stale"), (sign * max(0, room), "gap")),
            note_right=((end, "stale"),),
        )


def _mark(row: Told) -> Piece:
    if row.state == "error":
        return f"! {row.error_type or 'error'}", "error"
    return EFFECTS.get(row.effect or "", ""), "text" if row.effect == "irreversible" else "dim"


def _clock(at_ns: int) -> str:
    return second(at_ns)[11:19]
