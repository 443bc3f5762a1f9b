"""How SQLite would answer a table's query: a step a line."""

from __future__ import annotations

import sqlite3
from typing import Any

from agentwatch.filters import parse
from agentwatch.store.queries import TABLES, rows


def plan(connection: sqlite3.Connection, table: str, where: str = "", **asked: Any) -> list[str]:
    """The plan of what `rows` really asks, without that of subqueries a row."""
    told: list[str] = []
    connection.set_trace_callback(told.append)
    filter_ = parse(where) if where else None
    list(rows(connection, TABLES[table], now_ns=0, where=filter_, **asked))
    connection.set_trace_callback(None)
    steps = connection.execute(f"EXPLAIN QUERY PLAN {told[0]}").fetchall()
    return [step[3] for step in steps if step[1] == 0 and "SUBQUERY" not in step[3]]
