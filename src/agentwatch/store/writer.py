"""Decoded records in; rows, sums and a word on what was new out: one transaction a batch.

`begin`, then `add` for each frame, then `commit`. Between `add` and `commit` the batch lives in
memory, so that a span whose parent comes in the same batch is written once, with its final agent.
"""

from __future__ import annotations

import sqlite3
from collections import OrderedDict

from msgspec import Struct

from agentwatch.kpi.prices import Prices
from agentwatch.kpi.rollups import Increments, minus, plus
from agentwatch.model import Event, EventFact, OutcomeStated, Records, Span, Waiting
from agentwatch.store import statements as sql
from agentwatch.store.agents import Agents
from agentwatch.store.detail import pack, unpack_event
from agentwatch.store.masking import Mask
from agentwatch.store.resources import Resources
from agentwatch.store.rows import (
    AGENT,
    COUNTS,
    ID,
    TOLD,
    detail_of,
    event_row,
    node_of,
    point_row,
    run_row,
    span_row,
    stored_node,
)
from agentwatch.store.texts import Texts
from agentwatch.store.tree import KeyOf, Node, Trace

CACHED_SPANS = 60_000
"""Spans whose trees are kept in memory; older traces are read back when they are told more."""


class Inserted(Struct):
    """What one frame was worth: records that told something new, and those that did not."""

    spans_new: int = 0
    spans_replaced: int = 0
    spans_equal: int = 0
    collisions: int = 0
    events_new: int = 0
    points_new: int = 0

    @property
    def spans_duplicate(self) -> int:
        """Records of a span that was already known."""
        return self.spans_replaced + self.spans_equal + self.collisions


