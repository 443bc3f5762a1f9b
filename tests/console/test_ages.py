"""An age says how old a value is, and whether that is too old."""

from __future__ import annotations

import pytest

from agentwatch.clock import NS_PER_S
from agentwatch.console.ages import age_piece, age_s, is_down

NOW = 1_800_000_000 * NS_PER_S


def ago(seconds: float) -> int:
    return NOW - round(seconds * NS_PER_S)


@pytest.mark.parametrize(
    ("seconds", "interval_s", "piece"),
    [
        (2, None, ("2s ", "dim")),
        (2, 1.0, ("2s ", "dim")),
        (2.1, 1.0, ("2s~", "stale")),
        (5, 1.0, ("5s~", "stale")),
        (5.1, 1.0, ("5s!", "stale")),
        (98, 30.0, ("95s~", "stale")),
        (98, None, ("95s ", "dim")),
        (-30, 1.0, ("0s ", "dim")),  # a sender's clock that is ahead
    ],
)
def test_an_age_is_marked_by_its_expected_interval(
    seconds: float, interval_s: float | None, piece: tuple[str, str]
) -> None:
    assert age_piece(ago(seconds), NOW, interval_s) == piece


def test_what_was_never_heard_has_no_age() -> None:
    assert age_piece(None, NOW, 1.0) == ("-", "dim")


def test_a_healthy_age_takes_the_role_that_it_is_given() -> None:
    assert age_piece(ago(1), NOW, 60.0, "text") == ("1s ", "text")


def test_no_age_is_negative() -> None:
    assert age_s(ago(-5), NOW) == 0.0
    assert age_s(ago(5), NOW) == 5.0


@pytest.mark.parametrize(("beat", "down"), [(None, True), (10, False), (10.1, True), (-9, False)])
def test_a_recorder_is_down_after_ten_silent_seconds(beat: float | None, down: bool) -> None:
    assert is_down(None if beat is None else ago(beat), NOW) is down
