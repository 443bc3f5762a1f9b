"""A store in, its rows read into the find index in the background; how long that may take in.

Rows are read in blocks. A block's short strings make one document of the index, each string once;
a large text makes documents of its own, once for the whole store, and each block that names it
only adds a link. So an index entry leads to a block, and a block to at most 64 rows.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec
import zstandard
from msgspec import Struct

from agentwatch.store.findable import Ref, Strings, event_strings, span_strings, unpacked
from agentwatch.store.read import DAMAGED

BLOCK_ROWS = 64
EVENTS_FROM = 1 << 40
"""Blocks of log records have ids from here."""

PIECE_CHARS = 16_384
LONGEST_FIND = 1_000
"""Pieces of a text overlap by so much that nothing that is looked for is cut in two."""

PIECES = 1 << 12
"""Pieces that one text can have; together they hold more than the largest frame."""

FURTHER_FROM = 1 << 40
"""A text's first piece has the text's id, for small steps are stored small; others from here."""

TEXT_OF_PIECE = (
    f"CASE WHEN rowid < {FURTHER_FROM} THEN rowid "
    f"ELSE rowid / {PIECES} - {FURTHER_FROM // PIECES} END"
)
"""SQL: the text of a piece."""

TURN_S = 0.04
BUSY_SHARE = 0.07
"""Of the time, while frames come: less than the tenth that the recorder's rate may suffer."""

IDLE_SHARE = 0.5
FINISH_S = 2.0
FAULT_PAUSE_S = 10.0
FAULTS = (sqlite3.DatabaseError, *DAMAGED)

_COLUMNS = {
    "spans": "id, received_ns, detail, name, tool, conversation_id",
    "events": "id, received_ns, content, name, conversation_id",
}


NOT_INDEXED = """
    SELECT id, packed, content FROM texts
    WHERE digest = ? AND NOT EXISTS (SELECT 1 FROM find_uses WHERE text_id = id AND block_id = 0)
"""
LINK = "INSERT OR IGNORE INTO find_uses SELECT id, ? FROM texts WHERE digest = ?"


class Source(Struct, frozen=True):
    """A table whose rows can be found, and the range of its blocks."""

    table: str
    first_block: int
    end_block: int
    strings: Callable[..., Strings]

    @property
    def next_rows(self) -> str:
        """The SQL of a block's rows."""
        return (
            f"SELECT {_COLUMNS[self.table]} FROM {self.table} "  # noqa: S608 - names of our own
            f"WHERE id > ? ORDER BY id LIMIT {BLOCK_ROWS}"
        )

    def strings_of(self, blob: bytes, name: str, *columns: str | None) -> Strings:
        """Return the strings of a row."""
        return self.strings(name, *columns, unpacked(blob))


SPANS = Source("spans", 1, EVENTS_FROM, span_strings)
EVENTS = Source("events", EVENTS_FROM, 1 << 62, event_strings)
SOURCES = (SPANS, EVENTS)

compress = zstandard.ZstdCompressor(level=3).compress
decompress = zstandard.ZstdDecompressor().decompress


def pieces(text_id: int, text: str) -> Iterator[tuple[int, str]]:
    """Yield the documents of a large text: (rowid, text)."""
    starts = range(0, max(len(text) - LONGEST_FIND, 1), PIECE_CHARS)
    for number, start in enumerate(starts[:PIECES]):
        piece = text[start : start + PIECE_CHARS + LONGEST_FIND]
        yield (FURTHER_FROM + text_id * PIECES + number if number else text_id), piece


def packed_block(words: Iterable[str], refs: Iterable[bytes]) -> bytes:
    """Return what a block's row holds."""
    return compress(msgspec.msgpack.encode([list(words), list(refs)]))


def unpacked_block(content: bytes) -> tuple[str, list[bytes]]:
    """Return a block's document and the digests of the large texts that its rows name."""
    words, refs = msgspec.msgpack.decode(decompress(content))
    return document(words), refs


def document(words: Iterable[str]) -> str:
    """Return short strings as one text of the index."""
    return "\n".join(words)


def indexed_to(connection: sqlite3.Connection, source: Source) -> int:
    """Return the last row of a table that is in the index."""
    row = connection.execute(
        "SELECT row_id FROM find_progress WHERE source = ?", (source.table,)
    ).fetchone()
    return int(row[0])


