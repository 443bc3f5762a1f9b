"""Fewer bytes draw the same screen: Textual's own writer and ours, on one small terminal."""

from __future__ import annotations

import importlib.util
import io
import re
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import textual
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import get_character_cell_size
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual import _compositor
from textual.strip import Strip

from agentwatch.console import crop
from agentwatch.console.cells import Line, changed, fit_line

WIDTH = 24


def styles() -> dict[str, Style | None]:
    """New styles: each keeps the escapes that were first made of it."""
    return {
        "none": None,
        "text": Style(color="#cdd5de", bgcolor="#0f1318"),
        "dim": Style(color="#95a2b1", bgcolor="#0f1318"),
        "strong": Style(color="#f4f7fa", bgcolor="#0f1318", bold=True),
        "selected": Style(color="#cdd5de", bgcolor="#26313d"),
        "match": Style(color="#1a0709", bgcolor="#f5cf55", bold=False),
        "bare": Style(bgcolor="#0f1318"),
        "default": Style(color="default", bgcolor="default"),
        "named": Style(color="red", bold=True, reverse=True),
        "under": Style(underline=True, color="yellow"),
        "plain": Style(),
    }


STYLES = styles()
TEXT = st.lists(st.sampled_from(["a", "b", " ", "日", "한", "e\u0301", "👍"]), max_size=8).map(
    "".join
)
LINE = st.lists(st.tuples(TEXT, st.sampled_from(sorted(STYLES))), max_size=5).map(tuple)
_ESCAPE = re.compile("\x1b\\[([0-9;]*)([Hm])")


def originals() -> ModuleType:
    """Textual's module once more, as nobody has changed it."""
    spec = importlib.util.find_spec("textual._compositor")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["tests.compositor_original"] = module  # its dataclasses look themselves up
    spec.loader.exec_module(module)
    return module


ORIGINAL = originals().ChopsUpdate


class Tiny:
    """A terminal that knows where its cursor is and what it wears, and nothing else."""

    def __init__(self, height: int) -> None:
        self.cells = [[(" ", frozenset[str]())] * WIDTH for _ in range(height)]
        self.x = self.y = 0
        self.worn: dict[str, str] = {}

    def feed(self, data: str) -> None:
        at = 0
        for found in _ESCAPE.finditer(data):
            self._print(data[at : found.start()])
            at = found.end()
            if found[2] == "H":
                self.y, self.x = (int(part) - 1 for part in found[1].split(";"))
            else:
                self._wear([int(code or 0) for code in found[1].split(";")])
        self._print(data[at:])

    def _wear(self, codes: list[int]) -> None:
        while codes:
            code = codes.pop(0)
            if code == 0:
                self.worn = {}
            elif code in (38, 48):
                count = 1 if codes[0] == 5 else 3
                colour = [codes.pop(0) for _ in range(count + 1)]
                self.worn["fg" if code == 38 else "bg"] = str(colour)
            elif code in (39, 49):
                self.worn.pop("fg" if code == 39 else "bg", None)
            elif 30 <= code <= 37 or 90 <= code <= 97:
                self.worn["fg"] = str(code)
            elif 40 <= code <= 47 or 100 <= code <= 107:
                self.worn["bg"] = str(code)
            else:
                assert code < 22, f"{code} takes something off: not written for that"
                self.worn[f"sgr {code}"] = "on"

    def _print(self, text: str) -> None:
        style = frozenset(f"{name}={value}" for name, value in self.worn.items())
        for char in text:
            assert char >= " " or char == "\n", f"{char!r} reached the terminal"
            size = 0 if char == "\n" else get_character_cell_size(char)
            if char == "\n":
                self.x, self.y = 0, self.y + 1
            elif size == 0 and self.x:
                row, at = self.cells[self.y], self.x - 1
                row[at] = (row[at][0] + char, row[at][1])
            for part in range(size):
                assert self.x < WIDTH, "beyond the right edge"
                self.cells[self.y][self.x] = (char if part == 0 else "", style)
                self.x += 1


def strip_of(line: Line, worn: dict[str, Style | None] = STYLES) -> Strip:
    return Strip([Segment(text, worn.get(role)) for text, role in line])


def update(lines: list[list[Line]], spans: list[tuple[int, int, int]], unseen: bool = False) -> Any:
    """What the compositor hands over: each line's widgets side by side."""
    chops: list[dict[int, Strip | None]] = []
    ends = []
    worn = styles()
    Segment._split_cells.cache_clear()  # it keeps styles, and they the escapes of other systems
    for y, parts in enumerate(lines):
        x, row, row_ends = 0, {}, []
        for part in parts:
            strip = strip_of(part, worn)
            row[x] = None if unseen and not _touched(y, x, x + strip.cell_length, spans) else strip
            x += strip.cell_length
            row_ends.append(x)
        chops.append(row)
        ends.append(row_ends)
    return SimpleNamespace(chops=chops, chop_ends=ends, spans=spans)


