"""View 1: every agent, live; what is wrong on top, a silent feed folded into one line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from textual.app import ComposeResult
from textual.containers import Horizontal

from agentwatch.console.ages import age_piece, age_s
from agentwatch.console.cells import Line, Piece
from agentwatch.console.glyphs import trend
from agentwatch.console.layout import Column
from agentwatch.console.live_table import LiveTable, Row, Spec
from agentwatch.console.names import short_names
from agentwatch.console.order import StableOrder
from agentwatch.console.pane import Pane
from agentwatch.console.place import Place
from agentwatch.console.widgets.card import AgentCard
from agentwatch.console.widgets.tail import Tail
from agentwatch.figures import age, money, second
from agentwatch.store.queries import TABLES
from agentwatch.store.queries.fleet import MINUTE_NS, Fleet, fleet, trends
from agentwatch.store.queries.tail import Page
from agentwatch.store.read import changes

COLUMNS = (
    Column(id="mark", title="S", width=1, fixed=True, gap=0, rank=0),
    Column(
        id="agent", title="AGENT", width=18, grow=14, rank=1, sorts=True, fixed=True, cut="middle"
    ),
    Column(id="state", title="STATE", width=9, rank=2, sorts=True, fixed=True),
    Column(id="cause", title="CAUSE", width=7, rank=4),
    Column(id="age", title="AGE ", width=4, right=True, rank=3, sorts=True),
    Column(id="trend", title="RUNS", width=5, gap=2, rank=9),
    Column(id="errors", title="ERR%", width=5, right=True, rank=5, sorts=True),
    Column(id="cost", title="$/RUN", width=7, right=True, rank=6, sorts=True),
    Column(id="open", title="OPEN", width=4, right=True, rank=7, sorts=True),
    Column(id="tokens", title="TOK/S", width=5, right=True, rank=8, sorts=True),
    Column(id="version", title="VERSION", width=8, gap=2, rank=10, sorts=True),
    Column(id="feed", title="FEED", width=8, rank=11, sorts=True),
)
RANKS = {"failing": 0, "degraded": 1, "stale": 2, "suspended": 3, "revoked": 3}
MARKS = {
    "failing": ("!", "error"), "degraded": ("^", "warn"), "stale": ("~", "stale"),
    "suspended": ("^", "warn"), "revoked": ("x", "revoked"),
}  # fmt: skip
WORDS = {"running": "run", "waiting": "wait"}
ROLES = {
    "failing": "error", "degraded": "warn", "stale": "stale", "revoked": "revoked",
    "suspended": "warn", "waiting": "text", "running": "dim", "idle": "dim",
}  # fmt: skip
CAUSES = {"waiting": "person", "failing": "errors"}
Agent = dict[str, Any]


class Fold(dict[str, Any]):
    """The one line of a silent feed's agents."""


