"""The last run as a small tree with bars: when each span was, in half cells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agentwatch.console.cells import Line, width_of_line
from agentwatch.console.glyphs import ASCII, UTF8
from agentwatch.console.widgets.run_tree import run_lines
from agentwatch.store.queries.last_run import LastRun, Step
from tests.console.fleet_of_cards import AGENT, fleet_of_cards
from tests.console.screens import press, screen, shown

MS = 10**6


def step(start: int, end: int | None, **more: Any) -> Step:
    given: dict[str, Any] = {
        "depth": 0, "last": (True,), "operation": "chat", "name": "m1", "state": "ok",
        "start_ns": start * MS, "end_ns": None if end is None else end * MS,
        "cost_usd_micros": None,
    }  # fmt: skip
    return Step(**(given | more))


def run(*steps: Step, spans: int | None = None) -> LastRun:
    return LastRun("9f31".ljust(32, "0"), "ok", 0, 1_000 * MS, spans or len(steps), list(steps))


def text(lines: list[Line]) -> list[str]:
    return ["".join(piece for piece, _ in line) for line in lines]


async def test_a_wide_screen_shows_the_steps_of_the_last_run(tmp_path: Path) -> None:
    world = fleet_of_cards(tmp_path / "s.db")
    async with shown(world, tmp_path, (200, 60)) as (app, pilot):
        while app.pane.table.current_key != AGENT:
            await press(pilot, "j")
        told = screen(app)
        assert "└" in told
        assert "━" in told


@pytest.mark.parametrize(
    ("start", "end", "bar"),
    [
        (0, 1000, "━━━━━━━━━━"),
        (0, 50, "╸         "),
        (50, 100, "╺         "),
        (500, 500, "     ╸    "),
        (950, 1000, "         ╺"),
        (1000, 1000, "         ╺"),
        (250, 750, "  ╺━━━━╸  "),
        (900, None, "         ━"),
        (-500, 5000, "━━━━━━━━━━"),
    ],
)
def test_a_bar_is_where_its_span_was_and_never_nothing(
    start: int, end: int | None, bar: str
) -> None:
    lines = text(run_lines(run(step(start, end)), 41, 9, 0, UTF8))
    assert lines[1][17:27] == bar


def test_the_rule_says_which_run_and_how_long_it_is_ago() -> None:
    (first, *_) = text(run_lines(run(step(0, 9), step(0, 9)), 60, 9, 3_000 * MS, UTF8))
    assert first.startswith("─ LAST RUN  9f31…0000  2s ago, 1.00s, 2 spans ──")


def test_a_tree_shows_what_stands_below_what_and_red_is_what_failed() -> None:
    steps = (
        step(0, 9, operation="invoke", name="shop/refund-03"),
        step(0, 9, depth=1, last=(True, False)),
        step(0, 9, depth=2, last=(True, False, True), name="m2", cost_usd_micros=1_200),
        step(0, 9, depth=1, last=(True, True), name="m3", state="error"),
    )
    lines = run_lines(run(*steps), 60, 9, 0, UTF8)
    assert [line.split("  ")[0] for line in text(lines)[1:]] == [
        "invoke refund-03", "├ chat m1", "│ └ chat m2", "└ chat m3",
    ]  # fmt: skip
    assert text(lines)[3].endswith("9ms  0.0012")
    assert [role for _, role in lines[4]] == ["faint", "error", "error", "dim", "dim"]
    assert all(line.isascii() for line in text(run_lines(run(*steps), 60, 9, 0, ASCII)))


@pytest.mark.parametrize("width", [44, 60, 90])
def test_every_line_fits(width: int) -> None:
    steps = [step(0, 9, name="名" * 40, depth=8, last=(True,) * 9)]
    for line in run_lines(run(*steps), width, 9, 0, UTF8)[1:]:
        assert width_of_line(line) == width


def test_what_has_no_room_is_counted() -> None:
    lines = text(run_lines(run(*(step(0, 9) for _ in range(9)), spans=70), 60, 3, 0, UTF8))
    assert len(lines) == 5
    assert lines[-1] == "and 67 more spans"
