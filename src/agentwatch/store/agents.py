"""Spans that were written in; what they change of their agents' rows out."""

from __future__ import annotations

import json
from collections import OrderedDict, deque

from msgspec import Struct
from msgspec.structs import astuple

from agentwatch.clock import NS_PER_S
from agentwatch.store.tree import Node

GAPS = 50
MIN_GAPS = 5
MIN_INTERVAL_S = 10.0
MAX_AGENTS = 10_000
"""Agents whose gaps are held in memory; the names are telemetry's, so they are bounded."""


class _Row(Struct):
    """An agent's row in the order of statements.UPSERT_AGENT; the upsert adds `span_count`."""

    agent: str
    name: str | None
    version: str | None
    service: str | None
    feed_id: int
    first_ns: int
    last_ns: int
    received_ns: int
    interval_s: float | None
    identities: str
    span_count: int


class Agents:
    """The changes of one batch by agent key, and the gaps from which an interval is expected."""

    def __init__(self) -> None:
        self._rows: dict[str, _Row] = {}
        self._gaps: OrderedDict[str, deque[int]] = OrderedDict()

    def gap(self, agent: str, gap_ns: int) -> None:
        """Remember the time between two records of one run."""
        gaps = self._gaps.get(agent)
        if gaps is None:
            if len(self._gaps) >= MAX_AGENTS:
                self._gaps.popitem(last=False)
            gaps = self._gaps[agent] = deque(maxlen=GAPS)
        gaps.append(gap_ns)

    def won(self, node: Node) -> None:
        """Count a span for its agent."""
        resource, trace = node.resource, node.trace
        row = self._rows.get(node.agent)
        if row is None:
            self._rows[node.agent] = _Row(
                node.agent,
                node.own_name or resource.main_agent_name or resource.service_name,
                node.labels[0] or None,
                resource.service,
                trace.feed_id,
                node.at_ns,
                node.at_ns,
                trace.received_ns,
                self._interval_s(node.agent),
                json.dumps(resource.claimed_identities),
                1,
            )
            return
        row.first_ns = min(row.first_ns, node.at_ns)
        if node.at_ns >= row.last_ns:
            row.last_ns = node.at_ns
            row.version = node.labels[0] or row.version
        row.span_count += 1

    def lost(self, node: Node, agent: str) -> None:
        """Take a span from the agent that it was written for."""
        row = self._rows.get(agent)
        if row is None:
            at_ns, trace = node.at_ns, node.trace
            row = self._rows[agent] = _Row(
                agent, None, None, None, trace.feed_id, at_ns, at_ns, trace.received_ns,
                None, "[]", 0,
            )  # fmt: skip
        row.span_count -= 1

    def take(self) -> list[tuple[object, ...]]:
        """Return the rows that changed, and start anew."""
        rows = [astuple(row) for row in self._rows.values()]
        self._rows.clear()
        return rows

    def _interval_s(self, agent: str) -> float | None:
        gaps = self._gaps.get(agent, ())
        if len(gaps) < MIN_GAPS:
            return None
        rank = -(-95 * len(gaps) // 100) - 1
        return max(MIN_INTERVAL_S, sorted(gaps)[rank] / NS_PER_S)
