"""Lines of pieces in, a widget that sends only the columns that changed out.

A Canvas asks itself for each visible line (`line`), compares it with what it drew last, and marks
the differing columns dirty. Nothing is cached but what stands on the screen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from agentwatch.console.cells import Line, changed, fit_line, joined, width_of_line

if TYPE_CHECKING:
    from agentwatch.console.look import Look

Drawn = tuple[Line, str]
"""A line and the ground that it stands on."""


class Canvas(Widget, inherit_bindings=False):
    """A widget that is drawn line by line."""

    DEFAULT_CSS = "Canvas { width: 1fr; height: 1fr; }"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._drawn: dict[int, Drawn] = {}
        self._drawn_width = 0

    @property
    def look(self) -> Look:
        """The theme and the glyphs in force."""
        return self.app.look  # type: ignore[attr-defined, no-any-return]

    def line(self, y: int, width: int) -> Drawn:
        """Return what stands on line `y`; every subclass says so."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Look at every visible line again, and send what differs."""
        width, height = self.size
        if width != self._drawn_width:
            self.forget()
            return
        for y in range(height):
            before = self._drawn.get(y)
            now = self._exact(y, width)
            if before is None or before[1] != now[1]:
                self._dirty(y, 0, width, now)
            elif (columns := changed(before[0], now[0])) is not None:
                self._dirty(y, *columns, now)

    def forget(self) -> None:
        """Draw everything anew: the size or the theme is another."""
        self._drawn.clear()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        self._drawn_width = width
        drawn = self._drawn.get(y)
        if drawn is None or width_of_line(drawn[0]) != width:
            drawn = self._drawn[y] = self._exact(y, width)
        line, ground = drawn
        style = self.look.style
        return Strip([Segment(text, style(role, ground)) for text, role in line], width)

    def on_resize(self) -> None:
        self.forget()

    def _exact(self, y: int, width: int) -> Drawn:
        line, ground = self.line(y, width)
        return joined(fit_line(line, width, mark=self.look.glyphs.cut)), ground

    def _dirty(self, y: int, start: int, end: int, now: Drawn) -> None:
        self._drawn[y] = now
        self.refresh(Region(start, y, end - start, 1))


class Lines(Canvas):
    """A canvas whose lines are given to it whole."""

    def __init__(self, ground: str = "base", **options: Any) -> None:
        super().__init__(**options)
        self._lines: list[Line] = []
        self._ground = ground

    def show_lines(self, lines: list[Line]) -> None:
        """Put these lines in place of the last ones."""
        self._lines = lines
        self.redraw()

    def line(self, y: int, width: int) -> Drawn:
        return (self._lines[y] if y < len(self._lines) else ()), self._ground
