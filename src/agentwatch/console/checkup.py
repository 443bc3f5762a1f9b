"""The console in; while a pane that shows the doctor's rows is seen, new ones for it out.

The doctor looks at files, secrets and the machine, so it runs on a thread of its own.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from agentwatch.clock import NS_PER_S
from agentwatch.doctor import Check, checks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentwatch.console.app import Console

EVERY_NS = 30 * NS_PER_S


@runtime_checkable
class ShowsDoctor(Protocol):
    """A pane that has a place for them."""

    def show_doctor(self, found: Sequence[Check], at_ns: int) -> None: ...


class Checkup:
    """Runs the checks while they are seen, at most every half minute."""

    def __init__(self) -> None:
        self._due_ns = 0
        self._runs = False

    def look(self, console: Console) -> None:
        """Begin a check-up if the pane that is seen shows it, and it is time."""
        now_ns = console.settings.clock()
        if self._runs or now_ns < self._due_ns or console.flush.frozen is not None:
            return
        if isinstance(console.pane, ShowsDoctor):
            self._due_ns = now_ns + EVERY_NS
            console.run_worker(self._check(console, console.pane), group="doctor")

    async def _check(self, console: Console, pane: ShowsDoctor) -> None:
        self._runs = True
        settings = console.settings
        try:
            found = await asyncio.to_thread(
                checks, settings.config, settings.store, settings.clock, run_commands=False
            )
        except Exception as error:  # said in place of its rows; the console lives on
            found = [Check("doctor", "failure", f"{type(error).__name__}: {error}")]
        finally:
            self._runs = False
        pane.show_doctor(found, settings.clock())
