"""An agent's figures in, the lines of its card out: what it costs, reads, does and may do. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from agentwatch.console.ages import age_piece, age_s
from agentwatch.console.cells import Line, Piece, fit, titled, width_of, width_of_line
from agentwatch.console.glyphs import Glyphs, trend
from agentwatch.console.widgets.run_tree import run_lines
from agentwatch.figures import age, duration, money, tokens
from agentwatch.store.queries.card import HOUR_NS, Card, Live, Read
from agentwatch.store.queries.last_run import LastRun
from agentwatch.untrusted import show

LABEL = 9
MOST_NAMES = 4
MOST_READS = 4
MOST_CLAIMS = 2
MOST_VERSION = 13
"""Cells of a version that was read and the newer one."""

HUGE = 60
"""From so many cells on the last run is drawn too, and rows have room for more."""

SHORT = 24
"""Characters of an identity that is shown whole."""

EFFECTS = (
    ("irreversible", "irrev", "warn"),
    ("compensable", "compens", "text"),
    ("reversible", "revers", "text"),
)
Agent = Mapping[str, Any]
"""Its row in the fleet."""


class Facts(Struct, frozen=True):
    """All that a card says."""

    name: str
    """The shortest that tells it from every other agent."""
    card: Card
    live: Live
    run: LastRun | None = None


def card_lines(
    facts: Facts, agent: Agent, size: tuple[int, int], now_ns: int, glyphs: Glyphs
) -> list[Line]:
    """Return the lines in (width, height); blank lines go first where they do not all fit."""
    width, height = size
    value = "stale" if agent.get("state") == "stale" else "text"
    lines: list[Line] = []
    for block in (
        _title(facts, value, (width, glyphs.cut), now_ns),
        _figures(facts.card, agent, value, width, glyphs),
        _runs(facts.live, value, now_ns),
        _grounds(facts.card, value, width, now_ns, glyphs),
    ):
        lines += [*([()] if lines else []), *block]
    runs = list(_last_runs(facts.live, width, now_ns, glyphs))
    if len(lines) + len(runs) + 1 > height:
        lines = [line for line in lines if line]
    if runs:
        lines.append(titled((("LAST RUNS", "dim"),), (), width + 2, glyphs.rule))
        lines += runs
    if facts.run is not None and len(lines) + 4 < height:
        most = height - len(lines) - 2
        lines += run_lines(facts.run, width, most, now_ns, glyphs)
    return lines[:height]


def _label(label: str, *pieces: Piece) -> Line:
    return ((f"{label:{LABEL}}", "dim"), *pieces)


def _title(facts: Facts, value: str, room: tuple[int, str], now_ns: int) -> Iterator[Line]:
    who, name, (width, mark) = facts.card.who, facts.name, room
    version = f"  v{who.version}" if (who.version or "")[:1].isdigit() else f"  {who.version or ''}"
    group = (who.service or who.agent).rpartition("/")[0]
    fits = width_of(show(f"{name}  {group}{version}")) <= width
    named = fit(name, min(width_of(show(name)), width - width_of(version)), cut="middle", mark=mark)
    role = "strong" if value == "text" else value
    yield ((named, role), (f"  {group}" if group and fits else "", "dim"), (version, "dim"))
    if group and not fits:
        yield _label("service", (group, value))
    interval_s = who.feed_interval_s if who.feed_state in ("live", "stale") else None
    text, role = age_piece(who.feed_last_ns, now_ns, interval_s)
    state = "" if who.feed_state == "live" else f"  {who.feed_state}"
    told: Piece = (state, "stale" if who.feed_state == "stale" else "dim")
    yield _label("feed", (who.feed, value), (f"  {text.strip()}", role), told)


def _figures(facts: Card, agent: Agent, value: str, width: int, glyphs: Glyphs) -> Iterator[Line]:
    figures = facts.figures
    yield _errors(facts, agent.get("state") == "failing", value, width, glyphs)
    if not figures.runs:
        return
    yield _label("cost", (money(figures.cost_usd_micros_per_run), value), (" a run", "dim"))
    yield _label("tokens", (tokens(figures.tokens_per_run), value), (" a run", "dim"))
    p50, p95 = (duration(took or 0) for took in (figures.p50_ns, figures.p95_ns))
    ranks: Line = (("p50 ", "dim"), (p50, value), ("  p95 ", "dim"), (p95, value))
    yield _label("latency", *ranks, (f"  n {figures.runs}", "dim"))
    if facts.up or facts.down:
        up, down = (f"{facts.up}", value), (f"{facts.down}", value)
        yield _label("feedback", ("up ", "dim"), up, ("  down ", "dim"), down)


def _errors(facts: Card, failing: bool, value: str, width: int, glyphs: Glyphs) -> Line:
    if not facts.ended:
        return _label("errors", ("-  no run ended in the last hour", "dim"))
    share = f"{100 * facts.failed / facts.ended:.1f}%"
    cells = facts.trend[facts.trend_blank :]
    top = max([0.1, *(cell for cell in cells if cell is not None)])
    role = "spark_hot" if failing else "faint" if value == "stale" else "spark"
    of = f" n {facts.ended:,}{'' if facts.whole_hour else '+'}"
    line = _label(
        "errors",
        (f"{share:6}", "error" if failing else value),
        (" " * facts.trend_blank, "text"),
        (trend(cells, top, glyphs), role),
        (of, "dim"),
    )
    return (*line, (", 1 h", "dim")) if width_of_line(line) + 5 <= width else line


def _runs(facts: Live, value: str, now_ns: int) -> Iterator[Line]:
    if not facts.open_runs:
        yield _label("runs", ("none in flight", "dim"))
        return
    told: list[Piece] = [(f"{facts.open_runs}", value), (" in flight", "dim")]
    if facts.waiting:
        waiting = len(facts.waiting)
        told.append((f", {waiting} wait{'s' if waiting == 1 else ''}", "text"))
    yield _label("runs", *told)
    if facts.waits_for is not None and facts.waits_since_ns is not None:
        since = f"  {age(age_s(facts.waits_since_ns, now_ns))} ago"
        yield _label("asked", (facts.waits_for, "text"), (since, "dim"))


def _grounds(facts: Card, value: str, width: int, now_ns: int, glyphs: Glyphs) -> Iterator[Line]:
    yield from _reads(facts.reads[:MOST_READS], value, width, now_ns, glyphs)
    told: list[Piece] = []
    for kind, word, role in EFFECTS:
        if facts.effects.get(kind):
            told += [(f"{word} ", role if value == "text" else value)]
            told += [(f"{facts.effects[kind]}  ", value)]
    if told:
        whole = facts.who.now_ns - facts.effects_since_ns >= HOUR_NS
        covered = age(age_s(facts.effects_since_ns, facts.who.now_ns))
        yield _label("effects", *told, ("1 h" if whole else covered, "dim"))
    for label, names in (("models", facts.models), ("tools", facts.tools)):
        if names:
            yield _label(label, (_some(names, width - LABEL), value))
    claims = [_claim(claim, glyphs) for claim in facts.who.claimed]
    for number, claim in enumerate(claims[:MOST_CLAIMS]):
        more = len(claims) - MOST_CLAIMS if number == MOST_CLAIMS - 1 else 0
        rest = f" +{more}" if more > 0 else ""
        room = min(width_of(claim), width - LABEL - len(rest))
        text = fit(claim, room, cut="middle", mark=glyphs.cut)
        yield _label("" if number else "claimed", (text, "dim"), (rest, "dim"))


def _reads(
    reads: Sequence[Read], value: str, width: int, now_ns: int, glyphs: Glyphs
) -> Iterator[Line]:
    """Yield each source with the version and the age of what was last read of it."""
    told = [
        (read, f"{read.version or '-'}<{read.newer}" if read.newer else read.version or "-")
        for read in reads
    ]
    wide = min(MOST_VERSION, max((width_of(show(version)) for _, version in told), default=0))
    name = min(24, width - LABEL - wide - 6)
    for number, (read, version) in enumerate(told):
        role = "dim" if read.newer is None else "error" if value == "text" else value
        old = "-" if read.as_of_ns is None else age(age_s(read.as_of_ns, read.read_ns))
        last = f"  read {age(age_s(read.read_ns, now_ns))} ago" if width >= HUGE else ""
        yield _label(
            "" if number else "data",
            (fit(read.source, name, mark=glyphs.cut), value),
            (f" {fit(version, wide, mark=glyphs.cut)}", role),
            (f"{old:>5}{last}", "dim"),
        )


def _last_runs(facts: Live, width: int, now_ns: int, glyphs: Glyphs) -> Iterator[Line]:
    for run in facts.last:
        failed, is_open = run["state"] == "error", run["end_ns"] is None
        word = "run" if run["state"] == "running" else run["outcome"] or run["state"]
        word = "wait" if run["trace_id"] in facts.waiting else word
        if is_open:
            took = age(age_s(run["start_ns"], now_ns))
        else:
            took = duration(run["end_ns"] - run["start_ns"])
        line: list[Piece] = [
            (f"{glyphs.error if failed else ' '} ", "error"),
            (fit(run["trace_id"], 9, cut="middle", mark=glyphs.cut), "text"),
            (f" {fit('-' if word == 'unknown' else word, 9)}", "error" if failed else "dim"),
            (f" {took:>5}", "text" if is_open else "dim"),
            (f" {age(age_s(run['received_ns'], now_ns)):>4}", "dim"),
        ]
        if width >= HUGE:
            line.append((f" {money(run['cost_usd_micros']):>8}", "dim"))
            line.append((f"  {run['task_id'] or run['conversation_id'] or ''}", "dim"))
        yield tuple(line)


def _claim(identity: str, glyphs: Glyphs) -> str:
    """Return a claimed identity: an address says its provider itself, of an id the ends tell."""
    provider, _, rest = identity.partition(":")
    if rest.startswith(f"{provider}:"):
        return rest
    if "/" in rest or len(rest) <= SHORT:
        return f"{provider} {rest}"
    return f"{provider} {fit(rest, 9, cut='middle', mark=glyphs.cut)}"


def _some(names: Sequence[str], width: int) -> str:
    """Return as many names as there is room for, and how many more there are."""
    shown: list[str] = []
    for number, name in enumerate(names[:MOST_NAMES], 1):
        counted = len(f" +{len(names) - number}") if number < len(names) else 0
        if shown and width_of(show(", ".join([*shown, name]))) + counted > width:
            break
        shown.append(name)
    rest = len(names) - len(shown)
    return ", ".join(shown) + (f" +{rest}" if rest else "")
