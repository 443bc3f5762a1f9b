"""A recorder's counts in, the account of `record --stats-json` out."""

from __future__ import annotations

import resource
from collections import Counter
from typing import Protocol

COUNTED = (
    "spans",
    "spans_new",
    "spans_duplicate",
    "spans_rejected",
    "logs",
    "metrics",
)


class Ledger(Protocol):
    """What the account needs of the feeds' ledger."""

    gaps: int

    def account(self) -> dict[str, int]: ...


def stats(ledger: Ledger, said: Counter[str], wall_s: float) -> dict[str, int | float]:
    """Return frames = stored + empty + rejected + dropped, and spans = new + duplicate + rejected.

    A duplicate is any further record of a span already known: a repeat, a collision, or the
    finished span that takes the place of its running one.
    """
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {
        **ledger.account(),
        **{name: said[name] for name in COUNTED},
        "gaps": ledger.gaps,
        "commits": said["commits"],
        "wall_s": round(wall_s, 3),
        "cpu_s": round(usage.ru_utime + usage.ru_stime, 3),
        "max_rss_bytes": usage.ru_maxrss * 1024,
    }
