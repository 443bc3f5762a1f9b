"""What the doctor found in, the rows that a table shows out: what is wrong first, then its remedy.

The doctor looks at files and at the machine, so a pane is given what it found.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from agentwatch.console.cells import Line
from agentwatch.console.glyphs import Glyphs
from agentwatch.console.layout import Column
from agentwatch.console.live_table import Row

COLUMNS = (
    Column(id="state", title="", width=2, gap=0, fixed=True),
    Column(id="check", title="CHECK", width=12, grow=6, rank=1, fixed=True),
    Column(id="detail", title="DETAIL", width=20, grow=400, rank=2, fixed=True),
)
ORDER = ("failure", "warning", "ok", "skipped")
ELSEWHERE = "feed "
"""The rows of feeds are left out: the view says the same above, at greater length."""


class Found(Protocol):
    """One thing that the doctor looked at."""

    @property
    def check(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def detail(self) -> str: ...
    @property
    def remedy(self) -> str | None: ...


class Finding(Struct, frozen=True):
    """A line of the doctor's table: what was found, or below it what to do."""

    check: str
    state: str
    text: str
    is_remedy: bool = False


def findings(found: Sequence[Found]) -> list[Finding]:
    """Return the lines, what is wrong first."""
    shown = [each for each in found if not each.check.startswith(ELSEWHERE)]
    lines: list[Finding] = []
    for each in sorted(shown, key=lambda each: ORDER.index(each.state)):
        lines.append(Finding(each.check, each.state, each.detail))
        if each.remedy:
            lines.append(Finding(each.check, each.state, each.remedy, is_remedy=True))
    return lines


def title(lines: Sequence[Finding]) -> Line:
    """Return the heading with its counts."""
    states = [line.state for line in lines if not line.is_remedy]
    warnings, failures = states.count("warning"), states.count("failure")
    return (
        ("DOCTOR", "dim"), ("  ", "text"), (f"{len(states)}", "text"), (" checks  ", "dim"),
        (f"{warnings}", "warn" if warnings else "text"), (" warnings  ", "dim"),
        (f"{failures}", "error" if failures else "text"), (" failures", "dim"),
    )  # fmt: skip


def row(line: Finding, signs: Glyphs) -> Row:
    """Return how a line looks."""
    if line.is_remedy:
        return Row(
            {
                "state": ("", "text"),
                "check": ("", "text"),
                "detail": ((f"{signs.arrow_right} ", "dim"), (line.text, "text")),
            }
        )
    marks = {
        "ok": ("ok", "ok"), "warning": (signs.warning, "warn"),
        "failure": (signs.error, "error"), "skipped": ("-", "dim"),
    }  # fmt: skip
    roles = {"warning": "warn", "failure": "error", "skipped": "dim"}
    return Row(
        {
            "state": marks[line.state],
            "check": (line.check, "dim"),
            "detail": (line.text, roles.get(line.state, "text")),
        }
    )
