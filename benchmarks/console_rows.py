"""An agent of very many runs and one of few in; how long the console takes to open each out."""

from __future__ import annotations

from benchmarks.figures import Figure, median
from benchmarks.terminals import console, fleet, folder, monotonic_s, stands
from tests.console.live_store import LiveStore
from tests.console.ptys import Pty

AGENTS = 30
FEW, MANY = 1_000, 100_000
A_COMMIT = 1_000
ROUNDS = 21
ROW = "0000…"
"""How every run's id begins: a row of the list, and nothing else, writes it."""


def run(quick: bool) -> list[Figure]:
    """Go in to each agent in turn, and out again."""
    many = MANY // 10 if quick else MANY
    took_ms: tuple[list[float], list[float]] = ([], [])
    with folder() as home:
        live = fleet(home, AGENTS)
        _runs(live, 0, many)
        _runs(live, 1, FEW)
        with console(home) as pty:
            stands(pty, "agent-00")
            for _ in range(7 if quick else ROUNDS):
                for agent, back in ((0, "hj"), (1, "hk")):
                    took_ms[agent].append(_open_ms(pty, back))
    return [
        Figure(
            f"opening {many:,} runs of an agent", median(took_ms[0]), "ms", median(took_ms[1]),
            f"opening {FEW:,}", "1.5 times",
        )
    ]  # fmt: skip


def _runs(live: LiveStore, agent: int, runs: int) -> None:
    for _ in range(runs // A_COMMIT):
        live.runs([agent] * A_COMMIT)


def _open_ms(pty: Pty, back: str) -> float:
    pty.read(0.4)
    pty.written.clear()
    began_s = monotonic_s()
    pty.send("l")
    took_ms = 1e3 * (pty.until(ROW) - began_s)
    pty.read(0.4)
    for key in back:
        pty.send(key)
        pty.read(0.2)
    return took_ms
