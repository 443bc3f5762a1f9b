"""What one span adds to the rollups: its key and its figures in, signed increments out. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from operator import add, sub

from agentwatch.clock import NS_PER_S

WIDTHS_S = (60, 3600)

Key = tuple[int, int, str, str, str, str]
"""width_s, bucket_ns, agent, version, model, tool; "" where a span has none."""

FIGURES = (
    "spans",
    "errors",
    "duration_ns",
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_creation_tokens",
    "reasoning_tokens",
    "cost_usd_micros",
    "unpriced",
)

LARGEST = 1 << 62
"""No sum of one batch is larger: a column holds 63 bits and a sign."""

Figures = tuple[int, ...]
"""One integer for each of FIGURES."""

NONE: Figures = (0,) * len(FIGURES)


def plus(one: Figures, other: Figures) -> Figures:
    """Return the sums, figure by figure."""
    return tuple(map(add, one, other))


def minus(one: Figures, other: Figures) -> Figures:
    """Return the differences, figure by figure."""
    return tuple(map(sub, one, other))


def keys(at_ns: int, agent: str, version: str, model: str, tool: str) -> Iterator[Key]:
    """Yield the minute and the hour that a span at `at_ns` belongs to."""
    for width_s in WIDTHS_S:
        width_ns = width_s * NS_PER_S
        yield width_s, at_ns // width_ns * width_ns, agent, version, model, tool


class Increments:
    """Signed sums by key, until they are taken."""

    def __init__(self) -> None:
        self._sums: dict[tuple[int, str, str, str, str], Figures] = {}

    def add(self, at_ns: int, labels: tuple[str, str, str, str], figures: Figures) -> None:
        """Add one span's figures to its minute; `labels` are agent, version, model, tool."""
        key = (at_ns // _MINUTE_NS, *labels)
        sums = self._sums.get(key)
        self._sums[key] = figures if sums is None else plus(sums, figures)

    def subtract(self, at_ns: int, labels: tuple[str, str, str, str], figures: Figures) -> None:
        """Take one span's figures out of its minute."""
        key = (at_ns // _MINUTE_NS, *labels)
        self._sums[key] = minus(self._sums.get(key, NONE), figures)

    def take(self) -> list[tuple[int | str, ...]]:
        """Return rows (key and figures) for every width that changed, and start anew."""
        rows: dict[Key, Figures] = {}
        for (minute, *labels), sums in self._sums.items():
            if not any(sums):
                continue
            agent, version, model, tool = labels
            for key in keys(minute * _MINUTE_NS, agent, version, model, tool):
                rows[key] = plus(rows.get(key, NONE), sums)
        self._sums.clear()
        return [(*key, *_bounded(row)) for key, row in rows.items()]


def _bounded(figures: Figures) -> Figures:
    if min(figures) >= -LARGEST and max(figures) <= LARGEST:
        return figures
    return tuple(max(-LARGEST, min(figure, LARGEST)) for figure in figures)


_MINUTE_NS = 60 * NS_PER_S
