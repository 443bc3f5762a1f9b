"""A fleet in; how long the console takes to its first useful paint out, in fresh processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.bare_app import SAYS
from benchmarks.figures import Figure, median
from benchmarks.terminals import bare, console, fleet, folder, monotonic_s

AGENT = "agent-00"
"""What a useful screen holds: a name out of the store."""
ROUNDS = 9


def run(quick: bool) -> list[Figure]:
    """Start each in turn, so that what else the machine does falls upon all of them."""
    took: dict[str, list[float]] = {"import": [], "bare": [], "console": []}
    with folder() as home:
        fleet(home)
        for _ in range(3 if quick else ROUNDS):
            took["import"].append(_import_s())
            took["bare"].append(_paint_s(home, ours=False))
            took["console"].append(_paint_s(home, ours=True))
    ours, imported, plain = (median(took[name]) for name in ("console", "import", "bare"))
    return [
        Figure("first useful paint", ours, "s", imported, "import textual.app", "control + 0.5 s"),
        Figure("first useful paint", ours, "s", plain, "first paint of a bare Textual app"),
    ]


def _import_s() -> float:
    began_s = monotonic_s()
    subprocess.run([sys.executable, "-c", "import textual.app"], check=True)
    return monotonic_s() - began_s


def _paint_s(home: Path, ours: bool) -> float:
    began_s = monotonic_s()
    with console(home) if ours else bare(home) as pty:
        return pty.until(AGENT if ours else SAYS) - began_s