class FleetPane(Pane):
    """The agents."""

    VIEW = "fleet"
    TABLE = TABLES["agents"]

    def __init__(self) -> None:
        super().__init__()
        self._table = LiveTable(
            Spec(COLUMNS, key=lambda item: item["agent"], row=self._row, empty="no agent yet"),
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
            self._card.show_only(_told_of_fold(agent, self.now_ns))
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
        counts = Counter(agent["state"] for agent in self._fleet.agents)
        line: list[Piece] = [(" ", "text"), (f"{len(self._fleet.agents)}", "strong")]
        line.append((" agents" if len(self._fleet.agents) != 1 else " agent", "dim"))
        for state in ("running", "waiting", "idle", "failing", "degraded", "stale"):
            if counts[state]:
                role = ROLES[state] if state in RANKS else "text"
                line += [("  ", "text"), (f"{counts[state]}", role)]
                line.append((f" {WORDS.get(state, state)}", "dim"))
        per_minute = sum(cells[-1] or 0 for cells in self._trends.values())
        right: Line = (("runs/min ", "dim"), (f"{per_minute:,}", "text"), (" ", "text"))
        return tuple(line), right

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
            feed = agent["feed"] if isinstance(agent, Fold) else self._home(agent).feed
            self._unfolded ^= {feed}
            self._arrange()

    def _home(self, agent: Agent) -> Any:
        return self._fleet.homes[agent["agent"]]

    def _arrange(self) -> None:
        agents = {agent["agent"]: agent for agent in self._fleet.agents}
        folds: dict[str, Fold] = {}
        for agent in [] if self.filter is not None else list(agents.values()):
            home = self._home(agent)
            if agent["state"] == "stale" and home.feed_state == "stale":
                fold = folds.setdefault(
                    home.feed,
                    Fold(agent=f"\x00{home.feed}", feed=home.feed, state="stale", count=0),
                )
                fold["count"] += 1
                fold["last_seen_ns"] = home.feed_last_ns
                if home.feed not in self._unfolded:
                    del agents[agent["agent"]]
        agents |= {fold["agent"]: fold for fold in folds.values()}
        column, down = self.table.sorted_by, self.table.descending
        wanted = sorted(
            ((agent["agent"], self._sort_key(agent, column)) for agent in agents.values()),
            key=lambda pair: pair[1],
            reverse=down,
        )
        cursor = self.table.held_key
        order = self._order.arrange(wanted, self.now_ns, cursor, (column, down, self.filter_text))
        self.table.show_items([agents[str(key)] for key in order], total=self._fleet.total)

    def _sort_key(self, agent: Agent, column: str | None) -> tuple[Any, ...]:
        if column is None:
            return RANKS.get(agent["state"], 4), agent["agent"]
        values = {
            "age": agent["last_seen_ns"] or 0,
            "errors": -(agent.get("error_ratio") or 0),
            "cost": -(agent.get("cost_usd_micros_per_run") or 0),
            "open": -(agent.get("runs_active") or 0),
            "tokens": -(agent.get("tokens_per_s") or 0),
            "version": agent.get("version") or "",
            "agent": "",
            "state": agent["state"],
            "feed": agent.get("feed") or self._home(agent).feed if column == "feed" else "",
        }
        return values.get(column, ""), agent["agent"]

    def _row(self, agent: Agent) -> Row:
        if isinstance(agent, Fold):
            return self._fold_row(agent)
        state: str = agent["state"]
        home, now_ns = self._home(agent), self.now_ns
        silent = state == "stale"
        value = "stale" if silent else "dim"
        ratio, cost = agent["error_ratio"], agent["cost_usd_micros_per_run"]
        interval_s = home.interval_s if agent["runs_active"] or silent else None
        errors = "-" if ratio is None else f"{100 * ratio:.1f}"
        name_role = "strong" if state == "failing" else "stale" if silent else "text"
        tokens = agent["tokens_per_s"]
        cause = (
            ("feed" if home.feed_state == "stale" else "silent")
            if silent
            else CAUSES.get(state, "")
        )
        return Row(
            {
                "mark": MARKS.get(state, (" ", "text")),
                "agent": (self._names[agent["agent"]], name_role),
                "state": (WORDS.get(state, state), ROLES[state]),
                "cause": (cause, value),
                "age": age_piece(agent["last_seen_ns"], now_ns, interval_s),
                "trend": self._trend(agent, silent),
                "errors": (errors, "error" if state == "failing" else value),
                "cost": (money(cost), value),
                "open": (str(agent["runs_active"] or "-"), value),
                "tokens": ("-" if not tokens else f"{tokens:,.0f}", value),
                "version": (agent["version"] or "-", value),
                "feed": (home.feed, value),
            }
        )

    def _trend(self, agent: Agent, silent: bool) -> Piece:
        cells = self._trends.get(agent["agent"])
        if cells is None:
            return "", "spark"
        top = max((cell for cell in cells if cell is not None), default=0)
        return trend(cells, max(top, 1), self.look.glyphs), "faint" if silent else "spark"

    @property
    def look(self) -> Any:
        return self.app.look  # type: ignore[attr-defined]

    def _fold_row(self, fold: Fold) -> Row:
        last_ns = fold["last_seen_ns"] or 0
        since = second(last_ns)[11:]
        return Row(
            {
                "mark": ("~", "stale"),
                "agent": ((fold["feed"], "stale"), (f" {fold['count']} agents", "stale")),
                "state": ("stale", "stale"),
                "cause": ("feed", "stale"),
                "age": (f"{age(age_s(last_ns, self.now_ns))}!", "stale"),
            },
            note=((" silent since ", "stale"), (since, "stale")),
            note_right=(
                ("l", "key"), (" fold" if fold["feed"] in self._unfolded else " unfold", "dim"),
            ),
        )  # fmt: skip


def _told_of_fold(fold: Fold, now_ns: int) -> list[Line]:
    last_ns = fold["last_seen_ns"] or 0
    return [
        ((fold["feed"], "stale"), (f"  {fold['count']} agents", "dim")),
        (),
        (("silent for ", "dim"), (age(age_s(last_ns, now_ns)), "stale")),
        (("what its agents do now is not seen", "dim"),),
    ]
