"""Agents and where they are heard in, rows of the fleet out: what is wrong on top. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import Any

from agentwatch.console.ages import age_piece, age_s
from agentwatch.console.cells import Line, Piece
from agentwatch.console.glyphs import Glyphs, trend
from agentwatch.console.layout import Column
from agentwatch.console.live_table import Row
from agentwatch.figures import age, money, second
from agentwatch.store.queries.fleet import Home

COLUMNS = (
    Column(id="mark", title="S", width=1, fixed=True, gap=0, rank=0),
    Column(
        id="agent", title="AGENT", width=22, grow=12, rank=1, sorts=True, fixed=True, cut="middle"
    ),
    Column(id="state", title="STATE", width=9, rank=2, sorts=True, fixed=True),
    Column(id="cause", title="CAUSE", width=7, rank=4),
    Column(id="age", title="AGE ", width=4, right=True, rank=3, sorts=True),
    Column(id="trend", title="RUNS", width=5, gap=2, rank=7),
    Column(id="errors", title="ERR%", width=5, right=True, rank=5, sorts=True),
    Column(id="cost", title="$/RUN", width=7, right=True, rank=6, sorts=True),
    Column(id="open", title="OPEN", width=4, right=True, rank=8, sorts=True),
    Column(id="tokens", title="TOK/S", width=5, right=True, rank=9, sorts=True),
    Column(id="version", title="VERSION", width=8, gap=2, rank=10, sorts=True),
    Column(id="feed", title="FEED", width=8, rank=11, sorts=True),
)
RANKS = {"failing": 0, "degraded": 1, "stale": 2, "suspended": 3, "revoked": 3}
MARKS = {
    "failing": ("!", "error"), "degraded": ("^", "warn"), "stale": ("~", "stale"),
    "suspended": ("^", "warn"), "revoked": ("x", "revoked"),
}  # fmt: skip
WORDS = {"running": "run", "waiting": "wait"}
ROLES = {
    "failing": "error", "degraded": "warn", "stale": "stale", "revoked": "revoked",
    "suspended": "warn", "waiting": "text", "running": "dim", "idle": "dim",
}  # fmt: skip
CAUSES = {"waiting": "person", "failing": "errors"}
Agent = dict[str, Any]


class Fold(dict[str, Any]):
    """The one line of a silent feed's agents: feed, count, state, last_seen_ns."""


def key_of(item: Agent) -> Hashable:
    """Return what tells a row from all others."""
    return ("fold", item["feed"]) if isinstance(item, Fold) else item["agent"]


def folded(
    agents: Iterable[Agent], homes: Mapping[str, Home], unfolded: Collection[str]
) -> list[Agent]:
    """Return the agents, those of a silent feed behind one line unless it is unfolded."""
    shown: list[Agent] = []
    folds: dict[str, Fold] = {}
    for agent in agents:
        home = homes[agent["agent"]]
        if agent["state"] != "stale" or home.feed_state != "stale":
            shown.append(agent)
            continue
        fold = folds.setdefault(home.feed, Fold(feed=home.feed, state="stale", count=0))
        fold["count"] += 1
        fold["last_seen_ns"] = home.feed_last_ns
        if home.feed in unfolded:
            shown.append(agent)
    return [*shown, *folds.values()]


def sort_key(item: Agent, feed: str, column: str | None) -> tuple[Any, ...]:
    """Return what a row sorts by; without a column what is wrong comes first."""
    name = "" if isinstance(item, Fold) else item["agent"]
    if column is None:
        return RANKS.get(item["state"], 4), name
    values = {
        "age": item["last_seen_ns"] or 0,
        "errors": -(item.get("error_ratio") or 0),
        "cost": -(item.get("cost_usd_micros_per_run") or 0),
        "open": -(item.get("runs_active") or 0),
        "tokens": -(item.get("tokens_per_s") or 0),
        "version": item.get("version") or "",
        "state": item["state"],
        "feed": feed,
    }
    return values.get(column, ""), name


def agent_row(
    agent: Agent,
    home: Home,
    name: str,
    ended: Sequence[int | None] | None,
    now_ns: int,
    glyphs: Glyphs,
) -> Row:
    """Return an agent's row; `ended` are its runs in the last minutes."""
    state: str = agent["state"]
    silent = state == "stale"
    value = "stale" if silent else "dim"
    ratio, tokens = agent["error_ratio"], agent["tokens_per_s"]
    interval_s = home.interval_s if agent["runs_active"] or silent else None
    errors = "-" if ratio is None else f"{100 * ratio:.1f}"
    return Row(
        {
            "mark": MARKS.get(state, (" ", "text")),
            "agent": (name, "strong" if state == "failing" else "stale" if silent else "text"),
            "state": (WORDS.get(state, state), ROLES[state]),
            "cause": (_cause(state, home), value),
            "age": age_piece(agent["last_seen_ns"], now_ns, interval_s),
            "trend": _trend(ended, silent, glyphs),
            "errors": (errors, "error" if state == "failing" else value),
            "cost": (money(agent["cost_usd_micros_per_run"]), value),
            "open": (str(agent["runs_active"] or "-"), value),
            "tokens": ("-" if not tokens else f"{tokens:,.0f}", value),
            "version": (agent["version"] or "-", value),
            "feed": (home.feed, value),
        }
    )


def fold_row(fold: Fold, unfolded: Collection[str], now_ns: int) -> Row:
    """Return the line of a silent feed."""
    last_ns = fold["last_seen_ns"] or 0
    verb = " fold" if fold["feed"] in unfolded else " unfold"
    return Row(
        {
            "mark": ("~", "stale"),
            "agent": ((fold["feed"], "stale"), (f" {fold['count']} agents", "stale")),
            "state": ("stale", "stale"),
            "cause": ("feed", "stale"),
            "age": (f"{age(age_s(last_ns, now_ns))}!", "stale"),
        },
        note=((" silent since ", "stale"), (second(last_ns)[11:], "stale")),
        note_right=(("l", "key"), (verb, "dim")),
    )


def told_of_fold(fold: Fold, now_ns: int) -> list[Line]:
    """Return what stands in the place of a card."""
    last_ns = fold["last_seen_ns"] or 0
    return [
        ((fold["feed"], "stale"), (f"  {fold['count']} agents", "dim")),
        (),
        (("silent for ", "dim"), (age(age_s(last_ns, now_ns)), "stale")),
        (("what its agents do now is not seen", "dim"),),
    ]


def counted(agents: Sequence[Agent]) -> Line:
    """Return how many agents there are in each state."""
    counts = Counter(agent["state"] for agent in agents)
    line: list[Piece] = [(" ", "text"), (f"{len(agents)}", "strong")]
    line.append((" agents" if len(agents) != 1 else " agent", "dim"))
    for state in ("running", "waiting", "idle", "failing", "degraded", "stale"):
        if counts[state]:
            role = ROLES[state] if state in RANKS else "text"
            line += [("  ", "text"), (f"{counts[state]}", role)]
            line.append((f" {WORDS.get(state, state)}", "dim"))
    return tuple(line)


def _cause(state: str, home: Home) -> str:
    if state == "stale":
        return "feed" if home.feed_state == "stale" else "silent"
    return CAUSES.get(state, "")


def _trend(ended: Sequence[int | None] | None, silent: bool, glyphs: Glyphs) -> Piece:
    if ended is None:
        return "", "spark"
    top = max((count for count in ended if count is not None), default=0)
    return trend(ended, max(top, 1), glyphs), "faint" if silent else "spark"
