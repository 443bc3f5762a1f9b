"""View 0: every feed, what became of its frames, when it was heard; and what the doctor found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import to_builtins
from textual.app import ComposeResult

from agentwatch.console import feed_rows, findings
from agentwatch.console.ages import is_down
from agentwatch.console.canvas import Lines
from agentwatch.console.cells import Line, titled
from agentwatch.console.feed_words import fact_lines, facts, strip, title, unheard_ns
from agentwatch.console.findings import Found
from agentwatch.console.layout import Placed
from agentwatch.console.live_table import LiveTable, Row, Spec
from agentwatch.console.order import StableOrder
from agentwatch.console.pane import Pane
from agentwatch.console.seen import MINUTE_NS, SETTLE_NS, Seen
from agentwatch.figures import second
from agentwatch.store.queries import TABLES
from agentwatch.store.queries.feed_view import Counted, FeedFacts, FeedView, feed_view, seen


class FeedTable(LiveTable):
    """The feeds' table: its last heading is another where the whole account stands."""

    def _placed(self, width: int) -> list[Placed]:
        return feed_rows.placed(width, self.hidden)

    @property
    def placed(self) -> list[Placed]:
        """Where its columns stand."""
        return self._placed(self.size.width)


class FeedsPane(Pane):
    """The feeds, the one under the cursor in words, and the doctor."""

    VIEW = "feeds"
    TABLE = TABLES["feeds"]
    HINTS = ("next_pane", "sort", "columns", "filter", "freeze", "copy", "evidence")
    SCOPED_CSS = False
    DEFAULT_CSS = """
    FeedsPane > Lines { height: 1; }
    FeedsPane > .over { display: none; }
    FeedsPane > .facts { height: 5; }
    .-wide.-tall FeedsPane > .over { display: block; }
    .-tall FeedsPane > .facts { height: 7; }
    .-tall FeedsPane > .rule { margin-top: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        empty = "no feed yet; `agentwatch config init` writes one to fill in"
        self._table = FeedTable(
            Spec(feed_rows.COLUMNS, key=lambda feed: feed.name, row=self._row, empty=empty),
            classes="leads",
        )
        self._checks = LiveTable(
            Spec(
                findings.COLUMNS,
                key=lambda line: (line.check, line.is_remedy),
                row=lambda line: findings.row(line, self.look.glyphs),
                empty="the doctor is looking",
                heading=False,
            )
        )
        self._over, self._about = Lines(classes="over"), Lines(classes="rule")
        self._facts, self._doctor = Lines(classes="facts"), Lines(classes="rule")
        self._order = StableOrder()
        self._view = FeedView([], 0, None)
        self._seen = Seen()
        self._checked_ns = 0

    def compose(self) -> ComposeResult:
        yield from (self._over, self._table, self._about, self._facts, self._doctor, self._checks)

    @property
    def table(self) -> LiveTable:
        return self._table

    @property
    def look(self) -> Any:
        return self.app.look  # type: ignore[attr-defined]

    @property
    def down(self) -> bool:
        """Whether nobody records."""
        return is_down(self._view.beat_ns, self.now_ns)

    # -- what is shown -------------------------------------------------------------------------

    def question(self, now_ns: int) -> Callable[[Any], tuple[FeedView, list[Counted]]]:
        ranges, where = self._seen.wanted(now_ns), self.filter
        return lambda store: (feed_view(store, now_ns, where), seen(store, ranges))

    def show(self, answer: Any) -> None:
        self._view, counted = answer
        self._seen.take(counted)
        self._arrange()
        self._tell()
        self._count_on()

    def show_doctor(self, found: Sequence[Found], at_ns: int) -> None:
        """Take in what the doctor found."""
        self._checked_ns = at_ns
        self._checks.show_items(findings.findings(found))
        self._tell()

    def tick(self) -> None:
        super().tick()
        self._tell()
        self._count_on()

    def _count_on(self) -> None:
        if self._seen.wanted(self.now_ns):
            self.post_message(self.Ask())

    def _arrange(self) -> None:
        feeds = {feed.name: feed for feed in self._view.feeds}
        column, descending = self.table.sorted_by, self.table.descending
        wanted = sorted(
            ((feed.name, self._sort_key(feed, column)) for feed in feeds.values()),
            key=lambda pair: pair[1],
            reverse=descending,
        )
        by = (column, descending, self.filter_text)
        order = self._order.arrange(wanted, self.now_ns, self.table.current_key, by)
        self.table.show_items([feeds[str(key)] for key in order], total=self._view.total)
        self._fit()

    def _sort_key(self, feed: FeedFacts, column: str | None) -> tuple[Any, ...]:
        return feed_rows.sort_key(feed, column, self._rate(feed))

    # -- drawing -------------------------------------------------------------------------------

    def on_resize(self) -> None:
        self._fit()
        self._tell()

    def on_live_table_moved(self) -> None:
        self._tell()

    def _fit(self) -> None:
        """Give the table the lines that its feeds need, and never more than half of the pane."""
        rows = min(len(self.table.items) or 1, max(4, self.size.height // 2 - 1))
        if self.table.styles.height is None or self.table.styles.height.value != rows + 1:
            self.table.styles.height = rows + 1

    def _tell(self) -> None:
        """Draw what stands around the tables."""
        width, rule = self.size.width, self.look.glyphs.rule
        feed, now_ns = self.table.current, self.now_ns
        self._over.show_lines([feed_rows.over(self._table.placed)])
        told: Line = (("no feed", "dim"),) if feed is None else title(feed, now_ns, self.down)
        self._about.show_lines([titled(told, (), width, rule)])
        lines = [] if feed is None else facts(feed, now_ns, self.down)
        self._facts.show_lines(fact_lines(lines))
        right: Line = ()
        if self._checked_ns:
            hidden = len(self._checks.items) > self._checks.page
            rows = f"{self._checks.position}  " if hidden else ""
            right = ((f"{rows}at {second(self._checked_ns)[11:]}", "dim"),)
        head = findings.title(self._checks.items)
        self._doctor.show_lines([titled(head, right, width, rule)])

    def _row(self, feed: FeedFacts) -> Row:
        now_ns = self.now_ns
        width = next((each.width for each in self._table.placed if each.column.id == "seen"), 0)
        counts = self._seen.minutes(feed.id, now_ns, width)
        minute = (now_ns - SETTLE_NS) // MINUTE_NS
        dead_ns = self._view.beat_ns if self.down else unheard_ns(feed, now_ns)
        drawn = strip(counts, feed, minute, dead_ns, self.look.glyphs)
        standing = feed_rows.Standing(now_ns, self.down, self._rate(feed), drawn)
        return feed_rows.row(feed, standing, self.look.glyphs)

    def _rate(self, feed: FeedFacts) -> float | None:
        """Return records a second; while nobody records, nobody knows."""
        return None if self.down else self._seen.rate(feed.id, self.now_ns)

    def vitals(self) -> tuple[Line, Line]:
        rates = [self._rate(feed) for feed in self._view.feeds]
        return feed_rows.summary(self._view.feeds, rates, self.now_ns)

    # -- what may be taken away ----------------------------------------------------------------

    def copies(self) -> list[tuple[str, str]]:
        line, feed = self._checks.current, self.table.current
        if self._checks.has_focus and line is not None:
            return [("remedy" if line.is_remedy else "finding", line.text)]
        if feed is None:
            return []
        reason = [("reason", feed.reason)] if feed.reason else []
        return [("feed", feed.name), ("address", feed.url), *reason]

    def facts(self) -> list[Any]:
        found = [to_builtins(line) for line in self._checks.items]
        return [*(to_builtins(feed) for feed in self.table.items), *found]
