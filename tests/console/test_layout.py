"""Columns go by priority from the right; what stands is never wider than its room."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentwatch.console.layout import Column, lay_out

COLUMNS = (
    Column(id="mark", title="S", width=1, gap=0, rank=0, fixed=True),
    Column(id="agent", title="AGENT", width=10, grow=8, rank=1, fixed=True),
    Column(id="state", title="STATE", width=6, rank=2),
    Column(id="age", title="AGE", width=4, rank=3, right=True),
    Column(id="feed", title="FEED", width=8, rank=4, gap=2),
)
MADE = st.lists(
    st.builds(
        Column,
        id=st.uuids().map(str), title=st.just("T"), width=st.integers(1, 20),
        grow=st.integers(0, 20), rank=st.integers(0, 9), gap=st.integers(0, 3),
        fixed=st.booleans(),
    ),
    max_size=12,
)  # fmt: skip


def ids(width: int, hidden: tuple[str, ...] = ()) -> list[str]:
    return [placed.column.id for placed in lay_out(COLUMNS, width, hidden)]


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (60, ["mark", "agent", "state", "age", "feed"]),
        (36, ["mark", "agent", "state", "age", "feed"]),
        (35, ["mark", "agent", "state", "age"]),
        (26, ["mark", "agent", "state", "age"]),
        (25, ["mark", "agent", "state"]),
        (14, ["mark", "agent"]),
        (5, ["mark"]),
        (1, ["mark"]),
    ],
)
def test_the_least_wanted_column_goes_first(width: int, shown: list[str]) -> None:
    assert ids(width) == shown


def test_a_hidden_column_makes_room_and_a_fixed_one_cannot_be_hidden() -> None:
    assert ids(35, ("age", "agent")) == ["mark", "agent", "state", "feed"]


def test_what_is_left_over_goes_to_the_columns_that_may_grow() -> None:
    widths = {placed.column.id: placed.width for placed in lay_out(COLUMNS, 42)}
    assert widths == {"mark": 1, "agent": 16, "state": 6, "age": 4, "feed": 8}
    assert {p.column.id: p.width for p in lay_out(COLUMNS, 400)}["agent"] == 18


@given(MADE, st.integers(3, 200))
def test_columns_stand_in_their_order_side_by_side_and_within_the_width(
    columns: list[Column], width: int
) -> None:
    placed = lay_out(columns, width)
    assert [p.column for p in placed] == [c for c in columns if c in [p.column for p in placed]]
    for before, after in itertools.pairwise(placed):
        assert after.x == before.x + before.width + after.column.gap
    if len(placed) > 1:  # one column is shown however narrow it is
        assert placed[-1].x + placed[-1].width <= width - 1
    assert placed or not columns


@given(MADE, st.integers(3, 200), st.data())
def test_no_column_stands_while_a_more_wanted_one_does_not(
    columns: list[Column], width: int, data: st.DataObject
) -> None:
    shown = {p.column.id for p in lay_out(columns, width)}
    kept = [column.rank for column in columns if column.id in shown]
    lost = [column.rank for column in columns if column.id not in shown]
    assert not kept or not lost or max(kept) <= min(lost)
