"""Figures in, each beside its control; a table of them out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from time import process_time

from msgspec import Struct

HEADINGS = ("figure", "measured", "control", "ratio", "control is")


class Figure(Struct, frozen=True):
    """One line of the table. `control` and `ratio` are of the same run."""

    name: str
    measured: float
    unit: str
    control: float | None = None
    control_is: str = ""
    aim: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times its control the measured value is."""
        return self.measured / self.control if self.control else None

    def cells(self) -> tuple[str, str, str, str, str]:
        """Return the line's cells in the order of HEADINGS."""
        note = f"{self.control_is}; aim {self.aim}" if self.aim else self.control_is
        return (
            self.name,
            f"{_short(self.measured)} {self.unit}",
            f"{_short(self.control)} {self.unit}" if self.control is not None else "",
            f"{self.ratio:.2f}" if self.ratio is not None else "",
            note.removeprefix("; "),
        )


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as lines of text in columns."""
    rows = [HEADINGS, *(figure.cells() for figure in figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(_line(row, widths) for row in rows)


def cpu_s(work: Callable[[], object]) -> float:
    """Return the CPU time of one call; another process's load does not count."""
    began_s = process_time()
    work()
    return process_time() - began_s


def median(values: Iterable[float]) -> float:
    """Return the middle value, the upper one of two."""
    ordered = sorted(values)
    return ordered[len(ordered) // 2]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    name, *numbers, note = cells
    aligned = [number.rjust(width) for number, width in zip(numbers, widths[1:], strict=False)]
    return "  ".join([name.ljust(widths[0]), *aligned, note]).rstrip()


def _short(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
