"""An agent in, its last ended run with its spans as a tree out: (depth, what it is, when)."""

from __future__ import annotations

import sqlite3
from collections import defaultdict

from msgspec import Struct

MOST_SPANS = 60
MOST_DEPTH = 8
OPERATIONS = {"execute_tool": "tool", "invoke_agent": "invoke", "create_agent": "create"}


class Step(Struct, frozen=True):
    """One span of the run."""

    depth: int
    last: tuple[bool, ...]
    """For each level down to its own: whether nothing more comes below on that level."""
    operation: str
    name: str
    state: str
    start_ns: int
    end_ns: int | None
    cost_usd_micros: int | None


class LastRun(Struct, frozen=True):
    """A run and its first spans."""

    trace_id: str
    state: str
    start_ns: int
    end_ns: int
    span_count: int
    steps: list[Step]


def last_run(connection: sqlite3.Connection, agent: str) -> LastRun | None:
    """Return the agent's last ended run, with at most 60 of its spans."""
    run = connection.execute(
        "SELECT trace_id, state, start_ns, end_ns, span_count FROM runs "
        "WHERE agent = ? AND end_ns IS NOT NULL ORDER BY end_ns DESC LIMIT 1",
        (agent,),
    ).fetchone()
    if run is None:
        return None
    spans = connection.execute(
        "SELECT span_id, parent_span_id, operation, coalesce(tool, data_source, response_model, "
        "request_model, CASE operation WHEN 'invoke_agent' THEN agent END, name), state, "
        "start_ns, end_ns, cost_usd_micros FROM spans WHERE trace_id = ? LIMIT ?",
        (run[0], MOST_SPANS),
    ).fetchall()
    trace_id, state, start_ns, end_ns, span_count = run
    return LastRun(trace_id.hex(), state, start_ns, end_ns, span_count, _tree(spans))


def _tree(
    spans: list[tuple[bytes, bytes | None, str, str, str, int, int | None, int | None]],
) -> list[Step]:
    """Return the spans as they stand below one another; one whose parent is not there is a root."""
    there = {span[0] for span in spans}
    below = defaultdict(list)
    for span in sorted(spans, key=lambda span: span[5]):
        below[span[1] if span[1] in there and span[1] != span[0] else None].append(span)
    steps: list[Step] = []
    waiting = [(span, (number == len(below[None]) - 1,)) for number, span in enumerate(below[None])]
    waiting.reverse()
    while waiting:
        span, last = waiting.pop()
        operation = OPERATIONS.get(span[2], span[2])
        steps.append(Step(len(last) - 1, last, operation, *span[3:]))
        children = below[span[0]]
        level = last if len(last) <= MOST_DEPTH else last[:-1]
        waiting += [
            (child, (*level, number == len(children) - 1))
            for number, child in reversed(list(enumerate(children)))
        ]
    return steps
