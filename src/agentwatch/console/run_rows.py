"""Runs of one agent and gaps in, rows of a live table out. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from agentwatch.console.ages import age_piece, age_s
from agentwatch.console.cells import Line, Piece, width_of
from agentwatch.console.glyphs import Glyphs
from agentwatch.console.layout import Column
from agentwatch.console.live_table import Row
from agentwatch.figures import age, duration, money, second, tokens
from agentwatch.store.queries.card import Who
from agentwatch.store.queries.run_list import Gap, RunList
from agentwatch.untrusted import show

COLUMNS = (
    Column(id="mark", title="S", width=1, fixed=True, gap=0, rank=0),
    Column(id="run", title="RUN", width=9, rank=1, fixed=True, cut="middle"),
    Column(id="state", title="STATE", width=5, rank=2, fixed=True),
    Column(id="outcome", title="OUTCOME", width=9, rank=6),
    Column(id="age", title="AGE ", width=4, right=True, rank=3),
    Column(id="ran", title="RAN", width=5, right=True, rank=4, sorts=True),
    Column(id="spans", title="SPANS ", width=6, right=True, rank=7, sorts=True),
    Column(id="errors", title="ERR", width=3, right=True, rank=5, sorts=True),
    Column(id="tokens", title="TOK", width=5, right=True, rank=9, sorts=True),
    Column(id="cost", title="$", width=7, right=True, rank=8, sorts=True),
    Column(id="task", title="TASK", width=12, grow=25, rank=10),
    Column(id="conversation", title="CONVERSATION", width=12, grow=16, gap=2, rank=11),
    Column(id="id", title="ID", width=32, gap=2, rank=12),
)
SORTED_BY = {
    "ran": "r.end_ns - r.start_ns",
    "spans": "r.span_count",
    "errors": "r.error_count",
    "tokens": "coalesce(r.input_tokens + r.output_tokens, r.input_tokens, r.output_tokens)",
    "cost": "r.cost_usd_micros",
}
"""Column → what it sorts by; None stands at the end, whichever way round."""

STATES: dict[str, str] = {"running": "run", "unknown": "-"}
Run = Mapping[str, Any]


class GapRow(dict[str, Any]):
    """A time nobody saw, among the runs."""


def sort_expression(column: str | None, rising: bool) -> str | None:
    """Return the SQL that a column sorts by; None: the list's own order, the newest first."""
    expression = SORTED_BY.get(column or "")
    unknown = 2**62 if rising else -1
    return None if expression is None else f"coalesce({expression}, {unknown})"


def key_of(item: Run) -> str:
    """Return what tells an item from all others."""
    return f"\x00{item['id']}" if isinstance(item, GapRow) else str(item["trace_id"])


def with_gaps(runs: list[dict[str, Any]], gaps: list[Gap]) -> list[dict[str, Any]]:
    """Return runs, the newest first, with each gap at its place in time."""
    waiting = gaps[::-1]
    items: list[dict[str, Any]] = []
    for run in runs:
        while waiting and waiting[-1].since_ns >= run["received_ns"]:
            items.append(_gap_item(waiting.pop()))
        items.append(run)
    return items + [_gap_item(gap) for gap in reversed(waiting)]


