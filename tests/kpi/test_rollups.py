"""Increments are signed, by minute and by hour, and cancel out."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from agentwatch.kpi.rollups import FIGURES, LARGEST, NONE, WIDTHS_S, Figures, Increments, keys
from tests.store.records import NS, T0

LABELS = ("shop/clerk", "3", "m1", "send")
ONE: Figures = tuple(range(1, len(FIGURES) + 1))
entries = st.lists(
    st.tuples(
        st.integers(0, 3 * 3600 * NS),
        st.tuples(*[st.sampled_from(["", "a"])] * 4),
        st.tuples(*[st.integers(0, 2**40)] * len(FIGURES)),
    ),
    max_size=30,
)


def taken(increments: Increments) -> dict[Any, Any]:
    return {row[:6]: row[6:] for row in increments.take()}


def test_a_span_counts_in_its_minute_and_its_hour() -> None:
    at_ns = T0 + 3600 * NS + 61 * NS + 5
    assert list(keys(at_ns, *LABELS)) == [
        (60, T0 + 3660 * NS, *LABELS),
        (3600, T0 + 3600 * NS, *LABELS),
    ]
    increments = Increments()
    increments.add(at_ns, LABELS, ONE)
    assert taken(increments) == dict.fromkeys(keys(at_ns, *LABELS), ONE)
    assert increments.take() == []


def test_two_minutes_of_one_hour_are_two_rows_and_one() -> None:
    increments = Increments()
    for second in (0, 59, 60, 3599):
        increments.add(T0 + second * NS, LABELS, ONE)
    rows = taken(increments)
    spans = {key[:2]: figures[0] for key, figures in rows.items()}
    assert spans == {
        (60, T0): 2, (60, T0 + 60 * NS): 1, (60, T0 + 3540 * NS): 1, (3600, T0): 4,
    }  # fmt: skip


def test_what_is_added_and_taken_away_leaves_no_row() -> None:
    increments = Increments()
    increments.add(T0, LABELS, ONE)
    increments.subtract(T0, LABELS, ONE)
    assert increments.take() == []


def test_what_is_only_taken_away_is_negative() -> None:
    increments = Increments()
    increments.subtract(T0, LABELS, ONE)
    assert set(taken(increments).values()) == {tuple(-figure for figure in ONE)}


@given(entries, entries)
def test_hours_are_the_sum_of_their_minutes(added: list[Any], removed: list[Any]) -> None:
    increments = Increments()
    sums: dict[Any, list[int]] = {}
    for told, act, sign in ((added, increments.add, 1), (removed, increments.subtract, -1)):
        for at_ns, labels, figures in told:
            act(at_ns, labels, figures)
            for width_s in WIDTHS_S:
                start = at_ns - at_ns % (width_s * NS)
                row = sums.setdefault((width_s, start, *labels), [0] * len(FIGURES))
                for index, figure in enumerate(figures):
                    row[index] += sign * figure
    expected = {key: tuple(row) for key, row in sums.items() if any(row)}
    assert {key: row for key, row in taken(increments).items() if any(row)} == expected


def test_no_sum_is_larger_than_a_column_holds() -> None:
    increments = Increments()
    for _ in range(5):
        increments.add(T0, LABELS, (2**62,) * len(FIGURES))
        increments.subtract(T0 + 3600 * NS, LABELS, (2**62,) * len(FIGURES))
    found = {figure for row in taken(increments).values() for figure in row}
    assert found == {LARGEST, -LARGEST}


def test_no_figure_is_missing_from_nothing() -> None:
    assert len(NONE) == len(FIGURES) and not any(NONE)
