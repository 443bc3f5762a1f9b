"""A table's SQL and a filter in, its rows as dictionaries out, one at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from agentwatch.filters import Column, Filter
from agentwatch.store.read import DAMAGED, fault

Shape = Callable[[sqlite3.Connection, int], Callable[[tuple[Any, ...]], dict[str, Any]]]
"""(connection, now_ns) → row → dictionary."""


class Table(Struct, frozen=True, kw_only=True):
    """One thing that can be asked for. `sql` ends before WHERE; `:now_ns` is the reader's now."""

    sql: str
    received: str
    """The column that `since` and `until` compare."""
    order: str
    columns: Mapping[str, Column]
    """What a filter may name."""
    words: tuple[str, ...]
    """The columns in which a bare word is looked for."""
    shape: Shape


def rows(
    connection: sqlite3.Connection,
    table: Table,
    *,
    now_ns: int,
    where: Filter | None = None,
    since_ns: int | None = None,
    until_ns: int | None = None,
    limit: int | None = None,
) -> Iterator[dict[str, Any]]:
    """Yield rows, newest first, without holding them. Raises StoreError where one is damaged."""
    conditions: list[str] = []
    values: dict[str, Any] = {"now_ns": now_ns}
    if since_ns is not None:
        conditions.append(f"{table.received} >= :since_ns")
        values["since_ns"] = since_ns
    if until_ns is not None:
        conditions.append(f"{table.received} < :until_ns")
        values["until_ns"] = until_ns
    if where is not None:
        condition, given = where.sql(table.columns, table.words, now_ns)
        conditions.append(condition)
        values |= given
    sql = table.sql
    if conditions:
        sql += " WHERE " + " AND ".join(f"({condition})" for condition in conditions)
    sql += f" ORDER BY {table.order}"
    if limit is not None:
        sql += " LIMIT :limit"
        values["limit"] = limit
    shape = table.shape(connection, now_ns)
    try:
        for row in connection.execute(sql, values):
            yield shape(row)
    except (sqlite3.Error, *DAMAGED) as error:
        raise fault(connection, error) from error
