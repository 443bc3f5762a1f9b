"""Texts and roles in, lines of exactly so many terminal cells out. Pure.

A piece is a text with the role that colours it; a line is a tuple of pieces. Every text passes
`untrusted.show` here, so nothing that an agent says moves, hides or reorders what stands on screen.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Literal, TypeAlias

from rich.cells import cell_len, get_character_cell_size

from agentwatch.untrusted import show

Piece: TypeAlias = tuple[str, str]
"""(text, role)"""

Line: TypeAlias = tuple[Piece, ...]

Cut = Literal["end", "middle"]

# Most of what is fitted has been fitted a moment ago: an idle screen looks at itself at each flush.
_WORDS = frozenset({"text", "dim", "error", "warn", "accent", "spark", "money", "unknown", "edge"})
"""Roles without a ground, an underline or a reverse of their own: their blanks all look alike."""


def width_of(text: str) -> int:
    """Return how many cells a text takes."""
    return len(text) if text.isascii() else cell_len(text)


def width_of_line(line: Line) -> int:
    """Return how many cells a line takes."""
    return sum(width_of(text) for text, _ in line)


def fit(text: str, width: int, *, right: bool = False, cut: Cut = "end", mark: str = "…") -> str:
    """Return the text in exactly `width` cells: padded, or cut with a mark where it is too long."""
    text = show(text)
    lacks = width - width_of(text)
    if lacks < 0:
        text = _cut(text, width, cut, mark)
        lacks = width - width_of(text)
    return " " * lacks + text if right else text + " " * lacks


@lru_cache(8192)
def fit_line(
    line: Line, width: int, *, right: bool = False, cut: Cut = "end", mark: str = "…"
) -> Line:
    """Return the line in exactly `width` cells; the last piece that fits is the one that is cut."""
    pieces: list[Piece] = []
    left = width
    for text, role in line:
        text = show(text)
        taken = width_of(text)
        if taken > left:
            if left > 0:
                pieces.append((_cut(text, left, cut, mark), role))
                left -= width_of(pieces[-1][0])
            break
        pieces.append((text, role))
        left -= taken
    padding = (" " * left, "text")
    if left > 0:
        pieces = [padding, *pieces] if right else [*pieces, padding]
    return tuple(pieces)


def spread(left: Line, right: Line, width: int, fill: Piece = (" ", "text")) -> Line:
    """Return a line with `left` at its left and `right` at its right end; `left` gives way."""
    left, right = _seen(left), _seen(right)  # what is measured is what will be drawn
    room = width - width_of_line(right)
    if room < 0:
        return fit_line(right, width)
    taken = width_of_line(left)
    if taken > room:
        return (*fit_line(left, room), *right)
    return (*left, (fill[0] * (room - taken), fill[1]), *right)


def titled(title: Line, right: Line, width: int, rule: str) -> Line:
    """Return a titled rule: ` TITLE  facts ──── position `."""
    begin: Line = ((rule, "faint"), (" ", "text"), *title, (" ", "text"))
    end: Line = ((" ", "text"), *right, (" ", "text"), (rule, "faint")) if right else ()
    return spread(begin, end, width, fill=(rule, "faint"))


@lru_cache(1024)
def joined(line: Line) -> Line:
    """Return the line in as few pieces as look the same: a blank takes its neighbour's role."""
    pieces: list[Piece] = []
    for text, role in line:
        if not text:
            continue
        if pieces and (role == pieces[-1][1] or (text.isspace() and pieces[-1][1] in _WORDS)):
            pieces[-1] = (pieces[-1][0] + text, pieces[-1][1])
        else:
            pieces.append((text, role))
    return tuple(pieces)


def changed(old: Line, new: Line) -> tuple[int, int] | None:
    """Return the first and the end column in which two lines differ, None where they do not."""
    if old == new:
        return None
    before, after = _expanded(old), _expanded(new)
    length = max(len(before), len(after))
    before += [None] * (length - len(before))
    after += [None] * (length - len(after))
    differ = [at for at in range(length) if before[at] != after[at]]
    if not differ:
        return None
    start, end = differ[0], differ[-1] + 1
    # a strip that is cut beside a combining character gives it to the wrong side
    while start > 0 and _is_combined(after[start - 1]):
        start -= 1
    while end < length and _is_combined(after[end - 1]):
        end += 1
    return start, end


def _is_combined(cell: tuple[str, str] | None) -> bool:
    return cell is not None and len(cell[0]) > 1


def _seen(line: Line) -> Line:
    return tuple((show(text), role) for text, role in line)


def _expanded(line: Iterable[Piece]) -> list[tuple[str, str] | None]:
    """Return what stands in each cell; a combining character stands in the one before it."""
    cells: list[tuple[str, str] | None] = []
    for text, role in line:
        for char in text:
            size = 1 if char.isascii() else get_character_cell_size(char)
            if size == 0 and cells and (before := cells[-1]) is not None:
                cells[-1] = (before[0] + char, before[1])
            else:
                cells += [(char, role)] * size
    return cells


def _cut(text: str, width: int, cut: Cut, mark: str) -> str:
    if width <= 0:
        return ""
    if cut == "middle" and width >= 5:
        half = (width - 1) // 2
        return _head(text, width - 1 - half) + mark + _tail(text, half)
    return _head(text, width - 1) + mark


def _head(text: str, width: int) -> str:
    if text.isascii():
        return text[:width]
    taken = 0
    for at, char in enumerate(text):
        taken += get_character_cell_size(char)
        if taken > width:
            return text[:at]
    return text


def _tail(text: str, width: int) -> str:
    return _head(text[::-1], width)[::-1]