class Writer:
    """The one writer of telemetry. Holds the trees of recent runs; the store holds the rest."""

    def __init__(
        self, connection: sqlite3.Connection, *, key_of: KeyOf, prices: Prices, mask: Mask
    ) -> None:
        self._connection = connection
        self._key_of = key_of
        self._prices = prices
        self._mask = mask
        self._texts = Texts(connection, mask)
        self._resources = Resources(connection, mask)
        self._agents = Agents()
        self._sums = Increments()
        self._traces: OrderedDict[str, Trace] = OrderedDict()
        self._cached_spans = 0
        self._changed: dict[Node, None] = {}
        self._dirty: dict[str, Trace] = {}
        self._next_id = 1

    def begin(self, now_ns: int) -> None:
        """Open the transaction of a batch."""
        self._connection.execute("BEGIN IMMEDIATE")
        self._texts.begin(now_ns)
        last = self._connection.execute("SELECT max(id) FROM spans").fetchone()[0]
        self._next_id = max(self._next_id, (last or 0) + 1)

    def add(
        self, feed_id: int, records: Records, received_ns: int, *, wall_clock: bool = True
    ) -> Inserted:
        """Take one frame's records; on a feed of the wall clock none is newer than its receipt."""
        inserted = Inserted()
        latest_ns = received_ns if wall_clock else None
        for span in self._mask.spans(records.spans):
            self._add_span(feed_id, span, received_ns, latest_ns, inserted)
        for event in records.events:
            inserted.events_new += self._add_event(feed_id, event, received_ns)
        for point in records.points:
            resource_id = self._resources.id_of(point.resource)
            row = point_row(self._mask.point(point), feed_id, received_ns, resource_id)
            inserted.points_new += self._connection.execute(sql.INSERT_POINT, row).rowcount
        return inserted

    def commit(self) -> None:
        """Write the batch and end its transaction; on an error the whole batch is undone."""
        try:
            self._flush()
            self._connection.execute("COMMIT")
        except BaseException:
            self.rollback()
            raise
        while self._cached_spans > CACHED_SPANS and len(self._traces) > 1:
            _, trace = self._traces.popitem(last=False)
            self._cached_spans -= len(trace.nodes)
            trace.forget()

    def rollback(self) -> None:
        """Undo the open batch, and forget what memory held of it."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        self._traces.clear()
        self._cached_spans = 0
        self._changed.clear()
        self._dirty.clear()
        self._sums.take()
        self._agents.take()
        self._resources.forget()
        self._texts.forget()

    def _add_span(
        self, feed_id: int, span: Span, received_ns: int, latest_ns: int | None, said: Inserted
    ) -> None:
        trace = self._trace(span.trace_id)
        known = trace.nodes.get(span.span_id)
        if known is not None and (known.state != "running" or span.state == "running"):
            self._compare(known, span, said)
            return
        cost = self._cost(span)
        at_ns = span.end_ns or span.start_ns
        node = node_of(span, at_ns if latest_ns is None else min(at_ns, latest_ns), cost[0])
        gap_ns = node.at_ns - trace.at_ns
        trace.feed_id, trace.received_ns = feed_id, received_ns
        if known is None:
            said.spans_new += 1
            self._cached_spans += 1
            changed = trace.add(node, self._key_of)
        else:
            said.spans_replaced += 1
            self._changed.pop(known, None)
            changed = trace.replace(known, node, self._key_of)
        if 0 < gap_ns < node.at_ns:
            self._agents.gap(node.agent, gap_ns)
        detail = pack(detail_of(span), self._texts.keep)
        resource_id = self._resources.id_of(span.resource)
        node.row = span_row(span, node, feed_id, received_ns, cost, resource_id, detail)
        _remember(trace, span, node)
        self._changed[node] = None
        self._changed.update(dict.fromkeys(changed))
        self._dirty[span.trace_id] = trace

    def _compare(self, known: Node, span: Span, said: Inserted) -> None:
        if span.state == "running":
            said.spans_equal += 1
            return
        if known.row is not None:
            stored = tuple(known.row[index] for index in TOLD)
        else:
            stored = self._connection.execute(
                sql.SPAN_AS_STORED, (bytes.fromhex(span.trace_id), bytes.fromhex(span.span_id))
            ).fetchone()
        detail = pack(detail_of(span), self._texts.keep)
        if stored == (span.state, span.start_ns, span.end_ns, span.name, detail):
            said.spans_equal += 1
        else:
            said.collisions += 1

    def _cost(self, span: Span) -> tuple[int | None, str]:
        if span.cost_usd_micros is not None:
            return span.cost_usd_micros, "reported"
        if span.usage is not None:
            models = (span.response_model, span.request_model)
            cost = self._prices.cost_usd_micros(span.provider, models, span.usage)
            if cost is not None:
                return cost, "priced"
        return None, "unknown"

    def _trace(self, trace_id: str) -> Trace:
        trace = self._traces.get(trace_id)
        if trace is None:
            trace = self._traces[trace_id] = self._load(trace_id)
            self._cached_spans += len(trace.nodes)
        else:
            self._traces.move_to_end(trace_id)
        return trace

    def _load(self, trace_id: str) -> Trace:
        trace = Trace(trace_id)
        key = (bytes.fromhex(trace_id),)
        run = self._connection.execute(sql.LOAD_RUN, key).fetchone()
        for row in self._connection.execute(sql.LOAD_NODES, key) if run is not None else ():
            node = stored_node(row, self._resources.by_id(row[3]))
            trace.add(node, self._key_of)
            assert node.kept is not None  # noqa: S101 - stored_node sets it
            trace.sums = plus(trace.sums, node.kept[2])
        if run is not None:
            outcome, stated, *facts, trace.waiting, trace.feed_id, trace.received_ns = run
            trace.task_id, trace.conversation_id, trace.user_id, trace.mode = facts
            trace.escalated = outcome == "escalated" and not stated
        for content, at_ns in self._connection.execute(sql.LOAD_EVENTS, key):
            _heed(trace, unpack_event(content, lambda _: "").fact, at_ns)
        return trace

    def _add_event(self, feed_id: int, event: Event, received_ns: int) -> int:
        event = self._mask.event(event)
        resource_id = self._resources.id_of(event.resource)
        row = event_row(event, feed_id, received_ns, resource_id, self._texts.keep)
        if not self._connection.execute(sql.INSERT_EVENT, row).rowcount:
            return 0
        if event.trace_id is not None and isinstance(event.fact, OutcomeStated | Waiting):
            trace = self._trace(event.trace_id)
            _heed(trace, event.fact, event.at_ns)
            if trace.nodes:
                trace.received_ns = received_ns
                self._dirty[event.trace_id] = trace
        return 1

    def _flush(self) -> None:
        inserts: list[list[object]] = []
        updates: list[tuple[object, ...]] = []
        removed: list[tuple[int]] = []
        for node in self._changed:
            self._settle(node)
            if node.row is not None:
                if node.row_id is not None:
                    removed.append((node.row_id,))
                node.row_id, self._next_id = self._next_id, self._next_id + 1
                row, node.row = node.row, None
                row[ID], row[AGENT], row[COUNTS] = node.row_id, node.agent, int(node.counts)
                inserts.append(row)
            else:
                updates.append((node.agent, int(node.counts), node.row_id))
        self._texts.flush()
        execute = self._connection.executemany
        execute("DELETE FROM spans WHERE id = ?", removed)
        execute(sql.INSERT_SPAN, inserts)
        execute("UPDATE spans SET agent = ?, counts = ? WHERE id = ?", updates)
        execute(sql.ADD_ROLLUP, self._sums.take())
        execute(sql.UPSERT_RUN, [run_row(trace) for trace in self._dirty.values()])
        execute(sql.UPSERT_AGENT, self._agents.take())
        if updates:
            self._connection.execute("DELETE FROM agents WHERE span_count <= 0")
        self._changed.clear()
        self._dirty.clear()

    def _settle(self, node: Node) -> None:
        """Take a span's old figures out of every sum and put its present ones in."""
        trace = node.trace
        if node.kept is not None:
            at_ns, labels, figures = node.kept
            self._sums.subtract(at_ns, labels, figures)
            self._agents.lost(node, labels[0])
            trace.sums = minus(trace.sums, figures)
        figures = node.figures()
        node.kept = (node.at_ns, (node.agent, *node.labels), figures)
        self._sums.add(*node.kept)
        self._agents.won(node)
        trace.sums = plus(trace.sums, figures)


def _remember(trace: Trace, span: Span, node: Node) -> None:
    """Keep what a span says of its whole run; the root's word wins."""
    if span.conversation_id and (trace.conversation_id is None or node is trace.root):
        trace.conversation_id = span.conversation_id
    facts = span.facts
    if facts is not None:
        trace.task_id = facts.task_id or trace.task_id
        trace.user_id = facts.user_id or trace.user_id
        trace.mode = facts.mode or trace.mode
        trace.escalated = trace.escalated or facts.outcome == "escalated"
    if trace.waiting is not None and node.start_ns > trace.waiting_at_ns:
        trace.waiting = None


def _heed(trace: Trace, fact: EventFact | None, at_ns: int) -> None:
    """Let a log record change what is known of its run."""
    if isinstance(fact, OutcomeStated) and at_ns >= trace.outcome_at_ns:
        trace.outcome, trace.outcome_at_ns = fact.outcome, at_ns
    elif isinstance(fact, Waiting) and at_ns >= trace.waiting_at_ns:
        trace.waiting_at_ns = at_ns
        answered = any(node.start_ns > at_ns for node in trace.nodes.values())
        trace.waiting = None if answered else fact.waits_for
