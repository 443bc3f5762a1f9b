"""What retention deleted in; the find index without it out.

An index that holds no text can only forget a text that is told to it once more, so index rows go
before, or in one transaction with, what they were made of.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence

from agentwatch.store.indexing import (
    SOURCES,
    Source,
    decompress,
    pieces,
    unpacked_block,
)

BLOCKS_A_COMMIT = 8
MERGED_PAGES = 10
"""So many pages of the index are rewritten for each thing forgotten, or it would only grow."""

_FORGET_WORDS = "INSERT INTO find_words (find_words, rowid, text) VALUES ('delete', ?, ?)"
_FORGET_TEXT = "INSERT INTO find_texts (find_texts, rowid, text) VALUES ('delete', ?, ?)"


def drop_blocks(connection: sqlite3.Connection, deadline_s: float) -> int:
    """Forget the blocks of which no row is left, oldest first; return how many went."""
    gone = 0
    for source in SOURCES:
        last = source.first_block - 1
        while True:
            dead, last = _dead_blocks(connection, source, last)
            if not dead:
                break
            _drop(connection, dead)
            gone += len(dead)
            if time.monotonic() > deadline_s:
                break
        _start_anew_when_empty(connection, source)
    return gone


def drop_texts(connection: sqlite3.Connection, text_ids: Sequence[int]) -> None:
    """Forget large texts that are about to be deleted, in the caller's transaction."""
    indexed = 0
    for text_id in sorted(text_ids):
        found = connection.execute(
            "SELECT packed, content FROM texts WHERE id = ? "
            "AND EXISTS (SELECT 1 FROM find_uses WHERE text_id = id AND block_id = 0)",
            (text_id,),
        ).fetchone()
        if found is not None:
            packed, content = found
            text = (decompress(content) if packed else content).decode()
            connection.executemany(_FORGET_TEXT, pieces(text_id, text))
            indexed += 1
        connection.execute("DELETE FROM find_uses WHERE text_id = ?", (text_id,))
    if indexed:
        _merge(connection, "find_texts", indexed)


def _dead_blocks(
    connection: sqlite3.Connection, source: Source, last: int
) -> tuple[list[tuple[int, bytes]], int]:
    """Return a few blocks after `last` without a row, and the last block looked at.

    The first block of which a row may go by age ends the search: all later ones are younger.
    """
    dead: list[tuple[int, bytes]] = []
    while len(dead) < BLOCKS_A_COMMIT:
        block = connection.execute(
            "SELECT id, after_id, last_id, content FROM find_blocks "
            "WHERE id > ? AND id < ? ORDER BY id LIMIT 1",
            (last, source.end_block),
        ).fetchone()
        if block is None:
            break
        block_id, after_id, last_id, content = block
        spared = connection.execute(
            f"SELECT min(coalesce(trace_id IN (SELECT trace_id FROM evidence), 0)) "  # noqa: S608
            f"FROM {source.table} WHERE id > ? AND id <= ?",
            (after_id, last_id),
        ).fetchone()[0]
        if spared == 0:
            break
        if spared is None:
            dead.append((block_id, content))
        last = block_id
    return dead, last


def _drop(connection: sqlite3.Connection, blocks: Sequence[tuple[int, bytes]]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for block_id, content in blocks:
        words, refs = unpacked_block(content)
        connection.execute(_FORGET_WORDS, (block_id, words))
        connection.executemany(
            "DELETE FROM find_uses WHERE block_id = ? "
            "AND text_id = (SELECT id FROM texts WHERE digest = ?)",
            [(block_id, digest) for digest in refs],
        )
        connection.execute("DELETE FROM find_blocks WHERE id = ?", (block_id,))
    _merge(connection, "find_words", len(blocks))
    connection.execute("COMMIT")


def _merge(connection: sqlite3.Connection, index: str, forgotten: int) -> None:
    connection.execute(
        f"INSERT INTO {index} ({index}, rank) VALUES ('merge', ?)",  # noqa: S608 - names of our own
        (-MERGED_PAGES * forgotten,),
    )


def _start_anew_when_empty(connection: sqlite3.Connection, source: Source) -> None:
    """SQLite gives the ids of an emptied table out again: the next row is no old one."""
    connection.execute(
        f"UPDATE find_progress SET row_id = 0 WHERE source = ? AND row_id "  # noqa: S608
        f"AND NOT EXISTS (SELECT 1 FROM {source.table})",
        (source.table,),
    )
