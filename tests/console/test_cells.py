"""Any text in any width is exactly that many cells, and nothing in it moves the terminal."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import get_character_cell_size

from agentwatch.console.cells import (
    Line,
    changed,
    fit,
    fit_line,
    joined,
    spread,
    titled,
    width_of,
    width_of_line,
)
from tests.terminal import HOSTILE, leaks

ROLES = st.sampled_from(["text", "dim", "error", "match"])
TEXTS = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="ab 日本ﾊ한e\u0301\u0300👍🏽🇺🇸", max_size=30),
    st.sampled_from(HOSTILE),
)
LINES = st.lists(st.tuples(TEXTS, ROLES), max_size=5).map(tuple)
CUTS = st.sampled_from(["end", "middle"])


@given(TEXTS, st.integers(0, 40), st.booleans(), CUTS)
@example("日本語", 2, False, "end")
@example("日本語", 5, False, "middle")
@example("e\u0301" * 9, 6, True, "middle")
def test_a_text_is_fitted_to_the_cell(text: str, width: int, right: bool, cut: str) -> None:
    fitted = fit(text, width, right=right, cut=cut)  # type: ignore[arg-type]
    assert width_of(fitted) == width
    assert leaks(fitted) == []


@given(LINES, st.integers(0, 60), st.booleans(), CUTS)
def test_a_line_is_fitted_to_the_cell(line: Line, width: int, right: bool, cut: str) -> None:
    fitted = fit_line(line, width, right=right, cut=cut)
    assert width_of_line(fitted) == width
    assert leaks("".join(text for text, _ in fitted)) == []


@given(LINES, LINES, st.integers(0, 80))
def test_two_sides_fill_the_width_whatever_they_say(left: Line, right: Line, width: int) -> None:
    assert width_of_line(spread(left, right, width)) == width
    assert width_of_line(fit_line(titled(left, right, width, "─"), width)) == width


@pytest.mark.parametrize(
    ("text", "width", "right", "cut", "fitted"),
    [
        ("idle", 6, False, "end", "idle  "),
        ("idle", 6, True, "end", "  idle"),
        ("invoice-matcher-london", 10, False, "end", "invoice-m…"),
        ("4F91B2C3D4E5A7", 9, False, "middle", "4F91…E5A7"),
        ("4F91B2C3D4E5A7", 4, False, "middle", "4F9…"),
        ("日本語", 6, False, "end", "日本語"),
        ("日本語", 5, False, "end", "日本…"),
        ("日本語", 4, False, "end", "日… "),
        ("日本語", 1, False, "end", "…"),
        ("a\x1b[2Jb", 9, False, "end", "a‹U+001B…"),
        ("anything", 0, False, "end", ""),
    ],
)
def test_what_does_not_fit_is_cut_where_it_may_be(
    text: str, width: int, right: bool, cut: str, fitted: str
) -> None:
    assert fit(text, width, right=right, cut=cut) == fitted  # type: ignore[arg-type]


def test_the_piece_that_does_not_fit_keeps_its_role() -> None:
    assert fit_line((("ab", "dim"), ("cdef", "error")), 4) == (("ab", "dim"), ("c…", "error"))


def test_hostile_text_on_the_left_does_not_push_the_right_side_off() -> None:
    line = spread((("\x1b" * 50, "text"),), (("RECORDER DOWN", "critical"),), 40)
    assert line[-1] == ("RECORDER DOWN", "critical")
    assert width_of_line(line) == 40


def test_a_titled_rule_has_its_position_at_the_right_end() -> None:
    rule = titled((("ALERTS", "dim"),), (("1-4 of 9", "dim"),), 30, "─")
    assert "".join(text for text, _ in rule) == "─ ALERTS ────────── 1-4 of 9 ─"


@given(LINES)
def test_joined_pieces_say_the_same_in_the_same_cells(line: Line) -> None:
    merged = joined(line)
    assert "".join(text for text, _ in merged) == "".join(text for text, _ in line)
    assert len(merged) <= len(line)
    assert all(text for text, _ in merged)


def test_a_blank_keeps_a_role_that_would_show_on_it() -> None:
    assert joined((("a", "match"), (" ", "text"))) == (("a", "match"), (" ", "text"))
    assert joined((("a", "dim"), (" ", "text"), ("b", "dim"))) == (("a b", "dim"),)


@pytest.mark.parametrize(
    ("old", "new", "columns"),
    [
        ("same", "same", None),
        ("abc 1", "abc 2", (4, 5)),
        ("a1b1c", "a2b2c", (1, 4)),
        ("日1", "日2", (2, 3)),
        ("日x", "本x", (0, 2)),
        ("xe\u0301y1", "xe\u0301y2", (3, 4)),  # a combining accent takes no column of its own
        ("e\u03011", "e\u03012", (0, 2)),  # and is not parted from the column that it stands in
        ("ab", "e\u0301b", (0, 2)),
        ("e\u03011", "e1", (0, 1)),
        ("ab", "abc", (2, 3)),
    ],
)
def test_the_columns_that_differ_are_columns_of_the_screen(
    old: str, new: str, columns: tuple[int, int] | None
) -> None:
    assert changed(((old, "text"),), ((new, "text"),)) == columns


def test_another_role_is_another_look() -> None:
    assert changed((("ab", "text"),), (("a", "text"), ("b", "dim"))) == (1, 2)


def cells_of(line: Line) -> list[tuple[str, str]]:
    cells: list[tuple[str, str]] = []
    for text, role in line:
        for char in text:
            size = get_character_cell_size(char)
            if size == 0 and cells:
                cells[-1] = (cells[-1][0] + char, cells[-1][1])
            else:
                cells += [(char, role)] * size
    return cells


@given(LINES, LINES, st.integers(1, 40))
def test_outside_the_columns_that_differ_two_lines_are_the_same(
    old: Line, new: Line, width: int
) -> None:
    old, new = fit_line(old, width), fit_line(new, width)
    first, end = changed(old, new) or (0, 0)
    before, after = cells_of(old), cells_of(new)
    assert before[:first] == after[:first]
    assert before[end:] == after[end:]
