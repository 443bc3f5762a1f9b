"""The spans of one run in, in any order; who is whose agent and whose usage counts out. Pure.

Children come before their parent and the root comes last, so every node that arrives may change
what is known of others: it names the agent of its descendants, and usage below an ancestor takes
that ancestor's own usage out of the sums. `Trace.add` and `Trace.replace` return the nodes whose
agent or whose counting changed.
"""

from __future__ import annotations

from collections.abc import Callable

from agentwatch.clock import NS_PER_S
from agentwatch.kpi.rollups import NONE, Figures
from agentwatch.model import Outcome, Resource

MAX_DEPTH = 10_000
"""Walks stop here: a cycle of parents is bounded, not followed."""

MAX_DURATION_NS = 7 * 86_400 * NS_PER_S
"""A longer span has no start or a broken clock; it would drown every mean and overflow the sum."""

KeyOf = Callable[[Resource, str | None, str | None], str]
"""(resource, agent name, agent id) → agent key."""


class Node:
    """One span as the tree needs it, and what of it the store already holds."""

    __slots__ = (
        "agent",
        "at_ns",
        "below",
        "end_ns",
        "invokes",
        "kept",
        "labels",
        "own_id",
        "own_name",
        "parent",
        "resource",
        "row",
        "row_id",
        "span_id",
        "start_ns",
        "state",
        "trace",
        "usage",
    )

    def __init__(
        self,
        span_id: str,
        parent: str | None,
        resource: Resource,
        state: str,
        times_ns: tuple[int, int | None, int],
    ) -> None:
        self.span_id = span_id
        self.parent = parent
        self.resource = resource
        self.state = state
        self.start_ns, self.end_ns, self.at_ns = times_ns
        self.own_name: str | None = None
        self.own_id: str | None = None
        self.invokes = False
        self.agent = ""
        self.usage: Figures | None = None
        """Token, cost and unpriced figures, where the span carries usage."""
        self.below = False
        """A descendant carries usage, so this span's own does not count."""
        self.labels = ("", "", "")
        """version, model, tool."""
        self.row_id: int | None = None
        self.row: list[object] | None = None
        """Columns still to be inserted; None where the store has them."""
        self.kept: tuple[int, tuple[str, str, str, str], Figures] | None = None
        """at_ns, labels and figures as the store's sums hold them."""
        self.trace: Trace
        """Set when a trace takes the node."""

    @property
    def counts(self) -> bool:
        return not self.below

    def figures(self) -> Figures:
        """Return what this span adds to the rollups, in the order of FIGURES."""
        duration_ns = self.end_ns - self.start_ns if self.end_ns is not None else 0
        if not 0 <= duration_ns <= MAX_DURATION_NS:
            duration_ns = 0
        usage = self.usage if self.usage is not None and not self.below else NO_USAGE
        return (1, 1 if self.state == "error" else 0, duration_ns, *usage)


NO_USAGE: Figures = NONE[3:]


class Trace:
    """The nodes of one run by span id, and the facts that belong to the run as a whole."""

    __slots__ = (
        "at_ns",
        "conversation_id",
        "escalated",
        "feed_id",
        "first",
        "mode",
        "nodes",
        "orphans",
        "outcome",
        "outcome_at_ns",
        "received_ns",
        "root",
        "running",
        "sums",
        "task_id",
        "trace_id",
        "user_id",
        "waiting",
        "waiting_at_ns",
        "waits",
    )

    def __init__(self, trace_id: str) -> None:
        self.trace_id = trace_id
        self.nodes: dict[str, Node] = {}
        self.waits: dict[str, list[Node]] = {}
        """Children by the id of their parent, whether that has come or not."""
        self.orphans = 0
        self.root: Node | None = None
        self.first: Node | None = None
        self.sums = NONE
        self.running = 0
        self.feed_id = 0
        self.at_ns = 0
        self.received_ns = 0
        self.outcome: Outcome | None = None
        self.outcome_at_ns = 0
        self.escalated = False
        self.waiting: str | None = None
        self.waiting_at_ns = 0
        self.task_id: str | None = None
        self.conversation_id: str | None = None
        self.user_id: str | None = None
        self.mode: str | None = None

    def forget(self) -> None:
        """Let go of the nodes: they and their trace hold one another, and would stay for long."""
        self.nodes.clear()
        self.waits.clear()
        self.root = self.first = None

    def add(self, node: Node, key_of: KeyOf) -> list[Node]:
        """Hang a new node into the tree; return the other nodes that it changed."""
        self._hold(node)
        if self.first is None:
            self.first = node
        children = self.waits.get(node.span_id, ())
        self.orphans -= len(children)
        node.below = any(child.below or child.usage is not None for child in children)
        return self._spread(node, key_of)

    def replace(self, old: Node, new: Node, key_of: KeyOf) -> list[Node]:
        """Put a finished span where its running one stood; return the others that it changed."""
        new.row_id, new.kept, new.below = old.row_id, old.kept, old.below
        siblings = self.waits.get(old.parent or "", [])
        if old in siblings:
            siblings.remove(old)
            if old.parent not in self.nodes:
                self.orphans -= 1
        if self.first is old:
            self.first = new
        if self.root is old:
            self.root = None
        self.running -= old.state == "running"
        self._hold(new)
        return self._spread(new, key_of)

    def _hold(self, node: Node) -> None:
        node.trace = self
        self.nodes[node.span_id] = node
        self.running += node.state == "running"
        self.at_ns = max(self.at_ns, node.at_ns)
        if node.parent is None:
            if self.root is None or node.start_ns < self.root.start_ns:
                self.root = node
            return
        self.waits.setdefault(node.parent, []).append(node)
        if node.parent not in self.nodes:
            self.orphans += 1

    def _spread(self, node: Node, key_of: KeyOf) -> list[Node]:
        name, agent_id = self._inherited(node)
        node.agent = key_of(node.resource, node.own_name or name, node.own_id or agent_id)
        changed: list[Node] = []
        if node.span_id in self.waits:
            if node.invokes and (node.own_name or node.own_id):
                name, agent_id = node.own_name, node.own_id
            changed = self._rename_below(node, name, agent_id, key_of)
        if node.usage is not None or node.below:
            changed += self._mark_above(node)
        return changed

    def _inherited(self, node: Node) -> tuple[str | None, str | None]:
        """Return name and id of the nearest `invoke_agent` ancestor that gives any."""
        at = node
        for _ in range(MAX_DEPTH):
            parent = self.nodes.get(at.parent or "")
            if parent is None or parent is node:
                break
            if parent.invokes and (parent.own_name or parent.own_id):
                return parent.own_name, parent.own_id
            at = parent
        return None, None

    def _rename_below(
        self, node: Node, name: str | None, agent_id: str | None, key_of: KeyOf
    ) -> list[Node]:
        changed: list[Node] = []
        seen = {node.span_id}
        below = list(self.waits.get(node.span_id, ()))
        while below:
            child = below.pop()
            if child.span_id in seen:
                continue
            seen.add(child.span_id)
            agent = key_of(child.resource, child.own_name or name, child.own_id or agent_id)
            if agent != child.agent:
                child.agent = agent
                changed.append(child)
            if not (child.invokes and (child.own_name or child.own_id)):
                below.extend(self.waits.get(child.span_id, ()))
        return changed

    def _mark_above(self, node: Node) -> list[Node]:
        changed: list[Node] = []
        at = node
        for _ in range(MAX_DEPTH):
            parent = self.nodes.get(at.parent or "")
            if parent is None or parent.below or parent is node:
                break
            parent.below = True
            if parent.usage is not None:
                changed.append(parent)
            at = parent
        return changed
