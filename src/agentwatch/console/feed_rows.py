"""A feed and what was counted of it in, its row of the feeds view out. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct, structs

from agentwatch.console.ages import age_piece
from agentwatch.console.cells import Line, Piece
from agentwatch.console.feed_words import is_bad, is_skewed, lag_s, mark, span
from agentwatch.console.glyphs import Glyphs
from agentwatch.console.header import is_stale
from agentwatch.console.layout import Column, Placed, lay_out
from agentwatch.console.live_table import Row
from agentwatch.figures import age
from agentwatch.store.queries.feed_view import FeedFacts

STRIP = 30
STATES = {"live": "text", "stale": "stale", "connecting": "warn", "closed": "dim"}
ACCOUNTED = "+ DROPPED"
COLUMNS = (
    Column(id="mark", title="S", width=1, fixed=True, gap=0),
    Column(id="feed", title="FEED", width=8, grow=16, rank=1, sorts=True, fixed=True),
    Column(id="last", title="LAST", width=4, right=True, rank=2, sorts=True, fixed=True),
    Column(id="every", title="EVERY", width=5, right=True, rank=3),
    Column(id="rate", title="REC/S", width=5, right=True, rank=6, sorts=True),
    Column(id="lag", title="LAG", width=5, right=True, rank=7, sorts=True),
    Column(id="skew", title="SKEW", width=6, right=True, rank=8),
    Column(id="seen", title="SEEN, a cell a minute", width=STRIP, grow=30, gap=2, rank=9),
    Column(id="gaps", title="GAPS", width=4, right=True, rank=4, sorts=True),
    Column(id="frames", title="FRAMES", width=7, right=True, rank=10, sorts=True),
    Column(id="stored", title="= STORED", width=8, right=True, rank=11),
    Column(id="empty", title="+ EMPTY", width=7, right=True, rank=12, sorts=True),
    Column(id="rejected", title="+ REJ", width=5, right=True, rank=13, sorts=True),
    Column(id="dropped", title="DROPPED", width=9, right=True, rank=5, sorts=True),
)


class Standing(Struct, frozen=True):
    """What a row tells besides the feed's own facts."""

    now_ns: int
    down: bool
    """Nobody records."""
    rate: float | None
    seen: str
    """The strip."""


def row(feed: FeedFacts, at: Standing, signs: Glyphs) -> Row:
    """Return how a feed looks."""
    bad = is_bad(feed, at.now_ns, at.down)
    value, quiet = ("stale", "stale") if bad else ("text", "dim")
    last = age_piece(feed.last_frame_ns, at.now_ns, feed.interval_s, "text")
    if bad and last[1] != "stale" and feed.last_frame_ns is not None:
        last = (f"{last[0].strip()}{signs.error}", "stale")
    lag = lag_s(feed)
    return Row(
        {
            "mark": mark(feed, at.now_ns, at.down, signs),
            "feed": (feed.name, value),
            "last": last,
            "every": (every(feed.interval_s), quiet),
            "rate": (rate(at.rate), value),
            "lag": ("-" if lag is None or bad else span(lag), quiet),
            "skew": _skew(feed, quiet),
            "seen": (at.seen, "faint" if bad else "spark"),
            "gaps": (f"{feed.gaps:,}", "stale" if feed.gaps else quiet),
            "frames": (count(feed.frames), value),
            "stored": (count(feed.stored), quiet),
            "empty": (count(feed.empty), quiet),
            "rejected": (count(feed.rejected), value if feed.rejected else quiet),
            "dropped": (count(feed.dropped), "warn" if feed.dropped else quiet),
        }
    )


def placed(width: int, hidden: Iterable[str]) -> list[Placed]:
    """Return where the columns stand; in the whole account what was dropped is its last part."""
    standing = lay_out(COLUMNS, width, hidden)
    if not any(each.column.id == "frames" for each in standing):
        return standing
    last = structs.replace(COLUMNS[-1], title=ACCOUNTED)
    return [
        structs.replace(each, column=last) if each.column.id == last.id else each
        for each in standing
    ]


def count(number: int) -> str:
    """Return a count in at most seven cells; whole ones stand in the words below the table."""
    if number < 1_000_000:
        return f"{number:,}"
    millions = number / 1e6
    return f"{millions:.2f}M" if millions < 999.995 else f"{number / 1e9:,.2f}G"


def every(interval_s: float | None) -> str:
    """Return an expected interval."""
    if interval_s is None:
        return "-"
    return span(interval_s) if interval_s < 1 else age(interval_s)


def rate(per_s: float | None) -> str:
    """Return records a second: whole, below one with a decimal."""
    if per_s is None:
        return "-"
    if per_s >= 0.95:
        return f"{per_s:,.0f}" if per_s < 9_999.5 else f"{per_s / 1000:,.0f}k"
    if per_s >= 0.05:
        return f"{per_s:.1f}"[1:]
    return "<.1" if per_s else "0"


def _skew(feed: FeedFacts, quiet: str) -> Piece:
    if feed.clock != "wall" or feed.skew_s is None:
        return "-", "dim"
    sign = "+" if feed.skew_s >= 0 else "-"
    return f"{sign}{span(abs(feed.skew_s))}", "warn" if is_skewed(feed) else quiet


def sort_key(feed: FeedFacts, column: str | None, per_s: float | None) -> tuple[Any, ...]:
    """Return what a feed is sorted by: as recorded, else by a column, the largest first."""
    counts = {
        "rate": per_s or 0.0, "lag": lag_s(feed) or 0.0, "gaps": feed.gaps,
        "frames": feed.frames, "empty": feed.empty, "rejected": feed.rejected,
        "dropped": feed.dropped,
    }  # fmt: skip
    if column in counts:
        return -counts[column], feed.id
    if column == "feed":
        return feed.name, feed.id
    return (feed.last_frame_ns or 0, feed.id) if column == "last" else (feed.id,)


def summary(
    feeds: Sequence[FeedFacts], rates: Sequence[float | None], now_ns: int
) -> tuple[Line, Line]:
    """Return how many feeds stand in which state, and what all of them bring."""
    states = Counter("stale" if is_stale(feed, now_ns) else feed.state for feed in feeds)
    line: list[Piece] = [(" ", "text"), (f"{len(feeds)}", "strong")]
    line.append((" feeds" if len(feeds) != 1 else " feed", "dim"))
    for state, role in STATES.items():
        if states[state]:
            line += [("  ", "text"), (f"{states[state]}", role), (f" {state}", "dim")]
    known = [per_s for per_s in rates if per_s is not None]
    total = rate(sum(known) if known else None)
    return tuple(line), (("records/s ", "dim"), (total, "text"), (" ", "text"))


def over(standing: Sequence[Placed]) -> Line:
    """Return the line above the headings: of what time each group of columns tells."""
    line: list[Piece] = []
    x = 0
    for each in standing:
        text = {"seen": f"last {each.width} min", "gaps": "24 h"}.get(each.column.id)
        if each.column.title == ACCOUNTED:
            text = "since recording began"
        if text is not None:
            end = each.x + each.width if each.column.right else each.x + len(text)
            line += [(" " * (end - len(text) - x), "text"), (text, "dim")]
            x = end
    return tuple(line)
