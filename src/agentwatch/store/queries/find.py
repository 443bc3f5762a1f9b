"""A text in; the places of the store that hold it out, newest first, and what was not searched.

The index names blocks of rows that may hold it; each row of such a block is read and compared.
"""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

from msgspec import Struct

from agentwatch.store.findable import Ref, Strings, Where, place_of, unpacked
from agentwatch.store.indexing import SOURCES, TEXT_OF_PIECE, Source, indexed_to, unpacked_block
from agentwatch.store.queries.needle import FindError, Needle
from agentwatch.store.queries.unsearched import TAIL_ROWS, Unsearched, unsearched
from agentwatch.store.read import DAMAGED, fault, texts

PAGE = 256
END = 1 << 62
"""Beyond every row id."""

SNIPPET_CHARS = 120
"""Around the match; with what is left of it on either side."""

REMEMBERED_TEXTS = 1 << 16
LEAST_ID_DIGITS = 8

_ROWS = {
    "spans": """
        SELECT s.id, s.trace_id, s.span_id, s.agent, s.at_ns, s.received_ns, s.operation, s.detail,
            s.name, s.tool, s.conversation_id
        FROM spans s""",
    "events": """
        SELECT s.id, s.trace_id, s.span_id, coalesce(
                (SELECT agent FROM spans p WHERE p.trace_id = s.trace_id AND p.span_id = s.span_id),
                (SELECT agent FROM runs r WHERE r.trace_id = s.trace_id)),
            s.at_ns, s.received_ns, s.kind, s.content, s.name, s.conversation_id
        FROM events s""",
}


class Hit(Struct, frozen=True):
    """One place that holds the text."""

    where: Where
    key: str
    """The attribute, or the column."""
    name: str
    """Of the span, or of the log record."""
    agent: str | None
    trace_id: str | None
    span_id: str | None
    at_ns: int
    received_ns: int
    effect: str | None
    snippet: str
    start: int
    """Where in the snippet the match begins."""
    end: int


__all__ = ["FindError", "Hit", "Unsearched", "find", "in_run", "unsearched"]


def find(
    connection: sqlite3.Connection,
    text: str,
    *,
    since_ns: int | None = None,
    limit: int | None = None,
) -> Iterator[Hit]:
    """Yield the places that hold `text`, whatever its case; of one span one for each `where`.

    Raises FindError at once, and StoreError while it is read.
    """
    search = _Search(connection, Needle(text), since_ns)
    streams = [search.run_ids(), *(search.hits(source) for source in SOURCES)]
    merged = heapq.merge(*streams, key=lambda hit: -hit.received_ns)
    return islice(_safely(connection, merged), limit)


def in_run(connection: sqlite3.Connection, text: str, trace_id: str) -> Iterator[Hit]:
    """Yield the places of one run that hold `text`, newest first."""
    search = _Search(connection, Needle(text), None)
    streams = [search.hits_of_run(source, bytes.fromhex(trace_id)) for source in SOURCES]
    return _safely(connection, heapq.merge(*streams, key=lambda hit: -hit.received_ns))


def _safely(connection: sqlite3.Connection, hits: Iterator[Hit]) -> Iterator[Hit]:
    try:
        yield from hits
    except (sqlite3.Error, *DAMAGED) as error:
        raise fault(connection, error) from error


