"""As many runs as a test wants, in a moment: written past the writer, with what a list shows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from tests.store.records import NS, T0

COLUMNS = (
    "trace_id, agent, state, task_id, conversation_id, feed_id, has_root, start_ns, end_ns, at_ns, "
    "span_count, error_count, running_count, orphan_count, input_tokens, output_tokens, "
    "cost_usd_micros, unpriced_count, received_ns"
)


def many_runs(
    connection: sqlite3.Connection,
    agent: str,
    numbers: Iterable[int],
    *,
    feed_id: int = 1,
    at_ns: int = T0,
    together: int = 1,
) -> None:
    """Add a run for each number; number 7 came in second 7, `together` of them at one moment."""
    connection.execute("BEGIN")
    connection.execute(
        "INSERT OR IGNORE INTO agents (agent, name, service, feed_id, first_seen_ns, "
        "last_seen_ns, received_ns) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (agent, agent, agent, feed_id, at_ns, at_ns, at_ns),
    )
    connection.executemany(
        f"INSERT INTO runs ({COLUMNS}) "  # noqa: S608 - names of our own
        "VALUES (?, ?, 'ok', ?, ?, ?, 1, ?, ?, ?, 3, 0, 0, 0, 400, 60, ?, 0, ?)",
        (_run(agent, number, feed_id, at_ns, together) for number in numbers),
    )
    connection.execute("COMMIT")


def _run(agent: str, number: int, feed_id: int, at_ns: int, together: int) -> tuple[object, ...]:
    end_ns = at_ns + number // together * NS
    trace_id = (hash_of(agent) + number).to_bytes(16, "big")
    took_ns = (number * 7919 % 1000 + 1) * 10**6
    return (
        trace_id, agent, f"order {number}", f"c-{number}", feed_id, end_ns - took_ns, end_ns,
        end_ns, number * 7919 % 100_003, end_ns,
    )  # fmt: skip


def hash_of(agent: str) -> int:
    """Return a number that makes the trace ids of two agents differ."""
    return int.from_bytes(agent.encode()[:8].ljust(8, b"."), "big") << 56
