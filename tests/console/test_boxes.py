"""One line around a dialog, as wide as it is told, with words in its edges."""

from __future__ import annotations

import pytest

from agentwatch.console.boxes import boxed
from agentwatch.console.cells import Line, width_of_line
from agentwatch.console.glyphs import ASCII, UTF8


def text(line: Line) -> str:
    return "".join(piece for piece, _ in line)


def test_a_box_has_its_title_its_position_and_its_keys_in_its_edges() -> None:
    lines = boxed(
        [(("hello", "text"),)], 20, UTF8, top=(("T", "strong"),), top_right=(("1 of 2", "dim"),),
        bottom=(("esc", "key"),),
    )  # fmt: skip
    assert [text(line) for line in lines] == [
        "┌ T ─────── 1 of 2 ┐", "│hello             │", "└ esc ─────────────┘",
    ]  # fmt: skip


def test_a_box_in_ascii_holds_nothing_else() -> None:
    assert all(text(line).isascii() for line in boxed([()], 12, ASCII, top=(("T", "strong"),)))


@pytest.mark.parametrize("width", [8, 20, 61])
def test_every_line_of_a_box_is_as_wide_as_the_box(width: int) -> None:
    lines = boxed([(("界" * 40, "text"),), ()], width, UTF8, top=(("long title " * 9, "strong"),))
    assert {width_of_line(line) for line in lines} == {width}