def run_row(run: Run, found: RunList, now_ns: int, glyphs: Glyphs) -> Row:
    """Return how a run looks."""
    is_open, failed = run["end_ns"] is None, run["state"] == "error"
    person = found.open_runs.get(run["trace_id"]) if is_open else None
    unseen_end = is_open and found.who is not None and found.who.feed_state == "stale"
    value = "stale" if unseen_end else "dim"
    state = STATES.get(run["state"], str(run["state"])) if person is None else "wait"
    errors, outcome = run["error_count"], run["outcome"] or "-"
    partial = not run["complete"] and run["state"] != "running"
    return Row(
        {
            "mark": (glyphs.error, "error") if failed else (" ", "text"),
            "run": (run["trace_id"], "stale" if unseen_end else "text"),
            "state": (state, "error" if failed else "text" if person is not None else value),
            "outcome": (outcome, value),
            "age": _age(run, found.who, now_ns),
            "ran": _ran(run, found.who, now_ns, value),
            "spans": ((f"{run['span_count']:,}", value), ("*" if partial else " ", "stale")),
            "errors": (
                f"{errors:,}",
                "error" if errors and failed else "warn" if errors else value,
            ),
            "tokens": (tokens(_total(run)), value),
            "cost": (money(run["cost_usd_micros"]), value),
            "task": _task(run, person, value),
            "conversation": (run["conversation_id"] or "-", value),
            "id": (run["trace_id"], "dim"),
        }
    )


def gap_row(gap: GapRow, width: int, glyphs: Glyphs) -> Row:
    """Return how a gap looks in a table of this width."""
    since, end = second(gap["since_ns"])[11:], "gap"
    if gap["until_ns"] is None:
        told = f"nobody sees it since {since}; what is missed is lost"
    else:
        told = f"nobody saw it {since} to {second(gap['until_ns'])[11:]}; what was missed is lost"
    text = f" {gap['feed']}: {told} "
    sign = glyphs.unseen
    room = max(0, width - 9 - len(end) - width_of(show(text)))
    return Row(
        {"mark": (" ", "gap")},
        note=((sign * 4, "gap"), (text, "stale"), (sign * room, "gap")),
        note_right=((end, "stale"),),
    )


def told_of(found: RunList, now_ns: int) -> Iterator[Piece]:
    """Yield what stands above the list: the agent's figures."""
    who, figures = found.who, found.figures
    waiting = sum(person is not None for person in found.open_runs.values())
    if who is not None:
        text, role = age_piece(
            who.feed_last_ns, now_ns, who.feed_interval_s if who.feed_state != "closed" else None
        )
        yield from ((who.feed, "text"), (f" {text.strip()}", role))
    yield from (("  ", "text"), (f"{len(found.open_runs)}", "text"), (" in flight", "dim"))
    if waiting:
        yield from (("  ", "text"), (f"{waiting}", "text"))
        yield (" waits for a person" if waiting == 1 else " wait for a person", "dim")
    if figures.runs:
        told = (
            ("err% ", f"{100 * figures.errors / figures.runs:.1f}"),
            ("$/run ", money(figures.cost_usd_micros_per_run)),
            ("p50 ", duration(figures.p50_ns or 0)),
            ("p95 ", duration(figures.p95_ns or 0)),
        )
        for label, value in told:
            yield from (("  ", "text"), (label, "dim"), (value, "text"))
        yield (f"  n {figures.runs}", "dim")


def _gap_item(gap: Gap) -> GapRow:
    return GapRow(
        id=gap.id, feed=gap.feed, since_ns=gap.since_ns, until_ns=gap.until_ns, reason=gap.reason
    )


def _age(run: Run, who: Who | None, now_ns: int) -> Piece:
    interval_s = who.interval_s if who is not None and run["end_ns"] is None else None
    return age_piece(run["received_ns"], now_ns, interval_s)


def _ran(run: Run, who: Who | None, now_ns: int, value: str) -> Piece:
    """Return how long it ran; in flight an age on its feed's clock, which grows."""
    if run["end_ns"] is not None:
        return duration(run["end_ns"] - run["start_ns"]), value
    if who is not None and who.clock == "event":
        now_ns = who.now_ns
    return age(age_s(run["start_ns"], now_ns)), "text" if value == "dim" else value


def _task(run: Run, person: str | None, value: str) -> Line:
    if person is not None:
        return (("asked ", "dim"), (person, "text"))
    return ((run["task_id"] or run["conversation_id"] or "-", value),)


def _total(run: Run) -> int | None:
    told = [run[key] for key in ("input_tokens", "output_tokens") if run[key] is not None]
    return sum(told) if told else None
