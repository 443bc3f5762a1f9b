"""A table, a filter and a place in it in, the rows that stand there out, however many there are.

A place is an anchor: the values of the row's sort keys. Rows are sought by comparing keys, which an
index answers in the same time at the first row and at the last; nothing is counted off or skipped.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any, TypeAlias

from msgspec import Struct, structs

from agentwatch.filters import Filter
from agentwatch.store.queries.table import Table
from agentwatch.store.read import DAMAGED, fault

Anchor: TypeAlias = tuple[Any, ...]
"""A row's sort keys, the last of which no other row has."""

Placed: TypeAlias = tuple[Anchor, dict[str, Any]]
"""A row and where it stands."""

COUNTED = 5_000
"""Rows that a total looks at, beyond it says "or more": so that a hundred thousand rows open as
quickly as a thousand."""

ALL = 1_000_000
"""Rows that the total at the end of all rows looks at: somebody went there on purpose."""

SORTED = 10_000
"""Rows that are sorted where no index has them in order: the newest."""

_TURNED = str.maketrans("<>", "><")


class Rows(Struct, frozen=True, kw_only=True):
    """Which rows of a table: those that equal these values and pass the filter, in an order."""

    table: Table
    now_ns: int
    equal: Mapping[str, Any] = {}
    """Filter key → the exact value in its column."""
    where: Filter | None = None
    upto_ns: int | None = None
    """Received no later: what a frozen screen shows."""
    by: str | None = None
    """An SQL expression, the largest first, in place of the table's own order."""
    rising: bool = False
    """The other way round."""


class Count(Struct, frozen=True):
    """How many rows there are."""

    rows: int
    exact: bool = True
    """False: there may be more."""


class Request(Struct, frozen=True, kw_only=True):
    """A stretch of rows."""

    limit: int
    first: Anchor | None = None
    """From this row on. None: from the newest, or up to the oldest."""
    above: int = 0
    """And up to so many rows above it."""
    most: int = 1_000
    """Rows in all; the lowest go first."""
    from_end: bool = False
    held: Mapping[str, Any] | None = None
    """Filter key → value of a row to be read wherever it stands now."""


class Part(Struct, frozen=True, kw_only=True):
    """What a request found."""

    rows: list[Placed]
    offset: Count
    """How many rows stand above the first."""
    total: Count
    at_top: bool
    at_end: bool
    held: Placed | None = None


def page(
    connection: sqlite3.Connection,
    rows: Rows,
    *,
    limit: int,
    at: Anchor | None = None,
    after: Anchor | None = None,
    before: Anchor | None = None,
    from_end: bool = False,
) -> list[Placed]:
    """Return up to `limit` rows: from `at` on, after `after`, just before `before`, or the last."""
    keys = _keys(rows)
    backwards = before is not None or from_end
    conditions, values = _conditions(rows)
    for sign, anchor in (("<=", at), ("<", after), (">", before)):
        if anchor is not None:
            conditions.append(_beyond(rows, sign, anchor, values))
    table, down = rows.table, "ASC" if backwards != rows.rising else "DESC"
    sql = (
        f"SELECT {', '.join(keys)}, {table.sql.strip().removeprefix('SELECT')}"
        f"{_where(conditions)} ORDER BY {', '.join(f'{key} {down}' for key in keys)} LIMIT :limit"
    )
    shape = table.shape(connection, rows.now_ns)
    try:
        found = connection.execute(sql, values | {"limit": limit}).fetchall()
        placed = [(row[: len(keys)], shape(row[len(keys) :])) for row in found]
    except (sqlite3.Error, *DAMAGED) as error:
        raise fault(connection, error) from error
    return placed[::-1] if backwards else placed


