"""A store's path in, a connection that can only read out."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

import re2
import zstandard

from agentwatch.store.schema import (
    APPLICATION_ID,
    StoreCorrupt,
    StoreError,
    StoreMissing,
    StoreNewer,
)
from agentwatch.store.tables import MIGRATIONS

CACHED_TEXTS = 512


def open_reader(path: Path) -> sqlite3.Connection:
    """Open for reading; where nobody writes and the folder is not ours, as an unchanging file."""
    if not path.exists():
        raise StoreMissing(f"There is no store at {path}; `agentwatch record` makes one.")
    wal = path.with_name(path.name + "-wal")
    still = not wal.exists() and not os.access(path.parent, os.W_OK)
    mode = "mode=ro&immutable=1" if still else "mode=ro"
    try:
        connection = sqlite3.connect(
            f"file:{quote(str(path))}?{mode}", uri=True, isolation_level=None, timeout=5
        )
        connection.execute("PRAGMA query_only = 1")
        owner = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.OperationalError as error:
        raise StoreError(f"{path} cannot be read: {error}.") from error
    except sqlite3.DatabaseError as error:
        raise StoreCorrupt(f"{path} is damaged or no store: {error}.") from error
    if owner != APPLICATION_ID:
        raise StoreCorrupt(f"{path} is no store of AgentWatch; choose another with --store.")
    if version > len(MIGRATIONS):
        raise StoreNewer(f"{path} was written by a newer AgentWatch; update this one to read it.")
    if version < len(MIGRATIONS):
        raise StoreError(f"{path} is of an older version; `agentwatch store migrate` renews it.")
    connection.create_function("re2_search", 2, _re2_search, deterministic=True)
    return connection


def changes(connection: sqlite3.Connection) -> int:
    """Return a number that differs from the last one when another process has committed."""
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def texts(connection: sqlite3.Connection) -> Callable[[bytes], str]:
    """Return the function that gives a large text by its digest."""
    decompress = zstandard.ZstdDecompressor().decompress

    @lru_cache(CACHED_TEXTS)
    def text_of(digest: bytes) -> str:
        row = connection.execute(
            "SELECT packed, content FROM texts WHERE digest = ?", (digest,)
        ).fetchone()
        if row is None:
            return "‹not stored›"
        packed, content = row
        return (decompress(content) if packed else content).decode()

    return text_of


@lru_cache(64)
def _compiled(pattern: str) -> object:
    return re2.compile(pattern)


def _re2_search(pattern: str, text: object) -> bool:
    return text is not None and _compiled(pattern).search(str(text)) is not None  # type: ignore[attr-defined]
