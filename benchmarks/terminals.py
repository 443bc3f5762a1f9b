"""A store in; the console and the bare app on terminals of their own, and what they cost, out."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from benchmarks.bare_app import SAYS
from tests.console.live_store import LiveStore
from tests.console.ptys import Pty, console_on_pty, python_on_pty

AGENTS = 500
CURSOR = "▌"
"""What a moved cursor writes, and no news does."""

_COMPILED = {"PYTHONDONTWRITEBYTECODE": ""}
"""What is installed has been compiled before."""
_AS_THE_CONSOLE = {"TEXTUAL_ANIMATIONS": "none", "TEXTUAL_SMOOTH_SCROLL": "0"}
_TICKS_A_S = os.sysconf("SC_CLK_TCK")


@contextmanager
def folder() -> Iterator[Path]:
    """Make a folder for a store and for the files of a user who has none."""
    with tempfile.TemporaryDirectory(prefix="agentwatch-bench-") as path:
        yield Path(path)


def fleet(home: Path, agents: int = AGENTS) -> LiveStore:
    """Store a fleet in which every agent has ended a run."""
    return LiveStore(store_in(home), agents)


def store_in(home: Path) -> Path:
    """Return where the store of this folder stands."""
    return home / "store" / "bench.db"


def console(home: Path) -> AbstractContextManager[Pty]:
    """Start the console over the store of this folder."""
    return console_on_pty("--store", store_in(home), "--read-only", home=home, variables=_COMPILED)


def bare(home: Path) -> AbstractContextManager[Pty]:
    """Start the bare app on a terminal of the same size."""
    return python_on_pty(["-m", "benchmarks.bare_app"], home, variables=_COMPILED | _AS_THE_CONSOLE)


def stands(pty: Pty, mark: str = SAYS, settle_s: float = 2.0) -> None:
    """Wait until the first screen is there and nothing more is written."""
    pty.read_until(mark)
    pty.read(settle_s)


def percentile(values: list[float], ratio: float) -> float:
    """Return the value that so large a share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(ratio * len(ordered)))]


def cpu_s(pty: Pty) -> float:
    """Return the CPU time that the program on a terminal has taken, all threads together."""
    stat = Path(f"/proc/{pty.process.pid}/stat").read_text()
    user, system = stat.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / _TICKS_A_S


def monotonic_s() -> float:
    """Return the time that `Pty.until` tells."""
    return time.monotonic()