def count(
    connection: sqlite3.Connection,
    rows: Rows,
    *,
    before: Anchor | None = None,
    most: int = COUNTED,
) -> Count:
    """Return how many rows there are (before an anchor), looking at no more than `most`."""
    by = rows.by if before is not None else None
    bare = structs.replace(rows, where=None, by=by)
    conditions, values = _conditions(bare)
    if before is not None:
        conditions.append(_beyond(rows, ">", before, values))
    values["most"] = most + 1
    source, alias = _source(rows.table)
    if rows.where is None:
        sql = f"SELECT count(*), count(*) FROM (SELECT 1 {source}{_where(conditions)} LIMIT :most)"  # noqa: S608
    else:
        wanted, given = rows.where.sql(rows.table.columns, rows.table.words, rows.now_ns)
        values |= given
        sql = (
            f"SELECT count(*), coalesce(sum({wanted}), 0) FROM (SELECT {alias}.* {source}"  # noqa: S608
            f"{_where(conditions)} ORDER BY {rows.table.order} LIMIT :most) {alias}"
        )
    try:
        seen, found = connection.execute(sql, values).fetchone()
    except sqlite3.Error as error:
        raise fault(connection, error) from error
    return Count(min(found, most), seen <= most)


def part(connection: sqlite3.Connection, rows: Rows, request: Request) -> Part:
    """Answer a request; a leap to the end is told the exact total."""
    limit, above = request.limit, []
    if request.first is not None and request.above:
        above = page(connection, rows, before=request.first, limit=request.above)
        limit = min(limit, request.most - len(above))
    at_top = request.first is None or len(above) < request.above
    below = page(connection, rows, at=request.first, limit=limit, from_end=request.from_end)
    found = above + below
    total = count(connection, rows)
    if request.from_end:
        at_top = len(below) < request.limit
        total = count(connection, rows, most=ALL if rows.by is None else SORTED)
        total = Count(total.rows, exact=rows.by is not None or total.exact)
    offset = Count(0)
    if found and not at_top:
        offset = count(connection, rows, before=found[0][0])
    held = None
    if request.held is not None:
        alone = structs.replace(rows, where=None, equal={**rows.equal, **request.held})
        held = next(iter(page(connection, alone, limit=1)), None)
    return Part(
        rows=found,
        offset=offset,
        total=total,
        at_top=at_top,
        at_end=request.from_end or len(below) < limit,
        held=held,
    )


def _keys(rows: Rows) -> list[str]:
    own = [key.split()[0] for key in rows.table.order.split(",")]
    return own if rows.by is None else [rows.by, own[-1]]


def _source(table: Table) -> tuple[str, str]:
    """Return a table's FROM and the name that its columns go by."""
    source = table.sql[table.sql.rindex("FROM ") :]
    return source, source.split()[2]


def _conditions(rows: Rows) -> tuple[list[str], dict[str, Any]]:
    values: dict[str, Any] = {"now_ns": rows.now_ns}
    equal = []
    for number, (key, value) in enumerate(rows.equal.items()):
        equal.append(f"{rows.table.columns[key].expression} = :e{number}")
        values[f"e{number}"] = value
    if rows.upto_ns is not None:
        equal.append(f"{rows.table.received} <= :upto_ns")
        values["upto_ns"] = rows.upto_ns
    conditions = equal
    if rows.by is not None:
        source, _ = _source(rows.table)
        key = _keys(rows)[-1]
        newest = f"SELECT {key} {source}{_where(equal)} ORDER BY {rows.table.order} LIMIT {SORTED}"
        conditions = [f"{key} IN ({newest})"]
    if rows.where is not None:
        wanted, given = rows.where.sql(rows.table.columns, rows.table.words, rows.now_ns)
        conditions.append(f"({wanted})")
        values |= given
    return conditions, values


def _beyond(rows: Rows, sign: str, anchor: Anchor, values: dict[str, Any]) -> str:
    """Return the condition of the rows beyond an anchor; `>` are those above it."""
    if rows.rising:
        sign = sign.translate(_TURNED)
    names = [f"k{len(values)}_{number}" for number in range(len(anchor))]
    values |= dict(zip(names, anchor, strict=True))
    listed = ", ".join(f":{name}" for name in names)
    return f"({', '.join(_keys(rows))}) {sign} ({listed})"


def _where(conditions: list[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""
