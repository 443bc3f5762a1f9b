"""Rows stand still under a reader: 2 s after a change, and for as long as the cursor is on them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agentwatch.clock import NS_PER_S
from agentwatch.console.order import StableOrder, held_in_place

KEYS = st.lists(st.integers(0, 15), unique=True)


@given(KEYS, KEYS, st.sets(st.integers(0, 15)))
def test_holding_rows_neither_loses_nor_invents_any(
    before: list[int], wanted: list[int], held: set[int]
) -> None:
    assert sorted(held_in_place(before, wanted, held)) == sorted(wanted)


@given(KEYS, st.randoms(), st.data())
def test_a_held_row_keeps_its_place_and_the_others_their_order(
    before: list[int], random: object, data: st.DataObject
) -> None:
    wanted = data.draw(st.permutations(before))
    held = data.draw(st.sets(st.sampled_from(before))) if before else set()
    found = held_in_place(before, wanted, held)
    assert all(found.index(key) == before.index(key) for key in held)
    assert [key for key in found if key not in held] == [k for k in wanted if k not in held]


def test_a_held_row_whose_place_is_gone_takes_the_last() -> None:
    assert held_in_place(["a", "b", "c"], ["c", "a"], {"c"}) == ["a", "c"]


class Rows:
    """Rows by a number, the smallest first, at a time that the test moves."""

    def __init__(self) -> None:
        self.order = StableOrder()
        self.now_s = 100.0
        self.cursor: str | None = None

    def at(self, seconds: float, by: str = "n", **sorts: int) -> str:
        self.now_s += seconds
        wanted = sorted(sorts.items(), key=lambda pair: pair[1])
        now_ns = round(self.now_s * NS_PER_S)
        return "".join(map(str, self.order.arrange(wanted, now_ns, self.cursor, by)))


def test_a_row_moves_two_seconds_after_its_sort_key_has_changed() -> None:
    rows = Rows()
    assert rows.at(0, a=1, b=2, c=3) == "abc"
    assert rows.at(1, a=9, b=2, c=3) == "abc"
    assert rows.at(1.9, a=9, b=2, c=3) == "abc"
    assert rows.at(0.1, a=9, b=2, c=3) == "bca"


def test_a_key_that_never_rests_does_not_hold_its_row_for_ever() -> None:
    rows = Rows()
    rows.at(0, a=1, b=20, c=30)
    seen = [rows.at(0.5, a=50 + step, b=20, c=30) for step in range(8)]
    assert seen[:4] == ["abc"] * 4
    assert seen[4] == "bca"


def test_a_key_that_comes_back_moves_nothing() -> None:
    rows = Rows()
    rows.at(0, a=1, b=2)
    rows.at(1, a=3, b=2)
    assert rows.at(5, a=1, b=2) == "ab"


def test_the_row_under_the_cursor_stays_however_long() -> None:
    rows = Rows()
    rows.at(0, a=1, b=2, c=3)
    rows.cursor = "a"
    rows.at(0, a=9, b=2, c=3)
    assert rows.at(60, a=9, b=2, c=3) == "abc"
    rows.cursor = None
    assert rows.at(0.25, a=9, b=2, c=3) == "bca"


def test_new_rows_take_their_place_at_once() -> None:
    rows = Rows()
    rows.at(0, b=2, d=4)
    assert rows.at(0.25, a=1, b=2, c=3, d=4) == "abcd"


def test_another_sort_rearranges_at_once_and_under_the_cursor() -> None:
    rows = Rows()
    rows.cursor = "a"
    rows.at(0, a=1, b=2)
    assert rows.at(0, by="other", a=2, b=1) == "ba"
