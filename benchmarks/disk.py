"""Spans in; the bytes that each takes on disk out, beside its JSON and beside bare rows."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

from benchmarks.bare import insert
from benchmarks.figures import Figure
from benchmarks.spans import Fleet, fill, new_store, new_writer, span_bytes


def run(quick: bool) -> list[Figure]:
    """Store the same spans both ways; a store's file is measured with its log written back."""
    spans = 10_000 if quick else 100_000
    json_bytes = span_bytes(list(Fleet().frames(10_000)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ours" / "agentwatch.db"
        connection = new_store(path)
        fill(connection, new_writer(connection), Fleet(), spans)
        ours = _size(connection, path) / spans
        texts = connection.execute("SELECT sum(length(content)) FROM texts").fetchone()[0] / spans
        connection.close()
        path = Path(folder) / "bare" / "agentwatch.db"
        connection = new_store(path)
        insert(connection, Fleet().frames(spans))
        bare = _size(connection, path) / spans
        connection.close()
    return [
        Figure("on disk, all tables and indices", ours, "bytes a span", json_bytes, "its JSON"),
        Figure("on disk, all tables and indices", ours, "bytes a span", bare, "bare rows"),
        Figure("of which large texts", texts, "bytes a span", ours, "all of it"),
    ]


def _size(connection: sqlite3.Connection, path: Path) -> int:
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.stat().st_size
