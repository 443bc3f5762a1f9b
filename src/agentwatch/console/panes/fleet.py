"""View 1: every agent, live; what is wrong on top, a silent feed folded into one line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.app import ComposeResult
from textual.containers import Horizontal

from agentwatch.console.cells import Line
from agentwatch.console.fleet_rows import (
    COLUMNS,
    Agent,
    Fold,
    agent_row,
    counted,
    fold_row,
    folded,
    key_of,
    sort_key,
    told_of_fold,
)
from agentwatch.console.live_table import LiveTable, Row, Spec
from agentwatch.console.names import short_names
from agentwatch.console.order import StableOrder
from agentwatch.console.pane import Pane
from agentwatch.console.place import Place
from agentwatch.console.widgets.card import AgentCard
from agentwatch.console.widgets.tail import Tail
from agentwatch.store.queries import TABLES
from agentwatch.store.queries.fleet import MINUTE_NS, Fleet, Home, fleet, trends
from agentwatch.store.queries.tail import Page
from agentwatch.store.read import changes


class FleetPane(Pane):
    """The agents."""

    VIEW = "fleet"
    TABLE = TABLES["agents"]

    def __init__(self) -> None:
        super().__init__()
        self._table = LiveTable(
            Spec(COLUMNS, key=key_of, row=self._row, empty="no agent yet"),
            classes="leads",
        )
        self._card = AgentCard()
        self._tail = Tail("ACTIVITY")
        self._order = StableOrder()
        self._fleet = Fleet([], {}, 0)
        self._names: dict[str, str] = {}
        self._trends: dict[str, list[int | None]] = {}
        self._minute = 0
        self._version = -1
        self._moved = self._asked = False
        """What is wanted: the card of another agent, or what the pane asks for."""
        self._shown_by: tuple[str, str | None, bool] = ("", None, False)
        self._unfolded: set[str] = set()

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield self._table
            yield self._card
        yield self._tail

    @property
    def table(self) -> LiveTable:
        return self._table

    def question(self, now_ns: int) -> Callable[[Any], Any]:
        by = (self.filter_text, self.table.sorted_by, self.table.descending)
        moved = self._moved and not self._asked and by == self._shown_by
        self._moved, self._asked, self._shown_by = False, False, by
        frozen = self.app.flush.frozen is not None  # type: ignore[attr-defined]
        fleet_of, card_of, seen = (
            self._fleet_question(now_ns),
            self._card_question(now_ns),
            self._version,
        )

        def ask(connection: Any) -> tuple[int, Any, Any]:
            version = changes(connection)
            if moved and (frozen or version == seen):
                return version, None, card_of(connection)
            return version, fleet_of(connection), card_of(connection)

        return ask

    def _fleet_question(self, now_ns: int) -> Callable[[Any], Any]:
        minute, where = now_ns // MINUTE_NS, self.filter
        due = minute != self._minute
        ended = self._tail.question(now_ns, None)

        def ask(connection: Any) -> tuple[Fleet, dict[str, list[int | None]] | None, int, Page]:
            return (
                fleet(connection, now_ns, where),
                trends(connection, now_ns) if due else None,
                minute,
                ended(connection),
            )

        return ask

    def _card_question(self, now_ns: int) -> Callable[[Any], Any]:
        agent = self.table.current
        if agent is None or isinstance(agent, Fold) or not self._card.display:
            return lambda _: None
        return self._card.question(agent["agent"], now_ns)

    def show(self, answer: Any) -> None:
        self._version, found, card = answer
        if found is not None:
            self._show_fleet(*found)
        self._show_card(card)

    def _show_fleet(
        self, found: Fleet, recent: dict[str, list[int | None]] | None, minute: int, page: Page
    ) -> None:
        self._fleet, self._minute = found, minute
        if self._names.keys() != self._fleet.homes.keys():
            self._names = short_names(self._fleet.homes)
        if recent is not None:
            self._trends = recent
        self._arrange()
        self._tail.take(page, self._names)
        self._draw_rule()

    def _show_card(self, answer: Any) -> None:
        agent = self.table.current
        if agent is None:
            self._card.show_only()
        elif isinstance(agent, Fold):
            self._card.show_only(told_of_fold(agent, self.now_ns))
        elif answer is not None and answer.agent == agent["agent"]:
            self._card.take(answer, agent, self._names[agent["agent"]], self.now_ns)
        else:  # the cursor has gone on, or this is the first look
            self._ask_card()

    def _ask_card(self) -> None:
        if self._card.display:
            self._moved = True
            self.app.want()  # type: ignore[attr-defined]

    def on_live_table_moved(self) -> None:
        """Show the card of the agent that the cursor is on now."""
        self._ask_card()

    def on_pane_ask(self) -> None:
        """Remember that more than a card is wanted; the console hears it next."""
        self._asked = True

    def tick(self) -> None:
        super().tick()
        self._card.show_at(self.now_ns)
        self._draw_rule()

    def _draw_rule(self) -> None:
        folded = sum(item["count"] for item in self.table.items if isinstance(item, Fold))
        place = f"{self.table.position} rows" + (f", {folded} folded" if folded else "")
        self._tail.draw_rule(((place, "dim"),), rate=True)

    def vitals(self) -> tuple[Line, Line]:
        per_minute = sum(cells[-1] or 0 for cells in self._trends.values())
        right: Line = (("runs/min ", "dim"), (f"{per_minute:,}", "text"), (" ", "text"))
        return counted(self._fleet.agents), right

    def copies(self) -> list[tuple[str, str]]:
        agent = self.table.current
        if agent is None or isinstance(agent, Fold):
            return []
        return [
            ("agent", agent["agent"]),
            *(("identity", identity) for identity in agent["identities"]),
            ("filter", f"agent:{agent['agent']}"),
        ]

    def act_in(self) -> None:
        """Go in to the agent's runs, or unfold."""
        agent = self.table.current
        if isinstance(agent, Fold):
            self.act_fold()
        elif agent is not None:
            self.post_message(self.Enter(Place("runs", agent["agent"])))

    def act_fold(self) -> None:
        """Fold the agents of a silent feed, or show them."""
        agent = self.table.current
        if agent is not None:
            self._unfolded ^= {self._feed(agent)}
            self._arrange()

    def _home(self, agent: Agent) -> Home:
        return self._fleet.homes[agent["agent"]]

    def _arrange(self) -> None:
        agents = self._fleet.agents
        if self.filter is None:  # a filter sees into a fold
            agents = folded(agents, self._fleet.homes, self._unfolded)
        by_key = {key_of(item): item for item in agents}
        column, down = self.table.sorted_by, self.table.descending
        wanted = sorted(
            ((key, sort_key(item, self._feed(item), column)) for key, item in by_key.items()),
            key=lambda pair: pair[1],
            reverse=down,
        )
        cursor = self.table.held_key
        order = self._order.arrange(wanted, self.now_ns, cursor, (column, down, self.filter_text))
        self.table.show_items([by_key[key] for key in order], total=self._fleet.total)

    def _feed(self, item: Agent) -> str:
        return str(item["feed"]) if isinstance(item, Fold) else self._home(item).feed

    def _row(self, item: Agent) -> Row:
        if isinstance(item, Fold):
            return fold_row(item, self._unfolded, self.now_ns)
        key = item["agent"]
        return agent_row(
            item, self._home(item), self._names[key], self._trends.get(key), self.now_ns,
            self.table.look.glyphs,
        )  # fmt: skip
