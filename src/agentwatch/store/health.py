"""A store's path in; what it holds, whether it is sound, or a copy of it out."""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path
from typing import Any

from agentwatch.kpi.rollups import FIGURES
from agentwatch.store.read import open_reader
from agentwatch.store.schema import StoreError

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
    """Return what is wrong, a sentence each: pages, references, and sums against a recount."""
    connection = open_reader(path)
    try:
        faults = [
            str(row[0]) for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"
        ]
        lost = connection.execute(
            "SELECT count(*) FROM spans WHERE resource_id NOT IN (SELECT id FROM resources)"
        ).fetchone()[0]
        if lost:
            faults.append(f"{lost} spans name a resource that is not stored.")
        negative = " OR ".join(f"{figure} < 0" for figure in FIGURES)
        below = connection.execute(
            f"SELECT count(*) FROM rollups WHERE {negative}"  # noqa: S608 - names of our own
        ).fetchone()[0]
        if below:
            faults.append(f"{below} rollups have fallen below zero.")
        return faults
    finally:
        connection.close()


def backup(path: Path, target: Path) -> None:
    """Copy the store while it is in use; an existing file is left alone."""
    connection = open_reader(path)
    try:
        try:
            os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            raise StoreError(f"{target} exists and was left as it is.") from None
        except OSError as error:
            raise StoreError(f"{target} cannot be written: {error.strerror}.") from error
        copy = sqlite3.connect(target)
        try:
            connection.backup(copy)
        finally:
            copy.close()
    finally:
        connection.close()


def _count(connection: sqlite3.Connection, table: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - our names
    return int(row[0])


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
