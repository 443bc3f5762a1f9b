"""What could not be used at the start in, each as a whole sentence over the view, out."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen

from agentwatch.console.canvas import Lines
from agentwatch.console.cells import Line
from agentwatch.untrusted import show

MARGIN = 3


class Notices(ModalScreen[None], inherit_bindings=False):
    """Theme, key map or state that gave way to the default, and why; any key goes on."""

    DEFAULT_CSS = """
    Notices { align: center bottom; background: transparent; }
    Notices > Lines { width: 100%; height: auto; }
    """

    def __init__(self, notices: Sequence[str]) -> None:
        super().__init__()
        self._notices = notices
        self._lines = Lines("panel")

    def compose(self) -> ComposeResult:
        yield self._lines

    def on_mount(self) -> None:
        self._fill()

    def on_resize(self) -> None:
        self._fill()

    def on_key(self, event: events.Key) -> None:
        event.stop()
        self.dismiss(None)

    def _fill(self) -> None:
        lines: list[Line] = [((" the default stands in", "strong"), ("  any key goes on", "dim"))]
        for notice in self._notices:
            room = max(self.app.size.width - MARGIN - 1, 1)
            wrapped = textwrap.wrap(show(notice), room, break_on_hyphens=False)
            for at, text in enumerate(wrapped):
                lines.append(((" ^ " if at == 0 else "   ", "warn"), (text, "text")))
        self._lines.styles.height = len(lines)
        self._lines.show_lines(lines)
