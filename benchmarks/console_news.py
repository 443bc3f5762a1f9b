"""Commits at any moment in; how long each takes to stand on the screen out."""

from __future__ import annotations

import random
import string

from benchmarks.figures import Figure, median
from benchmarks.terminals import console, fleet, folder, monotonic_s, percentile, stands

COMMITS = 200
FLUSH_MS = 250.0
"""How often the console looks: half of it is lost on the average, all of it at the worst."""


def run(quick: bool) -> list[Figure]:
    """Commit a run whose words differ in every cell from those before, and wait for them."""
    chance, took_ms = random.Random(1), []
    with folder() as home:
        live = fleet(home)
        with console(home) as pty:
            stands(pty, "agent-00")
            for number in range(40 if quick else COMMITS):
                pty.read(chance.uniform(0.3, 0.6))
                words = string.ascii_letters[number % 52] * 10
                live.runs([chance.randrange(500)], asked=words)
                began_s = monotonic_s()
                took_ms.append(1e3 * (pty.until(words) - began_s))
    name = "commit to visible"
    return [
        Figure(f"{name} p50", median(took_ms), "ms", FLUSH_MS, "the flush"),
        Figure(f"{name} p99", percentile(took_ms, 0.99), "ms", FLUSH_MS, "the flush", "350 ms"),
    ]