class _Search:
    """One search: what it looks for, and what it knows already of large texts."""

    def __init__(
        self, connection: sqlite3.Connection, needle: Needle, since_ns: int | None
    ) -> None:
        self._connection = connection
        self._execute = connection.execute
        self._needle = needle
        self._since_ns = 0 if since_ns is None else since_ns
        self._text_of = texts(connection)
        self._match: Callable[[bytes], tuple[int, int] | None] = lru_cache(REMEMBERED_TEXTS)(
            lambda digest: needle.search(self._text_of(digest))
        )

    def run_ids(self) -> Iterator[Hit]:
        """Yield the runs whose own id begins with the text."""
        digits = self._needle.text.lower()
        if not LEAST_ID_DIGITS <= len(digits) <= 32 or digits.strip("0123456789abcdef"):
            return
        bounds = bytes.fromhex(digits.ljust(32, "0")), bytes.fromhex(digits.ljust(32, "f"))
        rows = self._execute(
            "SELECT trace_id, agent, at_ns, received_ns FROM runs "
            "WHERE trace_id BETWEEN ? AND ? AND received_ns >= ? ORDER BY received_ns DESC",
            (*bounds, self._since_ns),
        ).fetchall()
        for trace_id, agent, at_ns, received_ns in rows:
            shown = trace_id.hex()
            yield Hit(
                "id", "trace_id", "", agent, shown, None, at_ns, received_ns, None,
                shown, 0, len(digits),
            )  # fmt: skip

    def hits(self, source: Source) -> Iterator[Hit]:
        """Yield the hits of a table: of rows without the index yet, then of the blocks it names."""
        sql = f"{_ROWS[source.table]} WHERE s.id > ? AND s.id <= ? AND s.id < ? ORDER BY s.id DESC"
        done = indexed_to(self._connection, source)
        below = END
        for _ in range(TAIL_ROWS // PAGE):
            newest = self._execute(f"{sql} LIMIT ?", (done, END, below, PAGE)).fetchall()
            if not newest:
                break
            below = newest[-1][0]
            yield from self._of_rows(source, newest)
        for block in self._blocks(source):
            bounds = self._execute(
                "SELECT after_id, last_id FROM find_blocks WHERE id = ?", (block,)
            ).fetchone()
            if bounds is not None:
                rows = self._execute(sql, (*bounds, below)).fetchall()
                below = rows[-1][0] if rows else below
                yield from self._of_rows(source, rows)

    def hits_of_run(self, source: Source, trace_id: bytes) -> Iterator[Hit]:
        """Yield the hits of the rows of one run."""
        rows = self._execute(
            f"{_ROWS[source.table]} WHERE s.trace_id = ? ORDER BY s.received_ns DESC, s.id DESC",
            (trace_id,),
        )
        return self._of_rows(source, rows)

    def _of_rows(self, source: Source, rows: Iterable[tuple[Any, ...]]) -> Iterator[Hit]:
        for row in rows:
            _, trace_id, span_id, agent, at_ns, received_ns, kind, blob, name, *columns = row
            if received_ns < self._since_ns:
                continue
            content = unpacked(blob)
            strings = source.strings(name, *columns, content)
            fact = content.get("fact") or {}
            facts = content.get("facts") or {}
            human = bool(fact.get("human"))
            for where, key, snippet, start, end in self._places(strings, kind, human):
                yield Hit(
                    where, key, name, agent, trace_id.hex() if trace_id else None,
                    span_id.hex() if span_id else None, at_ns, received_ns,
                    facts.get("effect"), snippet, start, end,
                )  # fmt: skip

    def _places(
        self, strings: Strings, kind: str, human: bool
    ) -> Iterator[tuple[Where, str, str, int, int]]:
        found: set[Where] = set()
        for key, value in strings:
            match = (
                self._match(value.digest) if isinstance(value, Ref) else self._needle.search(value)
            )
            if match is None:
                continue
            where = place_of(key, kind)
            if human and where not in ("id", "name"):
                where = "feedback"
            if where not in found:
                found.add(where)
                text = self._text_of(value.digest) if isinstance(value, Ref) else value
                yield where, key, *snippet(text, *match)

    def _blocks(self, source: Source) -> Iterator[int]:
        """Yield the blocks that may hold the text, newest first, each once."""
        since = self._execute(
            "SELECT min(id) FROM find_blocks WHERE received_ns >= ? AND id >= ? AND id < ?",
            (self._since_ns, source.first_block, source.end_block),
        ).fetchone()[0]
        if since is None:
            return
        last = 0
        streams = self._by_words(since, source), self._by_texts(since, source)
        for block in heapq.merge(*streams, reverse=True):
            if block != last:
                yield block
            last = block

    def _by_words(self, since: int, source: Source) -> Iterator[int]:
        """Yield the blocks whose short strings hold the text, a page at a time."""
        below = source.end_block
        while page := self._execute(
            "SELECT w.rowid, b.content FROM find_words w JOIN find_blocks b ON b.id = w.rowid "
            "WHERE find_words MATCH ? AND w.rowid >= ? AND w.rowid < ? "
            "ORDER BY w.rowid DESC LIMIT ?",
            (self._needle.trigrams, since, below, PAGE),
        ).fetchall():
            below = page[-1][0]
            for block, content in page:
                if self._needle.search(unpacked_block(content)[0]) is not None:
                    yield block

    def _by_texts(self, since: int, source: Source) -> Iterator[int]:
        """Yield the blocks that name a large text that holds the text.

        Each text stands in the queue with its newest block, and is read when its turn comes.
        """
        queue = self._execute(
            "SELECT -max(u.block_id), u.text_id FROM find_uses u WHERE u.text_id IN "  # noqa: S608
            f"(SELECT {TEXT_OF_PIECE} FROM find_texts WHERE find_texts MATCH ?) "
            "AND u.block_id >= ? AND u.block_id < ? GROUP BY u.text_id",
            (self._needle.trigrams, since, source.end_block),
        ).fetchall()
        heapq.heapify(queue)
        while queue:
            newest, text_id = queue[0]
            if not self._holds(text_id):
                heapq.heappop(queue)
                continue
            yield -newest
            older = self._execute(
                "SELECT max(block_id) FROM find_uses "
                "WHERE text_id = ? AND block_id >= ? AND block_id < ?",
                (text_id, since, -newest),
            ).fetchone()[0]
            if older is None:
                heapq.heappop(queue)
            else:
                heapq.heapreplace(queue, (-older, text_id))

    def _holds(self, text_id: int) -> bool:
        row = self._execute("SELECT digest FROM texts WHERE id = ?", (text_id,)).fetchone()
        return row is not None and self._match(row[0]) is not None


def snippet(text: str, start: int, end: int) -> tuple[str, int, int]:
    """Return what stands around a match, and where the match begins and ends in it."""
    end = min(end, start + SNIPPET_CHARS)
    around = SNIPPET_CHARS - (end - start)
    first = max(0, min(start - around // 3, len(text) - SNIPPET_CHARS))
    return text[first : first + SNIPPET_CHARS], start - first, end - first
