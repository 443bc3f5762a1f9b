"""An idle and a changing fleet in; the CPU seconds a second that the console takes out."""

from __future__ import annotations

from benchmarks.figures import Figure
from benchmarks.terminals import (
    bare,
    console,
    cpu_s,
    fleet,
    folder,
    monotonic_s,
    stands,
)  # fmt: skip
from tests.console.live_store import LiveStore
from tests.console.ptys import Pty

SECONDS = 20.0
ROWS_A_TICK = 13
TICK_S = 0.25
"""About fifty changed rows a second."""


def run(quick: bool) -> list[Figure]:
    """Watch both side by side: first nothing happens, then the visible agents go on changing."""
    seconds = 6.0 if quick else SECONDS
    with folder() as home:
        live = fleet(home)
        with console(home) as ours, bare(home) as control:
            stands(control)
            stands(ours, "agent-00")
            idle = _percent(ours, control, seconds, None)
            busy = _percent(ours, control, seconds, live)
    return [
        Figure(f"console CPU, {name}", figure[0], "%", figure[1], "a bare Textual app, idle")
        for name, figure in (("idle", idle), ("50 changed rows/s", busy))
    ]


def _percent(
    ours: Pty, control: Pty, seconds: float, live: LiveStore | None
) -> tuple[float, float]:
    before, began_s, changed = [cpu_s(each) for each in (ours, control)], monotonic_s(), 0
    while monotonic_s() - began_s < seconds:
        if live is not None:
            live.runs([(changed + each) % 20 for each in range(ROWS_A_TICK)])
            changed += ROWS_A_TICK
        ours.read(TICK_S)
    took_s = monotonic_s() - began_s
    after = [cpu_s(each) for each in (ours, control)]
    first, second = (100 * (b - a) / took_s for a, b in zip(before, after, strict=True))
    return first, second
