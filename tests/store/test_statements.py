"""Every statement of the writer fits the tables, and leaves out no column."""

from __future__ import annotations

import sqlite3

import pytest

from agentwatch.store import statements as sql
from tests.store.records import trace_id

STATEMENTS = {name: value for name, value in vars(sql).items() if isinstance(value, str) and (
    value.lstrip().startswith(("INSERT", "SELECT")))}  # fmt: skip


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_can_be_prepared(store: sqlite3.Connection, name: str) -> None:
    statement = STATEMENTS[name]
    plan = store.execute(f"EXPLAIN {statement}", (None,) * statement.count("?"))
    assert plan.fetchone() is not None


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("spans", sql.SPAN_COLUMNS),
        ("runs", ("id", *sql.RUN_COLUMNS)),
        ("events", ("id", *sql.EVENT_COLUMNS)),
        ("points", ("id", *sql.POINT_COLUMNS)),
    ],
)
def test_no_column_of_a_table_is_left_out(
    store: sqlite3.Connection, table: str, columns: tuple[str, ...]
) -> None:
    found = [row[1] for row in store.execute(f"PRAGMA table_info({table})")]
    assert sorted(columns) == sorted(found)


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (sql.LOAD_NODES, "spans_by_id (trace_id=?)"),
        (sql.LOAD_EVENTS, "events_by_trace (trace_id=?)"),
        (sql.SPAN_AS_STORED, "spans_by_id (trace_id=? AND span_id=?)"),
        (sql.LOAD_RUN, "(trace_id=?)"),
    ],
)
def test_what_the_writer_reads_back_is_found_by_an_index(
    store: sqlite3.Connection, statement: str, index: str
) -> None:
    values = (bytes.fromhex(trace_id(1)),) * statement.count("?")
    plan = [row[3] for row in store.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
    assert plan[0].startswith("SEARCH") and plan[0].endswith(index)
