"""The migrations run in order on SQLite as old as Python brings it, and make what queries need."""

from __future__ import annotations

import re
import sqlite3

import pytest

from agentwatch.store.tables import MIGRATIONS

TOO_NEW = ("jsonb", "->>", "iif(", "string_agg", "concat(", "unixepoch('subsec')", "strict;")


def test_every_migration_has_a_name_of_its_own_and_the_first_stays_first() -> None:
    names = [name for name, _ in MIGRATIONS]
    assert len(set(names)) == len(names)
    assert names[0] == "first"


def test_each_migration_runs_on_what_those_before_it_made() -> None:
    connection = sqlite3.connect(":memory:")
    for _, statements in MIGRATIONS:
        connection.executescript(f"BEGIN;{statements};COMMIT;")
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_migration_ends_no_transaction_of_its_own() -> None:
    for name, statements in MIGRATIONS:
        assert not re.search(r"\b(COMMIT|ROLLBACK|VACUUM|ATTACH)\b", statements), name


@pytest.mark.parametrize("feature", TOO_NEW)
def test_no_migration_needs_a_newer_sqlite_than_3_40(feature: str) -> None:
    assert not any(feature in statements.lower() for _, statements in MIGRATIONS)


@pytest.mark.parametrize("table", ["spans", "runs", "events", "points"])
def test_what_retention_deletes_is_found_by_when_it_came(
    store: sqlite3.Connection, table: str
) -> None:
    query = f"SELECT id FROM {table} WHERE received_ns < 5 ORDER BY received_ns LIMIT 500"  # noqa: S608
    plan = [row[3] for row in store.execute(f"EXPLAIN QUERY PLAN {query}")]
    assert len(plan) == 1
    assert f"INDEX {table}_by_received (received_ns<?)" in plan[0]


def test_unused_texts_are_found_by_their_last_use(store: sqlite3.Connection) -> None:
    query = "SELECT id FROM texts WHERE used_ns < 5 ORDER BY used_ns LIMIT 500"
    plan = [row[3] for row in store.execute(f"EXPLAIN QUERY PLAN {query}")]
    assert plan == ["SEARCH texts USING COVERING INDEX texts_by_use (used_ns<?)"]
