"""A store's path in, a connection that can only read out."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

import msgspec
import re2
import zstandard

from agentwatch.store.schema import (
    APPLICATION_ID,
    StoreCorrupt,
    StoreError,
    StoreMissing,
    StoreNewer,
    StoreOlder,
    refusal,
)
from agentwatch.store.tables import MIGRATIONS

CACHED_TEXTS = 512
ATTEMPTS = 20
PAUSE_S = 0.05
"""A writer that has just started makes the -wal a moment before the index that readers need."""

DAMAGED = (msgspec.MsgspecError, zstandard.ZstdError, ValueError)
"""What decoding raises where a page was sound and what stood on it was not."""


class Reader:
    """The connection of a console, opened anew whenever what it stands on has changed.

    A store that nobody writes, in a folder that is not ours, can only be read as a file that never
    changes; so when a writer comes, what is open shows the past at best.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._openings = 1
        self.connection, self._still, self._seen = _open(path)

    def changes(self) -> tuple[int, int]:
        """Return a pair that differs from the last one when another process has written."""
        if self.outdated():
            opened = _open(self._path)
            self.connection.close()
            self.connection, self._still, self._seen = opened
            self._openings += 1
        return self._openings, changes(self.connection)

    def outdated(self) -> bool:
        """Say whether the connection must not be read from any more."""
        now = _look(self._path, self._still)
        return now is not None and now != self._seen

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


def open_reader(path: Path) -> sqlite3.Connection:
    """Open for reading; where nobody writes and the folder is not ours, as an unchanging file."""
    return _open(path)[0]


_Opened = tuple[sqlite3.Connection, bool, object]
"""The connection, whether it takes the file as unchanging, and what `_look` saw of the file."""


def _open(path: Path) -> _Opened:
    if not path.exists():
        raise _missing(path)
    if not os.access(path, os.R_OK):
        raise StoreError(f"This user may not read {path}; ask its owner, or choose another.")
    attempts = ATTEMPTS
    while True:
        attempts -= 1
        still = _is_still(path)
        seen = _look(path, still)
        try:
            return _connect(path, still), still, seen
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code != sqlite3.SQLITE_CANTOPEN or not attempts:
                raise refusal(path, error) from error
        time.sleep(PAUSE_S)


def _connect(path: Path, still: bool) -> sqlite3.Connection:
    mode = "mode=ro&immutable=1" if still else "mode=ro"
    connection = sqlite3.connect(
        f"file:{quote(os.fsencode(path))}?{mode}", uri=True, isolation_level=None, timeout=5
    )
    try:
        _check(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _check(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("PRAGMA query_only = 1")
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if owner != APPLICATION_ID:
        if not owner and connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None:
            raise _missing(path)  # its recorder is about to make it
        raise StoreCorrupt(f"{path} is no store of AgentWatch; choose another with --store.")
    if version > len(MIGRATIONS):
        raise StoreNewer(f"{path} was written by a newer AgentWatch; update this one to read it.")
    if version < len(MIGRATIONS):
        raise StoreOlder(f"{path} is of an older version; `agentwatch store migrate` renews it.")
    connection.create_function("re2_search", 2, _re2_search, deterministic=True)


def _missing(path: Path) -> StoreMissing:
    return StoreMissing(f"There is no store at {path}; `agentwatch record` makes one.")


def _is_still(path: Path) -> bool:
    return not path.with_name(path.name + "-wal").exists() and not os.access(path.parent, os.W_OK)


def _look(path: Path, still: bool) -> object:
    """Return what tells that a file is another one, or where nothing may move, that it moved."""
    try:
        found = path.stat()
    except OSError:
        return None
    if not still:
        return found.st_dev, found.st_ino
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, _is_still(path)


def changes(connection: sqlite3.Connection) -> int:
    """Return a number that differs from the last one when another process has committed."""
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def fault(connection: sqlite3.Connection, error: Exception) -> StoreError:
    """Return why reading on failed, as one sentence."""
    path = Path(connection.execute("PRAGMA database_list").fetchone()[2])
    if isinstance(error, sqlite3.Error):
        return refusal(path, error)
    return StoreCorrupt(f"{path} is damaged ({error}); `agentwatch store check` looks closer.")


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
