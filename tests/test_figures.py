"""The few characters in which a number is shown."""

from __future__ import annotations

import pytest

from agentwatch.clock import NS_PER_S
from agentwatch.figures import age, duration, money, second, tokens

MS = 1_000_000


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(-3, "0s"), (0, "0s"), (9.9, "9s"), (10, "10s"), (14.9, "10s"), (99.9, "95s"), (100, "1m"),
     (5999, "99m"), (6000, "1h"), (359_999, "99h"), (360_000, "4d"), (86_400_000, "1000d")],
)  # fmt: skip
def test_an_age_has_one_unit_and_moves_rarely(seconds: float, shown: str) -> None:
    assert age(seconds) == shown


@pytest.mark.parametrize(
    ("nanoseconds", "shown"),
    [(-5, "0ms"), (0, "0ms"), (2 * MS, "2ms"), (812 * MS, "812ms"), (999_499_999, "999ms"),
     (999_500_000, "1.00s"), (1650 * MS, "1.65s"), (9_994 * MS, "9.99s"), (9_995 * MS, "10.0s"),
     (41_200 * MS, "41.2s"), (59_949 * MS, "59.9s"), (59_950 * MS, "1m00s"),
     (247 * NS_PER_S, "4m07s"), (5_999 * NS_PER_S, "99m59s"), (6_000 * NS_PER_S, "1h")],
)  # fmt: skip
def test_a_duration_has_three_digits(nanoseconds: int, shown: str) -> None:
    assert duration(nanoseconds) == shown


@pytest.mark.parametrize(
    ("usd_micros", "shown"), [(None, "-"), (0, "0.0000"), (1234, "0.0012"), (10**10, "10,000.0000")]
)
def test_money_that_is_not_known_is_no_zero(usd_micros: int | None, shown: str) -> None:
    assert money(usd_micros) == shown


@pytest.mark.parametrize(
    ("count", "shown"),
    [(None, "-"), (0, "0"), (812, "812"), (1_000, "1.0k"), (12_400, "12.4k"), (999_949, "999.9k"),
     (999_950, "1.00M"), (2_100_000, "2.10M")],
)  # fmt: skip
def test_tokens_are_counted_in_thousands_and_millions(count: int | None, shown: str) -> None:
    assert tokens(count) == shown


@pytest.mark.parametrize("at_ns", [0, 1_795_348_066_999_999_999, 2**63 - 1])
def test_any_time_that_a_store_can_hold_is_an_rfc_3339_second(at_ns: int) -> None:
    shown = second(at_ns)
    assert len(shown) == 20
    assert shown.endswith("Z")
    assert second(0) == "1970-01-01T00:00:00Z"
