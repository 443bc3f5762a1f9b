"""Keys as they come in; each handed on when the one before it has had its effect, out.

Textual hands a key to what has the focus at that moment. Over a slow line several keys come at
once, and those behind a `:` or an `s` are meant for the prompt or the menu that it is opening.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from textual import events
from textual.app import App
from textual.message import Message
from textual.timer import Timer

ROUNDS = 3
"""What a key sets off takes at most so many messages: submitted, told, focused."""

LOST_S = 2.0
"""What the fence was sent through may close behind the key: then nothing comes back."""


class Fence(Message):
    """Goes behind a key through everything that hears it."""

    def __init__(self, number: int, round: int) -> None:
        super().__init__()
        self.number = number
        self.round = round


class InOrder:
    """Holds what is typed ahead."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._ahead: deque[events.Event] = deque()
        self.number = 0
        """Keys that were handed on."""
        self.busy = False
        """One of them is still on its way."""
        self._lost: Timer | None = None

    async def hear(
        self, event: events.Event, hand_on: Callable[[events.Event], Awaitable[None]]
    ) -> None:
        """Hand an event on, a key only where no other is on its way; ctrl-c waits for none."""
        typed = isinstance(event, events.Key | events.Paste) and not event.is_forwarded
        if not typed or (isinstance(event, events.Key) and event.key == "ctrl+c"):
            await hand_on(event)
        elif self.busy:
            self._ahead.append(event)
        else:
            await hand_on(event)
            self._follow()

    def _follow(self) -> None:
        """Send the fence behind the key that has just been handed on."""
        self.busy = True
        self.number += 1
        number = self.number
        self._lost = self._app.set_timer(LOST_S, lambda: self._done(number))
        self._post(1)

    async def passed(self, fence: Fence) -> None:
        """Go round again, or let the next key go."""
        if fence.number != self.number:
            return
        if fence.round < ROUNDS:
            self._post(fence.round + 1)
        else:
            await self._done(fence.number)

    def _post(self, round: int) -> None:
        target = self._app.focused or self._app.screen
        target.post_message(Fence(self.number, round))

    async def _done(self, number: int) -> None:
        if number != self.number or not self.busy:
            return
        self.busy = False
        if self._lost is not None:
            self._lost.stop()
        if self._ahead:
            await self._app.on_event(self._ahead.popleft())
