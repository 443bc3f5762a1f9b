"""Keys pressed while a recorder is flooded in; how long each takes to its paint out."""

from __future__ import annotations

import random

from benchmarks.figures import Figure, median
from benchmarks.flood import flooded, stored_spans
from benchmarks.terminals import (
    AGENTS,
    CURSOR,
    bare,
    console,
    cpu_s,
    folder,
    monotonic_s,
    percentile,
    stands,
    store_in,
)  # fmt: skip
from tests.console.ptys import Pty

SPANS_A_S = 5_000
KEYS = 200
PAUSE_S = (0.05, 0.15)
LEAD_S = 25.0
"""The flood lasts so much longer than the keys: until the fleet and the screens stand."""


def run(quick: bool) -> list[Figure]:
    """Press `j` on both in turn; the console is watching 500 agents, the bare app nothing."""
    keys = 40 if quick else KEYS
    with folder() as home:
        store = store_in(home)
        store.parent.mkdir()
        with (
            flooded(store, SPANS_A_S, LEAD_S + keys * 0.4, AGENTS),
            console(home) as ours,
            bare(home) as control,
        ):
            stands(control)
            stands(ours, "agent-")
            before, began_s, cpu_before_s = stored_spans(store), monotonic_s(), cpu_s(ours)
            took_ms = _press(ours, control, keys)
            seconds = monotonic_s() - began_s
            came = (stored_spans(store) - before) / seconds
            cpu = 100 * (cpu_s(ours) - cpu_before_s) / seconds
    of_ours, of_bare = took_ms
    told = f"bare Textual app; {AGENTS} agents, {came:,.0f} spans/s stored"
    return [
        Figure("key to paint p50", median(of_ours), "ms", median(of_bare), told),
        Figure(
            "key to paint p95", percentile(of_ours, 0.95), "ms", percentile(of_bare, 0.95), told,
            "60 ms",
        ),
        Figure("console CPU, that live", cpu, "%"),
    ]  # fmt: skip


def _press(ours: Pty, control: Pty, keys: int) -> tuple[list[float], list[float]]:
    """Return ms from each key to the bytes of its paint."""
    chance = random.Random(1)
    found: tuple[list[float], list[float]] = ([], [])
    for number in range(keys):
        for pty, mark, took_ms in ((ours, CURSOR, found[0]), (control, "\x1b", found[1])):
            pty.read(chance.uniform(*PAUSE_S))
            pty.written.clear()
            began_s = monotonic_s()
            pty.send("j" if number % 20 < 10 else "k")
            took_ms.append(1e3 * (pty.until(mark) - began_s))
    return found
