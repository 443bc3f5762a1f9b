"""The agent under the cursor in, its card beside the fleet out; `card_lines` says what it says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from agentwatch.clock import NS_PER_S
from agentwatch.console.canvas import Drawn, Lines
from agentwatch.console.cells import Line
from agentwatch.console.pane import Pane
from agentwatch.console.widgets.card_lines import HUGE, Agent, Facts, card_lines
from agentwatch.store.queries.card import Card, Live, card, live
from agentwatch.store.queries.last_run import LastRun, last_run
from agentwatch.store.read import DAMAGED
from agentwatch.store.schema import StoreError

LASTS_NS = 5 * NS_PER_S
"""How long figures stand that are made of hundreds of rows: with each they would only flicker."""

EDGES = 3
"""The line that parts it from the table, a blank after it, and the screen's margin."""


class Answer(Struct, frozen=True):
    """What the store said of an agent."""

    agent: str
    card: Card | None = None
    live: Live | None = None
    run: LastRun | None = None
    fault: str | None = None
    fresh: bool = False
    """The figures were asked for, too."""


class AgentCard(Lines):
    """The card, and at its left the line that parts it from the table."""

    DEFAULT_CSS = "AgentCard { width: 1fr; height: 1fr; }"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._known: Card | None = None
        self._known_ns = 0
        self._versions: dict[str, tuple[int, str]] = {}
        self._facts: Facts | None = None
        self._agent: Agent = {}
        self._fault: str | None = None

    @property
    def about(self) -> str | None:
        """The agent that it shows."""
        return None if self._facts is None else self._facts.card.who.agent

    def question(self, agent: str, now_ns: int) -> Callable[[Any], Answer]:
        """Return what to ask the store of an agent."""
        known, versions = self._known, dict(self._versions)
        lasts = 0 <= now_ns - self._known_ns < LASTS_NS
        draws_run = self.size.width - EDGES >= HUGE

        def ask(connection: Any) -> Answer:
            try:
                fresh = known is None or known.who.agent != agent or not lasts
                found = card(connection, agent, now_ns, versions) if fresh else known
                run = last_run(connection, agent) if draws_run else None
                if fresh:
                    self._versions = versions
                return Answer(agent, found, live(connection, agent, now_ns), run, None, fresh)
            except (StoreError, *DAMAGED) as error:
                return Answer(agent, fault=str(error))

        return ask

    def take(self, answer: Answer, agent: Agent, name: str, now_ns: int) -> None:
        """Show what the store said; `agent` is its row in the fleet, `name` its short name."""
        self._agent, self._fault, self._known = agent, answer.fault, answer.card
        if answer.fresh:
            self._known_ns = now_ns
        self._facts = None
        if answer.card is not None and answer.live is not None:
            self._facts = Facts(name, answer.card, answer.live, answer.run)
        self.show_at(now_ns)

    def show_only(self, lines: Sequence[Line] = ()) -> None:
        """Show these lines: the cursor is on no agent."""
        self._facts = self._fault = None
        self.show_lines(list(lines))

    def show_at(self, now_ns: int) -> None:
        """Draw what is known, as old as it is now."""
        if self._fault is not None:
            self.show_lines([(("! ", "error"), (self._fault, "text"))])
        elif self._facts is not None:
            size = self.size.width - EDGES, self.size.height
            self.show_lines(card_lines(self._facts, self._agent, size, now_ns, self.look.glyphs))

    def on_resize(self) -> None:
        super().on_resize()
        self.post_message(Pane.Ask())  # a card that has just come up, or has room for more

    def line(self, y: int, width: int) -> Drawn:
        glyphs = self.look.glyphs
        content = self._lines[y] if y < len(self._lines) else ()
        if content and content[0] == (glyphs.rule, "faint"):
            return ((glyphs.tree_branch, "faint"), *content), self._ground
        return ((glyphs.divider, "faint"), (" ", "text"), *content), self._ground
