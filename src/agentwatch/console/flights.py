"""Runs in flight in, the rows of a live table out. Pure but for the glyphs that it is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from agentwatch.clock import NS_PER_S
from agentwatch.console.ages import age_s
from agentwatch.console.cells import Line, Piece
from agentwatch.console.glyphs import Glyphs
from agentwatch.console.layout import Column
from agentwatch.console.live_table import Row
from agentwatch.console.operations import EFFECTS, word_of
from agentwatch.console.strip import CELLS, WIDTH, strip
from agentwatch.figures import age, duration, money
from agentwatch.store.queries.activity import Doing, Flight, Flights, Usual

COLUMNS = (
    Column(id="mark", title="S", width=1, fixed=True, gap=0, rank=0),
    Column(
        id="agent", title="AGENT", width=24, grow=10, rank=1, sorts=True, fixed=True, cut="middle"
    ),
    Column(id="run", title="RUN", width=4, rank=4),
    Column(id="state", title="STATE", width=8, rank=2, sorts=True, fixed=True),
    Column(id="now", title="NOW", width=28, grow=60, rank=3, fixed=True),
    Column(id="ran", title="RAN", width=4, right=True, rank=5, sorts=True),
    Column(id="usual", title="USUAL", width=5, right=True, rank=6),
    Column(id="cost", title="$", width=7, right=True, rank=7, sorts=True),
    Column(id="strip", title=f"last {CELLS} s, growing", width=WIDTH, rank=8),
    Column(id="effect", title="EFFECT", width=7, rank=9),
    Column(id="spans", title="SPANS", width=6, right=True, rank=10, sorts=True),
    Column(id="feed", title="FEED", width=10, rank=11, sorts=True),
)
STATES = {
    "failing": ("!", "error", "failing"), "waiting": (" ", "text", "wait"),
    "running": (" ", "dim", "run"), "stale": ("~", "stale", "stale"),
}  # fmt: skip
"""state → (mark, role, word), in the order in which they stand."""
RANKS = {state: at for at, state in enumerate(STATES)}
OVER_USUAL = 3
"""A run that takes so many times as long as usual departs from it."""
FEW_RUNS = 5
"""Fewer ended runs than that do not tell what is usual."""
GIVEN_UP_NS = 600 * NS_PER_S
"""Runs that nothing was heard of for so long fold: their end was lost."""


class Fold(Struct, frozen=True, kw_only=True):
    """The one line of runs whose end nobody will see."""

    feed: str
    """Empty: not their feed is silent, the runs are."""
    count: int
    open: bool
    """Its runs are shown too."""


Item = Flight | Fold


def key_of(item: Item) -> str:
    """Return what tells an item from all others."""
    return item.trace_id if isinstance(item, Flight) else f"fold {item.feed}"


def now_of(run: Flight, now_ns: int) -> int:
    """Return the run's own now: that of its feed where the feed keeps its times."""
    return now_ns if run.clock_ns is None else run.clock_ns


def fold_of(run: Flight, now_ns: int) -> str | None:
    """Return which fold a run belongs to: its silent feed, or ""; None: it stands alone."""
    if run.feed_silent:
        return run.feed
    silent_ns = now_of(run, now_ns) - run.seen_ns
    return "" if run.state == "stale" and silent_ns > GIVEN_UP_NS else None


def sort_key(item: Item, column: str | None, fold: str | None) -> tuple[Any, ...]:
    """Return where an item stands; folds, and what they open to, come last."""
    if isinstance(item, Fold):
        return 1, item.feed, 0, 0
    if fold is not None:
        return 1, fold, 1, item.start_ns
    values: Mapping[str, Any] = {
        "agent": item.agent, "state": RANKS[item.state], "ran": item.start_ns,
        "cost": -(item.cost_usd_micros or 0), "spans": -item.span_count, "feed": item.feed,
    }  # fmt: skip
    return 0, values.get(column or "state", 0), 0, item.start_ns


def row_of(
    item: Flight, found: Flights, names: Mapping[str, str], now_ns: int, signs: Glyphs
) -> Row:
    """Return what a run looks like; `names` are the short names of agents."""
    mark, role, word = STATES[item.state]
    stale = item.state == "stale"
    value = "stale" if stale else "dim"
    now_ns, doing = now_of(item, now_ns), found.told.get(item.trace_id)
    ran_s = age_s(item.start_ns, now_ns)
    usual, slow = _usual(item, found.usual.get(item.agent), ran_s)
    name = "strong" if item.state == "failing" else "stale" if stale else "text"
    return Row(
        {
            "mark": ("^", "warn") if slow and not mark.strip() else (mark, role),
            "agent": (names.get(item.agent, item.agent), name),
            "run": (item.trace_id[:4], "dim"),
            "state": (word, role),
            "now": _now(item, doing, value),
            "ran": (age(ran_s), "warn" if slow else "stale" if stale else "text"),
            "usual": (usual, value),
            "cost": (money(item.cost_usd_micros), value),
            "strip": strip(item, doing, now_ns, signs),
            "effect": _effect(item, doing),
            "spans": (f"{item.span_count:,}", value),
            "feed": (item.feed, value),
        }
    )


def _usual(run: Flight, usual: Usual | None, ran_s: float) -> tuple[str, bool]:
    """Return the agent's usual duration, and whether this run departs from it."""
    if usual is None or usual.duration_ns is None:
        return "-", False
    if usual.runs < FEW_RUNS:
        return f"n {usual.runs}", False
    told = run.state in ("running", "failing")
    return duration(usual.duration_ns), told and ran_s * NS_PER_S > OVER_USUAL * usual.duration_ns


def _now(run: Flight, doing: Doing | None, value: str) -> Line:
    if run.state == "waiting":
        return (("person: ", "dim"), (run.waits_for or "-", "text"))
    if doing is None:
        return (("-", "dim"),)
    after = "" if doing.open else "after "
    return (
        (f"{after}{word_of(doing.operation)} ", value),
        (doing.subject, "text" if doing.open and value == "dim" else value),
        (f"  {doing.asked}" if doing.asked else "", value),
    )


def _effect(run: Flight, doing: Doing | None) -> Piece:
    if run.feed_silent:
        return "unseen", "stale"
    if run.state == "waiting":
        return "held", "dim"
    effect = doing.effect if doing is not None else None
    return EFFECTS.get(effect or "", "-"), "text" if effect == "irreversible" else "dim"


def fold_row(fold: Fold, shown: Sequence[Column], signs: Glyphs) -> Row:
    """Return what a fold looks like among these columns: its strip stands below the others'."""
    runs = f"{fold.count:,} run{'s' if fold.count != 1 else ''}"
    why = "in flight when the feed fell silent" if fold.feed else "silent for over 10 minutes"
    right: list[Piece] = [("l", "key"), (" fold" if fold.open else " unfold", "dim")]
    ids = [column.id for column in shown]
    if "strip" in ids:
        room = sum(column.gap + column.width for column in shown[ids.index("strip") + 1 :])
        lacks = room - sum(len(text) for text, _ in right)
        right = [(signs.unseen * CELLS + " ", "gap"), *right, (" " * lacks, "text")]
    return Row(
        {
            "mark": ("~", "stale"),
            "agent": (f"{fold.feed} {runs}".strip(), "stale"),
            "run": ("", "stale"),
            "state": ("stale", "stale"),
        },
        note=((f"{why}; end unseen", "stale"),),
        note_right=tuple(right),
    )