def _touched(y: int, start: int, end: int, spans: list[tuple[int, int, int]]) -> bool:
    return any(y == row and start < stop and end > begin for row, begin, stop in spans)


def console(system: ColorSystem | None) -> Console:
    made = Console(file=io.StringIO(), force_terminal=True, width=WIDTH)
    made._color_system = system
    return made


@st.composite
def updates(draw: st.DrawFn) -> tuple[list[list[Line]], list[list[Line]]]:
    """Lines of widgets before and after a change."""
    rows = draw(st.integers(1, 3))
    old, new = [], []
    for _ in range(rows):
        edges = sorted(draw(st.sets(st.integers(1, WIDTH - 1), max_size=2)))
        widths = [end - start for start, end in zip([0, *edges], [*edges, WIDTH], strict=True)]
        old.append([fit_line(draw(LINE), width) for width in widths])
        new.append([fit_line(draw(LINE), width) if draw(st.booleans()) else before
                    for before, width in zip(old[-1], widths, strict=True)])  # fmt: skip
    return old, new


def spans_of(old: list[list[Line]], new: list[list[Line]]) -> list[tuple[int, int, int]]:
    """The columns of each line that the canvases would have marked dirty."""
    spans = []
    for y, (before, after) in enumerate(zip(old, new, strict=True)):
        x = 0
        for was, now in zip(before, after, strict=True):
            columns = changed(was, now)
            if columns is not None:
                spans.append((y, x + columns[0], x + columns[1]))
            x += strip_of(now).cell_length
    return spans


@settings(max_examples=80)
@given(updates(), st.sampled_from([None, *ColorSystem]), st.booleans())
def test_ours_and_textuals_own_bytes_draw_the_same_screen(
    change: tuple[list[list[Line]], list[list[Line]]], system: ColorSystem | None, unseen: bool
) -> None:
    old, new = change
    spans = spans_of(old, new)
    if not spans or system is ColorSystem.WINDOWS:
        return
    whole = [(y, 0, WIDTH) for y in range(len(old))]
    before = ORIGINAL.render_segments(update(old, whole), console(system))
    screens = []
    for write in (ORIGINAL.render_segments, crop._render_segments):
        tiny = Tiny(len(old))
        tiny.feed(before)
        sent = write(update(new, spans, unseen), console(system))
        tiny.feed(sent)
        screens.append(tiny.cells)
        assert tiny.worn == {}
    full = Tiny(len(new))
    full.feed(ORIGINAL.render_segments(update(new, whole), console(system)))
    assert screens[0] == screens[1] == full.cells


def test_one_changed_cell_at_the_end_of_a_line_is_a_few_bytes() -> None:
    old = [[fit_line((("agent-one", "strong"), ("  idle  12", "dim"), ("3s", "text")), WIDTH)]]
    new = [[fit_line((("agent-one", "strong"), ("  idle  12", "dim"), ("4s", "text")), WIDTH)]]
    spans = spans_of(old, new)
    assert spans == [(0, 19, 20)]
    theirs = ORIGINAL.render_segments(update(new, spans), console(ColorSystem.TRUECOLOR))
    ours = crop._render_segments(update(new, spans), console(ColorSystem.TRUECOLOR))
    assert "agent-one" in theirs
    assert ours.count("\x1b") == 3
    assert "agent" not in ours and len(ours) < 60


@pytest.mark.parametrize(
    ("worn", "wanted", "escape"),
    [
        ("text", "text", ""),
        ("text", "dim", "\x1b[38;2;149;162;177m"),
        ("text", "strong", "\x1b[0;1;38;2;244;247;250;48;2;15;19;24m"),
        ("text", "plain", "\x1b[0m"),
        ("strong", "bare", "\x1b[0;48;2;15;19;24m"),
    ],
)
def test_only_what_differs_of_a_style_is_written(worn: str, wanted: str, escape: str) -> None:
    before, after = STYLES[worn], STYLES[wanted]
    assert before is not None and after is not None
    assert crop.sgr(before, after, ColorSystem.TRUECOLOR) == escape


@pytest.mark.parametrize(("version", "ours"), [("8.2.8", True), ("8.3.0", False), ("9.0", False)])
def test_another_textual_keeps_its_own_writer(
    version: str, ours: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    own: Any = ORIGINAL.render_segments
    monkeypatch.setattr(_compositor.ChopsUpdate, "render_segments", own)
    monkeypatch.setattr(textual, "__version__", version)
    assert crop.crop_both_sides() is ours
    written = _compositor.ChopsUpdate.render_segments
    assert written is (crop._render_segments if ours else own)


def test_this_textual_is_the_one_that_it_was_written_for() -> None:
    assert textual.__version__.startswith(crop.KNOWN)
