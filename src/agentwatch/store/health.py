"""A store's path in; what it holds, whether it is sound, or a copy of it out."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from agentwatch.kpi.rollups import FIGURES
from agentwatch.store.read import fault, open_reader
from agentwatch.store.schema import copy_to

_TABLES = ("spans", "runs", "events", "points", "texts", "agents", "feeds", "gaps", "rollups")


def info(path: Path) -> dict[str, Any]:
    """Return sizes in bytes, rows a table and times; unknown is None."""
    connection = open_reader(path)
    try:
        oldest, newest = connection.execute(
            "SELECT min(received_ns), max(received_ns) FROM spans"
        ).fetchone()
        beat = connection.execute("SELECT value FROM meta WHERE key = 'recorder'").fetchone()
        return {
            "store": str(path),
            "version": connection.execute("PRAGMA user_version").fetchone()[0],
            "bytes": path.stat().st_size,
            "wal_bytes": _size(path.with_name(path.name + "-wal")),
            "rows": {table: _count(connection, table) for table in _TABLES},
            "oldest_received_ns": oldest,
            "newest_received_ns": newest,
            "recorder": None if beat is None else json.loads(beat[0]),
        }
    finally:
        connection.close()


def check(path: Path) -> list[str]:
    """Return what is wrong, a sentence each: pages, references, and sums that cannot be."""
    connection = open_reader(path)
    try:
        faults = [
            str(row[0]) for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"
        ]
        return faults or list(_contradictions(connection))
    except sqlite3.DatabaseError as error:
        return [str(fault(connection, error))]
    finally:
        connection.close()


def _contradictions(connection: sqlite3.Connection) -> Iterator[str]:
    negative = " OR ".join(f"{figure} < 0" for figure in FIGURES)
    for told, found in (
        (
            "spans name a resource that is not stored.",
            "spans WHERE resource_id NOT IN (SELECT id FROM resources)",
        ),
        (
            "spans belong to no run.",
            "spans WHERE trace_id NOT IN (SELECT trace_id FROM runs)",
        ),
        ("rollups have fallen below zero.", f"rollups WHERE {negative}"),
    ):
        count = _count(connection, found)
        if count:
            yield f"{count} {told}"


def backup(path: Path, target: Path) -> None:
    """Copy the store while it is in use; an existing file is left alone."""
    connection = open_reader(path)
    try:
        copy_to(connection, target)
    finally:
        connection.close()


def _count(connection: sqlite3.Connection, rows: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {rows}").fetchone()  # noqa: S608 - our names
    return int(row[0])


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