class Indexer:
    """Reads on where the last one stopped, a little at each call."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connection = connection
        self._clock_s = clock_s
        self._steps = self._walk()
        self._due_s = 0.0

    def turn(self, busy: bool) -> bool:
        """Index for a moment, if it is time for that; return whether something was done.

        A store that cannot be written, or a row that is damaged, must not end the recording: the
        index waits, and `unsearched` says what is not in it.
        """
        began_s = self._clock_s()
        if began_s < self._due_s:
            return False
        try:
            done = self.step(TURN_S)
        except FAULTS:
            self._due_s = began_s + FAULT_PAUSE_S
            return False
        took_s = self._clock_s() - began_s
        self._due_s = began_s + took_s / (BUSY_SHARE if busy else IDLE_SHARE)
        return done

    def finish(self, limit_s: float = FINISH_S) -> bool:
        """Index what is left, for so long; return whether all is. The next start goes on."""
        deadline_s = self._clock_s() + limit_s
        try:
            while self.step(min(TURN_S * 4, deadline_s - self._clock_s())):
                if self._clock_s() >= deadline_s:
                    return False
        except FAULTS:
            return False
        return True

    def step(self, budget_s: float) -> bool:
        """Index in one transaction for so long; return whether something was done."""
        deadline_s = self._clock_s() + budget_s
        done = False
        try:
            while next(self._steps):
                done = True
                if self._clock_s() >= deadline_s:
                    break
            if self._connection.in_transaction:
                self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            self._steps = self._walk()
            raise
        return done

    def _walk(self) -> Iterator[bool]:
        """Index a piece of a text, or a block, at a time; yield False when nothing is left."""
        while True:
            found = False
            for source in SOURCES:
                while (block := self._next_block(source)) is not None:
                    found = True
                    yield from self._index_block(source, *block)
            if not found:
                yield False

    def _next_block(self, source: Source) -> tuple[int, list[tuple[Any, ...]]] | None:
        """Return where a whole block begins and its rows; fewer are searched as they stand."""
        after_id = indexed_to(self._connection, source)
        rows = self._connection.execute(source.next_rows, (after_id,)).fetchall()
        return (after_id, rows) if len(rows) == BLOCK_ROWS else None

    def _index_block(
        self, source: Source, after_id: int, rows: list[tuple[Any, ...]]
    ) -> Iterator[bool]:
        words: dict[str, None] = {}
        refs: dict[bytes, None] = {}
        for _, _, blob, *columns in rows:
            for _, value in source.strings_of(blob, *columns):
                if isinstance(value, Ref):
                    refs[value.digest] = None
                else:
                    words[value] = None
        for digest in refs:
            yield from self._index_text(digest)
        self._begin()
        # between two texts retention may have emptied the table, and ids begin anew
        if indexed_to(self._connection, source) == after_id:
            self._write_block(source, after_id, rows, words, refs)
        yield True

    def _index_text(self, digest: bytes) -> Iterator[bool]:
        """Index a large text, piece by piece, unless it is."""
        found = self._connection.execute(NOT_INDEXED, (digest,)).fetchone()
        if found is None:
            return
        text_id, packed, content = found
        for piece in pieces(text_id, (decompress(content) if packed else content).decode()):
            self._begin()
            self._connection.execute("INSERT INTO find_texts (rowid, text) VALUES (?, ?)", piece)
            yield True
        # between two pieces retention may have dropped it
        self._begin()
        self._connection.execute(LINK, (0, digest))

    def _write_block(
        self,
        source: Source,
        after_id: int,
        rows: list[tuple[Any, ...]],
        words: Iterable[str],
        refs: Iterable[bytes],
    ) -> None:
        execute = self._connection.execute
        last_id, newest_ns = rows[-1][0], max(row[1] for row in rows)
        (block_id,) = execute(
            "UPDATE find_progress SET row_id = ?, block_id = block_id + 1 WHERE source = ? "
            "RETURNING block_id",
            (last_id, source.table),
        ).fetchone()
        execute(
            "INSERT INTO find_blocks VALUES (?, ?, ?, ?, ?)",
            (block_id, after_id, last_id, newest_ns, packed_block(words, refs)),
        )
        execute("INSERT INTO find_words (rowid, text) VALUES (?, ?)", (block_id, document(words)))
        self._connection.executemany(LINK, [(block_id, digest) for digest in refs])

    def _begin(self) -> None:
        if not self._connection.in_transaction:
            self._connection.execute("BEGIN IMMEDIATE")
