"""What is typed below the screen in; a filter, a command or a value to find out.

One line above the keys, with a second below it for what is wrong or what may be meant. It says what
it is for by its first sign: `/` filter, `:` command, `f` find.
"""

from __future__ import annotations

from typing import Any, Literal

from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widgets import Input

from agentwatch.untrusted import show

How = Literal["typed", "entered", "left", "completed"]
_KEYS: dict[str, How] = {"escape": "left", "tab": "completed"}
SIGNS = {"filter": "/", "commands": ":", "find": "f"}
MARGIN = 3
"""Cells before the text: there the sign stands."""


class Prompt(Input):
    """One line to type in; esc leaves it."""

    DEFAULT_CSS = """
    Prompt, Prompt:focus { height: 1; border: none; padding: 0 1 0 3; width: 1fr; display: none; }
    Prompt.open { display: block; }
    """

    class Told(Message):
        """The text is another, or enter, esc or tab was pressed."""

        def __init__(self, purpose: str, how: How, text: str) -> None:
            super().__init__()
            self.purpose = purpose
            self.how = how
            self.text = text

    def __init__(self, **options: Any) -> None:
        super().__init__(compact=True, select_on_focus=False, **options)
        self.cursor_blink = False
        self.purpose = "filter"

    @property
    def is_open(self) -> bool:
        return self.has_class("open")

    def open(self, purpose: str, text: str = "") -> None:
        """Take the keyboard."""
        self.purpose = purpose
        with self.prevent(Input.Changed):
            self.value = text
        self.cursor_position = len(text)
        self.add_class("open")
        self.focus()
        self.call_after_refresh(self._keep_end_in_sight)

    def _keep_end_in_sight(self) -> None:
        # while it was not shown it had no width to scroll in
        end = Region(self._cursor_offset, 0, 1, 1)
        self.scroll_to_region(end, force=True, animate=False)

    def close(self) -> None:
        """Give the keyboard back."""
        self.remove_class("open")

    def validate_value(self, value: str) -> str:
        """What is pasted may be hostile, too: it is typed here as it is shown."""
        return show(value)

    def render_lines(self, crop: Region) -> list[Strip]:
        strips = super().render_lines(crop)
        if strips and crop.x == 0 and crop.width > MARGIN:
            style = self.app.look.style("key")  # type: ignore[attr-defined]
            sign = Segment(f" {SIGNS.get(self.purpose, ' ')} ", style)
            strips[0] = Strip.join([Strip([sign], MARGIN), strips[0].crop(MARGIN)])
        return strips

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Told(self.purpose, "typed", event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Told(self.purpose, "entered", event.value))

    async def on_key(self, event: events.Key) -> None:
        how = _KEYS.get(event.key)
        if how is not None:
            event.stop()
            event.prevent_default()
            self.post_message(self.Told(self.purpose, how, self.value))
