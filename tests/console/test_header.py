"""The first line at every width and in every state: what is wrong is the last that is given up."""

from __future__ import annotations

from typing import Any

import pytest

from agentwatch.clock import NS_PER_S
from agentwatch.console.cells import Line, width_of_line
from agentwatch.console.glyphs import ASCII, UTF8
from agentwatch.console.header import header, is_stale
from agentwatch.store.queries.status import FeedStanding
from tests.console.screens import assert_golden
from tests.terminal import HOSTILE, leaks

NOW = 1_800_000_000 * NS_PER_S
WIDTHS = (80, 100, 120, 200)


def feed(name: str, age_s: float | None = 1, **more: Any) -> FeedStanding:
    given: dict[str, Any] = {
        "name": name, "kind": "agents", "state": "live", "interval_s": 2.0, "sampled": False,
        "skew_s": 0.004, "reason": None, "clock": "wall",
        "last_frame_ns": None if age_s is None else NOW - round(age_s * NS_PER_S),
    }  # fmt: skip
    return FeedStanding(**(given | more))


WELL = (feed("prod-eu"), feed("batch", 4, interval_s=10.0), feed("evals", 10, interval_s=30.0))
SILENT = feed("prod-us", 95)
CUT = feed("prod-us", 95, state="connecting", reason="telemetry-us.corp cut the connection")
REFUSED = feed("prod-us", None, state="closed", reason="telemetry-us.corp refused us (HTTP 401)")
FLEET = ["fleet"]
DEEP = ["fleet", "payments/invoice-matcher-london", "run 9f31c2d4"]
DOWN = ("RECORDER DOWN", "critical")
BADGES = (DOWN, ("FROZEN +1,234", "badge"), ("REPLAY", "badge"), ("DEMO", "badge"))

STATES: dict[str, dict[str, Any]] = {
    "all is well": {"feeds": WELL},
    "no feed": {"feeds": ()},
    "a feed ages": {"feeds": (*WELL, feed("prod-us", 6))},
    "a feed is silent": {"feeds": (*WELL, SILENT)},
    "its recorder marked it": {"feeds": (feed("prod-us", 95, state="stale", interval_s=None),)},
    "it connects": {"feeds": (*WELL, CUT)},
    "it was refused for good": {"feeds": (*WELL, REFUSED)},
    "a recording is at its end": {"feeds": (feed("replay", 40, state="closed"),)},
    "sampled": {"feeds": (feed("prod-eu", sampled=True), *WELL[1:])},
    "a clock is ahead": {"feeds": (feed("prod-eu", skew_s=12.0), *WELL[1:])},
    "everything at once": {
        "feeds": (feed("prod-eu", sampled=True), SILENT, feed("batch", skew_s=3.0), REFUSED),
    },
    "nobody records": {"feeds": (*WELL, SILENT), "badges": (DOWN,), "down": True},
    "badges": {"feeds": (*WELL, SILENT), "badges": BADGES, "down": True},
    "deep in a run": {"feeds": (*WELL, SILENT), "crumbs": DEEP},
    "deep with badges": {"feeds": (*WELL, SILENT), "crumbs": DEEP, "badges": BADGES},
}  # fmt: skip


def line(width: int, **state: Any) -> Line:
    given: dict[str, Any] = {"crumbs": FLEET, "badges": (), "now_ns": NOW, "glyphs": UTF8}
    return header(width, **(given | state))


def text(line: Line) -> str:
    return "".join(piece for piece, _ in line)


def roles(line: Line, word: str) -> set[str]:
    return {role for piece, role in line if word in piece}


def test_the_line_at_every_width_in_every_state() -> None:
    told = []
    for name, state in STATES.items():
        told.append(f"-- {name}")
        told += [text(line(width, **state)).rstrip() for width in WIDTHS]
    assert_golden("header", "\n".join(told) + "\n")


@pytest.mark.parametrize("width", [*range(80, 130), 200])
@pytest.mark.parametrize("state", STATES)
def test_the_line_is_exactly_as_wide_as_the_screen(width: int, state: str) -> None:
    assert width_of_line(line(width, **STATES[state])) == width
    assert text(line(width, **STATES[state])).endswith("08:00Z ")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("state", ["a feed is silent", "it connects", "deep in a run"])
def test_the_worst_feed_is_named_at_every_width(width: int, state: str) -> None:
    assert "prod-us" in text(line(width, **STATES[state]))


def test_an_age_that_proves_nothing_has_a_mark_and_no_live_colour() -> None:
    assert roles(line(120, feeds=(SILENT,)), "95s") == {"stale"}
    down = line(120, feeds=WELL, down=True)
    assert {role for piece, role in down if piece.endswith("!")} == {"stale"}
    assert len([piece for piece, _ in down if piece.endswith("!")]) == len(WELL)


def test_a_feed_that_is_not_heard_shows_no_age_at_all() -> None:
    assert "95s" not in text(line(200, feeds=(CUT,)))
    assert "95s" not in text(line(200, feeds=(feed("a", 95, state="closed"),)))


@pytest.mark.parametrize(
    ("clock", "skew_s", "told"),
    [("wall", 2.1, True), ("wall", 2.0, False), ("wall", -9.0, False), ("wall", None, False),
     ("event", 9.0, False)],
)  # fmt: skip
def test_a_clock_is_told_from_two_seconds_on(clock: str, skew_s: float | None, told: bool) -> None:
    shown = text(line(120, feeds=(feed("a", clock=clock, skew_s=skew_s),)))
    assert ("clock +" in shown) == told


def test_a_feed_is_stale_whoever_noticed_and_unknown_intervals_judge_nothing() -> None:
    assert is_stale(feed("a", 11), NOW)
    assert not is_stale(feed("a", 9), NOW)
    assert is_stale(feed("a", 1, state="stale"), NOW)
    assert not is_stale(feed("a", 999, interval_s=None), NOW)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_hostile_moves_or_widens_the_line(hostile: str) -> None:
    feeds = (feed(hostile), feed(hostile, state="connecting", reason=hostile))
    shown = line(200, feeds=feeds, crumbs=[hostile])
    assert leaks(text(shown)) == []
    assert width_of_line(shown) <= 200


def test_ascii_has_every_mark_too() -> None:
    shown = text(line(200, feeds=STATES["everything at once"]["feeds"], glyphs=ASCII))
    assert shown.isascii()
    assert "sampled" in shown and "95s! stale" in shown
