"""The store's news in, answers for the pane that is seen out: one look at a time.

The only way by which data reaches a widget. A look asks for news; only where there is some, or the
pane wants something else, is the pane's question put, on the store's own thread.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from pathlib import Path
from typing import Any

from msgspec import Struct

from agentwatch.clock import NS_PER_S
from agentwatch.console.ages import is_down
from agentwatch.console.pane import Pane, Question
from agentwatch.console.source import Source, Version
from agentwatch.store.queries.status import Status, status
from agentwatch.store.schema import StoreError, StoreMissing

FLUSH_S = 0.25
SLOW_FLUSH_S = 1.0
RATE_S = 5.0
NO_STATUS = Status((), None, 0)


class Answer(Struct):
    """What one look into the store found."""

    version: Version
    status: Status
    pane: Any
    fault: Exception | None


class Flush:
    """Looks into the store for the pane that is seen."""

    def __init__(self, store: Path) -> None:
        self.source = Source(store)
        self.status = NO_STATUS
        self.frozen: tuple[int, int] | None = None
        """(time, newest span) of the moment that the screen shows."""
        self._seen: Version = (0, 0)
        self._wanted = True
        self._owed = False
        """The last look failed: the next one asks whether or not there is news."""
        self._busy = False
        self._next: tuple[Pane, int] | None = None
        self._rates: deque[tuple[int, int]] = deque()

    def want(self) -> None:
        """Let the next look put the pane's question whether or not there is news."""
        self._wanted = True

    def freeze(self, now_ns: int) -> None:
        """Hold what is shown, or let it go on."""
        if self.frozen is None:
            self.frozen = now_ns, self.status.newest
        else:
            self.frozen = None
            self.want()

    def is_down(self, now_ns: int) -> bool:
        """Say whether nobody records; where the store has not been seen yet, nobody knows."""
        return self.status is not NO_STATUS and is_down(self.status.beat_ns, now_ns)

    @property
    def missed(self) -> int:
        """Spans that have come since the screen was frozen."""
        return 0 if self.frozen is None else self.status.newest - self.frozen[1]

    async def look(self, pane: Pane, now_ns: int) -> None:
        """Look for news and give `pane` what it asks for; a look under way does so when it ends."""
        self._next = pane, now_ns
        if self._busy:
            return
        self._busy = True
        try:
            while await self._look(*self._next):
                pass
        finally:
            self._busy = False

    async def _look(self, pane: Pane, now_ns: int) -> bool:
        """Return whether something more has been wanted meanwhile."""
        wanted, self._wanted, self._owed = self._wanted or self._owed, False, False
        at_ns = now_ns if self.frozen is None else self.frozen[0]
        try:
            question = pane.question(at_ns) if wanted or self.frozen is None else None
            answer = await self.source.ask(
                lambda store, version: self._answer(store, version, question, wanted)
            )
            pane.now_ns = at_ns
            self._show(pane, answer, now_ns)
        except StoreMissing as error:
            self._owed = True
            pane.lack(error)
        except Exception as error:  # a store or a pane that fails says so; the rest lives on
            self._owed = isinstance(error, StoreError)
            pane.fail(error)
        return self._wanted

    def _show(self, pane: Pane, answer: Answer | None, now_ns: int) -> None:
        if answer is not None:
            self._seen, self.status = answer.version, answer.status
            self._rates.append((now_ns, answer.status.newest))
            self._forget_rates(now_ns)
        if answer is None or (answer.pane is None and answer.fault is None):
            pane.tick()
        elif answer.fault is not None:
            pane.fail(answer.fault)
        else:
            pane.take(answer.pane)

    def _answer(
        self,
        store: sqlite3.Connection,
        version: Version,
        question: Question | None,
        wanted: bool,
    ) -> Answer | None:
        if version == self._seen and not wanted:
            return None
        found, fault = None, None
        try:
            found = None if question is None else question(store)
        except Exception as error:  # a pane that fails says so; the rest lives on
            fault = error
        return Answer(version, status(store), found, fault)

    def rate(self, now_ns: int) -> float:
        """Return records a second, over the last few seconds."""
        self._forget_rates(now_ns)
        rates = self._rates
        if not rates:
            return 0.0
        seconds = max(1.0, (now_ns - rates[0][0]) / NS_PER_S)
        return (rates[-1][1] - rates[0][1]) / seconds

    def _forget_rates(self, now_ns: int) -> None:
        while len(self._rates) > 2 and now_ns - self._rates[1][0] > RATE_S * NS_PER_S:
            self._rates.popleft()
