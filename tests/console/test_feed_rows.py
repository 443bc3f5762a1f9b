"""A feed's cells: whole numbers or other units, never cut; and nothing alive that is not."""

from __future__ import annotations

from typing import Any

import pytest

from agentwatch.clock import NS_PER_S
from agentwatch.console.cells import width_of, width_of_line
from agentwatch.console.feed_rows import (
    COLUMNS,
    Standing,
    count,
    every,
    over,
    placed,
    rate,
    row,
    sort_key,
    summary,
)  # fmt: skip
from agentwatch.console.glyphs import UTF8
from tests.console.feed_facts import NOW, feed

WIDTHS = {column.id: column.width for column in COLUMNS}


def cells(down: bool = False, **more: Any) -> dict[str, Any]:
    return dict(row(feed(**more), Standing(NOW, down, 118.4, "▆▇"), UTF8).cells)


def test_a_sound_feed_is_quiet() -> None:
    found = cells()
    assert found["last"] == ("1s ", "text")
    assert (found["every"], found["rate"]) == (("2s", "dim"), ("118", "text"))
    assert (found["lag"], found["skew"]) == (("80ms", "dim"), ("+4ms", "dim"))
    assert {role for _, role in found.values()} <= {"text", "dim", "spark"}


@pytest.mark.parametrize(
    ("down", "more"), [(True, {}), (False, {"last_frame_ns": NOW - 95 * NS_PER_S})]
)
def test_a_feed_that_nobody_hears_loses_the_life_of_every_value(
    down: bool, more: dict[str, Any]
) -> None:
    found = cells(down, **more)
    assert {role for _, role in found.values()} <= {"stale", "faint"}
    assert found["last"][0].endswith("!")
    assert found["lag"][0] == "-"


def test_what_departs_is_coloured_and_nothing_else() -> None:
    found = cells(dropped=3, skew_s=2.6, gaps=1, rejected=2)
    assert found["dropped"] == ("3", "warn")
    assert found["skew"] == ("+2.60s", "warn")
    assert found["gaps"] == ("1", "stale")
    assert found["rejected"] == ("2", "text")


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (424811, "424,811"), (999999, "999,999"), (1352118, "1.35M"), (10**12, "1,000.00G")],
)
def test_counts_change_their_unit_before_they_are_cut(number: int, text: str) -> None:
    assert count(number) == text
    assert number >= 10**12 or len(text) <= WIDTHS["frames"]


@pytest.mark.parametrize(
    ("per_s", "text"),
    [(None, "-"), (0, "0"), (0.01, "<.1"), (0.34, ".3"), (0.94, ".9"), (0.96, "1"), (118.4, "118"),
     (9_999.4, "9,999"), (12_345.0, "12k")],
)  # fmt: skip
def test_a_rate_is_whole_and_a_small_one_is_never_zero(per_s: float | None, text: str) -> None:
    assert rate(per_s) == text
    assert len(text) <= WIDTHS["rate"]


@pytest.mark.parametrize(
    ("interval_s", "text"), [(None, "-"), (0.5, "500ms"), (2.4, "2s"), (90, "90s")]
)
def test_an_interval_that_is_not_known_is_a_dash(interval_s: float | None, text: str) -> None:
    assert every(interval_s) == text


def test_columns_go_one_after_the_other_as_it_gets_narrow() -> None:
    at_80 = [each.column.id for each in placed(80, ())]
    assert at_80 == ["mark", "feed", "last", "every", "rate", "lag", "skew", "gaps", "dropped"]
    assert placed(80, ())[-1].column.title == "DROPPED"
    assert [each.column.id for each in placed(120, ())] == [column.id for column in COLUMNS]
    assert placed(120, ())[-1].column.title == "+ DROPPED"


@pytest.mark.parametrize("width", [120, 160, 200])
def test_each_group_of_columns_says_of_what_time_it_tells(width: int) -> None:
    standing = placed(width, ())
    strip = next(each for each in standing if each.column.id == "seen")
    line = "".join(text for text, _ in over(standing))
    assert line.index(f"last {strip.width} min") == strip.x
    assert line.split() == [
        "last",
        str(strip.width),
        "min",
        "24",
        "h",
        "since",
        "recording",
        "began",
    ]
    assert width_of_line(over(standing)) == width_of(line) == standing[-1].x + standing[-1].width


def test_feeds_are_sorted_by_what_is_largest() -> None:
    one, two = feed(id=1, name="b", dropped=1), feed(id=2, name="a", dropped=5)
    assert sort_key(one, None, None) < sort_key(two, None, None)
    assert sort_key(two, "dropped", None) < sort_key(one, "dropped", None)
    assert sort_key(two, "feed", None) < sort_key(one, "feed", None)
    assert sort_key(one, "rate", 9.0) < sort_key(two, "rate", 3.0)
    assert sort_key(one, "gone", None) < sort_key(two, "gone", None)


def test_the_second_line_counts_states_and_sums_what_is_known() -> None:
    feeds = [feed(id=1), feed(id=2, last_frame_ns=NOW - 95 * NS_PER_S), feed(id=3, state="closed")]
    left, right = summary(feeds, [2.0, None, 1.0], NOW)
    assert "".join(text for text, _ in left) == " 3 feeds  1 live  1 stale  1 closed"
    assert ("1", "stale") in left
    assert "".join(text for text, _ in right) == "records/s 3 "
    assert "".join(text for text, _ in summary(feeds, [None] * 3, NOW)[1]) == "records/s - "
