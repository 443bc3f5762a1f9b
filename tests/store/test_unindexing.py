"""What retention deletes is out of the index too, and the index does not only grow."""

from __future__ import annotations

import sqlite3
import time

from agentwatch.store.indexing import BLOCK_ROWS, SPANS, Indexer, indexed_to
from agentwatch.store.queries.find import find
from agentwatch.store.retention import DAY_NS, prune
from agentwatch.store.unindexing import drop_blocks
from tests.store.records import span, trace_id
from tests.store.stores import NOW, one, write, writer_on


def said(number: int) -> str:
    return f"order 55-{number:05} " + f"{number * 7919 % 104729} " * 40


def fill(store: sqlite3.Connection, day: int, rows: int = 2 * BLOCK_ROWS) -> None:
    """A day's runs, each with a short and a large text of its own."""
    numbers = range(day * 1000 + 1, day * 1000 + 1 + rows)
    spans = (span(n, trace=n, attributes={"id": f"x-{n:05}-y", "text": said(n)}) for n in numbers)
    write(writer_on(store), *spans, at_ns=NOW + day * DAY_NS)
    Indexer(store).finish(60)


def candidates(store: sqlite3.Connection, trigram: str) -> tuple[int, int]:
    """Documents of short strings, and of large texts, that the index names."""
    words, large = (
        store.execute(f"SELECT rowid FROM {index} WHERE {index} MATCH ?", (trigram,)).fetchall()  # noqa: S608 - ours
        for index in ("find_words", "find_texts")
    )
    return len(words), len(large)


def test_what_is_deleted_is_out_of_the_index(store: sqlite3.Connection) -> None:
    for day in range(3):
        fill(store, day)
    assert candidates(store, '"x-0"')[0] == 6
    assert candidates(store, '"ord"')[1] == 6 * BLOCK_ROWS
    prune(store, NOW + 2 * DAY_NS, retain_days=0.5, retain_bytes=None, budget_s=60)
    assert candidates(store, '"x-0"')[0] == 2
    assert (
        candidates(store, '"ord"')[1] == 2 * BLOCK_ROWS == one(store, "SELECT count(*) FROM texts")
    )
    assert one(store, "SELECT count(DISTINCT text_id) FROM find_uses") == 2 * BLOCK_ROWS
    assert list(find(store, "55-00001")) == list(find(store, "x-00001-y")) == []
    assert [hit.trace_id for hit in find(store, "x-02001-y")] == [trace_id(2001)]
    for index in ("find_words", "find_texts"):
        store.execute(f"INSERT INTO {index} ({index}) VALUES ('integrity-check')")  # noqa: S608 - ours


def test_evidence_stays_findable_and_stops_no_younger_block_from_going(
    store: sqlite3.Connection,
) -> None:
    for day in range(3):
        fill(store, day)
    store.execute("INSERT INTO evidence VALUES (?, 'INC-1')", (bytes.fromhex(trace_id(1)),))
    prune(store, NOW + 2 * DAY_NS, retain_days=0.5, retain_bytes=None, budget_s=60)
    assert [hit.trace_id for hit in find(store, "55-00001")] == [trace_id(1)]
    assert one(store, "SELECT count(*) FROM find_blocks") == 1 + 2


def test_a_text_that_was_forgotten_and_comes_again_is_found_again(
    store: sqlite3.Connection,
) -> None:
    for day in (0, 5, 10):
        numbers = range(day * 1000 + 1, day * 1000 + 1 + BLOCK_ROWS)
        spans = (span(n, trace=n, attributes={"text": said(7)}) for n in numbers)
        write(writer_on(store), *spans, at_ns=NOW + day * DAY_NS)
        Indexer(store).finish(60)
        prune(store, NOW + (day + 1) * DAY_NS, retain_days=2, retain_bytes=None, budget_s=60)
        assert len(list(find(store, "55-00007"))) == BLOCK_ROWS
    assert candidates(store, '"ord"')[1] == 1


def test_an_emptied_store_is_indexed_anew_from_its_first_row(store: sqlite3.Connection) -> None:
    fill(store, 0)
    prune(store, NOW + 90 * DAY_NS, retain_days=1, retain_bytes=None, budget_s=60)
    assert one(store, "SELECT count(*) FROM find_blocks") == indexed_to(store, SPANS) == 0
    fill(store, 90)
    assert one(store, "SELECT min(id) FROM spans") == 1
    assert indexed_to(store, SPANS) == 2 * BLOCK_ROWS
    assert len(list(find(store, "x-90005-y"))) == 1


def test_without_time_one_chunk_goes_and_the_next_call_goes_on(store: sqlite3.Connection) -> None:
    fill(store, 0, rows=20 * BLOCK_ROWS)
    store.execute("DELETE FROM spans")
    gone = []
    while went := drop_blocks(store, time.monotonic()):
        gone.append(went)
    assert gone == [8, 8, 4]


def test_the_index_keeps_its_size_while_days_come_and_go(store: sqlite3.Connection) -> None:
    def pages() -> int:
        return int(one(store, "SELECT count(*) FROM find_texts_data"))

    sizes = []
    for day in range(16):
        fill(store, day)
        prune(store, NOW + day * DAY_NS, retain_days=2.5, retain_bytes=None, budget_s=60)
        sizes.append(pages())
    assert max(sizes[10:]) <= 2 * max(sizes[:4])
