"""`15m`, `7d` and RFC 3339 become nanoseconds that SQLite can hold."""

from __future__ import annotations

from argparse import ArgumentTypeError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentwatch.cli.times import count, moment_ns, seconds
from agentwatch.clock import NS_PER_S, now_ns


@pytest.mark.parametrize(
    ("text", "at_ns"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-11-24T15:00:00Z", 1_795_532_400 * NS_PER_S),
        ("2026-11-24T15:00:00", 1_795_532_400 * NS_PER_S),
        ("2026-11-24T16:00:00+01:00", 1_795_532_400 * NS_PER_S),
        ("2026-11-24T15:00:00.123456Z", 1_795_532_400 * NS_PER_S + 123_456_000),
        ("2026-11-24", 1_795_478_400 * NS_PER_S),
        ("0001-01-01", 0),
        ("9999-12-31", 2**63 - 1),
    ],
)
def test_a_time_of_rfc_3339_is_exact(text: str, at_ns: int) -> None:
    assert moment_ns(text) == at_ns


@pytest.mark.parametrize(("text", "ago_s"), [("15m", 900), ("7d", 604_800), ("0s", 0)])
def test_a_duration_is_back_from_now(text: str, ago_s: int) -> None:
    before = now_ns()
    at_ns = moment_ns(text)
    assert before - ago_s * NS_PER_S <= at_ns <= now_ns() - ago_s * NS_PER_S


@given(st.text(max_size=30))
def test_any_text_is_a_time_that_sqlite_holds_or_a_sentence(text: str) -> None:
    try:
        assert -(2**63) <= moment_ns(text) < 2**63
    except ArgumentTypeError as error:
        assert "is no time: write 15m" in str(error)


@pytest.mark.parametrize(("text", "value"), [("5", 5.0), ("0.5", 0.5), ("5s", 5.0), ("2m", 120.0)])
def test_seconds_need_no_unit(text: str, value: float) -> None:
    assert seconds(text) == value


@pytest.mark.parametrize("text", ["", "-5", "nan", "inf", "²", "1.2.3", "9" * 400])
def test_what_is_no_number_of_seconds(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="is no duration"):
        seconds(text)


def test_a_number_of_rows_is_one_or_more() -> None:
    assert (count("1"), count("5000")) == (1, 5000)
    for text in ("0", "-1", "x", "", "²", "1.5", "9" * 20):
        with pytest.raises(ArgumentTypeError, match="1 or more"):
            count(text)
