"""The strip of a run in flight: a cell a second, what is open in accent, gaps where nobody saw."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from agentwatch.clock import NS_PER_S
from agentwatch.console.cells import width_of_line
from agentwatch.console.glyphs import ASCII, UTF8
from agentwatch.console.strip import WIDTH, strip
from agentwatch.store.queries.activity import Doing, Flight

NOW = 1_800_000_000 * NS_PER_S + NS_PER_S // 2
RUN = Flight(
    trace_id="9f", agent="a", state="running", waits_for=None, start_ns=0, seen_ns=NOW,
    cost_usd_micros=None, span_count=1, feed="f", feed_silent=False, feed_last_ns=NOW,
    clock_ns=None,
)  # fmt: skip


def ago(seconds: float) -> int:
    return NOW - round(seconds * NS_PER_S)


def run(**more: Any) -> Flight:
    return msgspec.structs.replace(RUN, **more)


def doing(*pieces: tuple[int, int | None, bool], since_ns: int = 0) -> Doing:
    still = any(end_ns is None for _, end_ns, _ in pieces)
    return Doing(
        operation="chat", subject="m", asked="", open=still, since_ns=since_ns, pieces=pieces,
        effect=None,
    )  # fmt: skip


def text(flight: Flight, told: Doing | None, signs: Any = UTF8) -> str:
    return "".join(piece for piece, _ in strip(flight, told, NOW, signs))


def roles(flight: Flight, told: Doing | None) -> list[str]:
    return [role for piece, role in strip(flight, told, NOW, UTF8) if piece.strip()]


def test_a_run_begins_where_it_began_and_grows_at_the_right_end() -> None:
    started = run(start_ns=ago(3))
    assert text(started, doing((ago(2), None, False))) == " " * 16 + "━━━━▸"
    assert roles(started, doing((ago(2), None, False))) == ["spark", *["accent"] * 4]


def test_what_failed_is_red_and_what_ended_grey() -> None:
    told = doing((ago(4.5), ago(3.5), True), (ago(2.5), ago(1.5), False))
    assert roles(run(start_ns=ago(4.5)), told) == ["error", *["spark"] * 5]


def test_a_run_that_waits_is_dashed_since_it_asked() -> None:
    waiting = run(start_ns=ago(5), state="waiting")
    told = doing((ago(5), ago(3), False), (ago(3), None, False), since_ns=ago(3))
    assert text(waiting, told) == " " * 14 + "━━╌╌╌╌▸"
    assert "accent" not in roles(waiting, told)[2:]


@pytest.mark.parametrize(
    ("silent", "expected"), [(True, " " * 11 + "━━━░░░░░░"), (False, " " * 11 + "━━━━━━░░░")]
)
def test_nothing_is_drawn_where_nobody_saw(silent: bool, expected: str) -> None:
    lost = run(
        start_ns=ago(8), state="stale", feed_silent=silent, seen_ns=ago(3.2),
        feed_last_ns=ago(6.2),
    )  # fmt: skip
    assert text(lost, doing((ago(7), None, False))) == expected + " "


def test_a_run_older_than_the_strip_fills_it() -> None:
    assert text(run(), doing((0, None, False)), ASCII) == "=" * 20 + ">"


def test_a_run_of_which_nothing_is_told_is_still_drawn() -> None:
    assert text(run(start_ns=ago(1)), None) == " " * 18 + "━━▸"


def test_a_start_in_the_future_draws_nothing_and_keeps_the_width() -> None:
    line = strip(run(start_ns=NOW + 10**12), doing((NOW + 10**12, None, False)), NOW, UTF8)
    assert width_of_line(line) == WIDTH
    assert text(run(start_ns=NOW + 10**12), None).strip() == "▸"
