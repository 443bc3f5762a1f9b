"""A run with its spans in, lines with a tree and a bar for each span out. Pure."""

from __future__ import annotations

from agentwatch.console.ages import age_s
from agentwatch.console.cells import Line, Piece, fit, titled
from agentwatch.console.glyphs import Glyphs
from agentwatch.figures import age, duration, money
from agentwatch.store.queries.last_run import LastRun, Step

FIGURES = 14
"""Cells of duration and cost, with a blank before each."""


def run_lines(run: LastRun, width: int, most: int, now_ns: int, glyphs: Glyphs) -> list[Line]:
    """Return a titled rule and a line for each span; what does not fit is counted on the last."""
    told = (
        f"  {fit(run.trace_id, 9, cut='middle', mark=glyphs.cut)}"
        f"  {age(age_s(run.end_ns, now_ns))} ago, {duration(run.end_ns - run.start_ns)}, "
        f"{run.span_count} span{'s' if run.span_count != 1 else ''}"
    )
    lines = [titled((("LAST RUN", "dim"), (told, "dim")), (), width + 2, glyphs.rule)]
    name = max(16, (width - FIGURES) // 2)
    bar = max(4, width - FIGURES - name - 1)
    lines += [_step(step, run, name, bar, glyphs) for step in run.steps[: max(1, most)]]
    hidden = run.span_count - len(lines) + 1
    if hidden > 0:
        lines.append(((f"and {hidden:,} more spans", "dim"),))
    return lines


def _step(step: Step, run: LastRun, name: int, bar: int, glyphs: Glyphs) -> Line:
    failed = step.state == "error"
    branches = "".join("  " if last else f"{glyphs.tree_line} " for last in step.last[1:-1])
    if step.depth:
        branches += f"{glyphs.tree_last if step.last[-1] else glyphs.tree_branch} "
    branches = branches[-(name // 2) :]
    named = step.name.rpartition("/")[2] if step.operation == "invoke" else step.name
    label = fit(f"{step.operation} {named}", max(4, name - len(branches)), mark=glyphs.cut)
    took = "-" if step.end_ns is None else duration(step.end_ns - step.start_ns)
    cost = "" if step.cost_usd_micros is None else money(step.cost_usd_micros)
    pieces: tuple[Piece, ...] = (
        (branches, "faint"),
        (label, "error" if failed else "text"),
        (f" {_bar(step, run, bar, glyphs)}", "error" if failed else "spark"),
        (f" {took:>5}", "dim"),
        (f" {cost:>7}", "dim"),
    )
    return pieces


def _bar(step: Step, run: LastRun, width: int, glyphs: Glyphs) -> str:
    """Return when the span was, in half cells; it is never shorter than one."""
    length_ns = max(1, run.end_ns - run.start_ns)
    end_ns = run.end_ns if step.end_ns is None else step.end_ns
    begin, end = (
        min(max(0, 2 * width * (at_ns - run.start_ns) // length_ns), 2 * width)
        for at_ns in (step.start_ns, end_ns)
    )
    begin = min(begin, 2 * width - 1)
    end = max(end, begin + 1)
    signs = (" ", glyphs.bar_half_right, glyphs.bar_half, glyphs.bar)
    return "".join(
        signs[(begin <= cell < end) * 2 + (begin <= cell + 1 < end)]
        for cell in range(0, 2 * width, 2)
    )
