"""Each distinct large text is scanned, compressed and stored once."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import zstandard

from agentwatch.store.detail import LARGE_TEXT_CHARS
from agentwatch.store.masking import Mask
from agentwatch.store.texts import PACK_FROM_BYTES, USE_STEP_NS, Texts, digest_of
from agentwatch.untrusted import Redactor
from tests.store.records import span
from tests.store.stores import NOW, SECRET, one, write, writer_on

PROMPT = "You are a careful clerk of the shop. " * 50


class Counting(Redactor):
    """Counts how often it is asked about large texts."""

    scans = 0

    def redact(self, text: str) -> tuple[str, int]:
        self.scans += len(text) >= len(PROMPT)
        return super().redact(text)


def test_a_text_named_by_many_spans_is_scanned_and_stored_once(store: sqlite3.Connection) -> None:
    redactor = Counting()
    writer = writer_on(store, Mask(redactor))
    for batch in range(3):
        write(writer, *(span(batch * 10 + n, attributes={"p": PROMPT}) for n in range(1, 10)))
    assert one(store, "SELECT count(*) FROM texts") == 1
    assert redactor.scans == 1
    packed, content = store.execute("SELECT packed, content FROM texts").fetchone()
    assert packed == 1
    assert zstandard.ZstdDecompressor().decompress(content).decode() == PROMPT
    assert len(content) < len(PROMPT) / 5


@pytest.mark.parametrize(
    ("length", "stored", "packed"),
    [
        (LARGE_TEXT_CHARS - 1, 0, None),
        (LARGE_TEXT_CHARS, 1, 0),
        (PACK_FROM_BYTES - 1, 1, 0),
        (PACK_FROM_BYTES, 1, 1),
    ],
)
def test_short_texts_stay_in_their_span_and_middling_ones_unpacked(
    store: sqlite3.Connection, length: int, stored: int, packed: int | None
) -> None:
    write(writer_on(store), span(1, attributes={"a": "x" * length}))
    assert one(store, "SELECT count(*) FROM texts") == stored
    assert one(store, "SELECT max(packed) FROM texts") == packed


def test_the_digest_is_of_what_is_stored_not_of_the_secret(store: sqlite3.Connection) -> None:
    mask = Mask(Redactor())
    texts = Texts(store, mask)
    texts.begin(NOW)
    said = PROMPT + SECRET
    digest = texts.keep(said)
    assert texts.keep(said) == digest == digest_of((PROMPT + "[redacted:aws-key]").encode())
    assert mask.masked == 2  # each mention counts
    texts.flush()
    assert one(store, "SELECT count(*) FROM texts") == 1


def test_the_last_use_is_written_again_only_when_its_step_is_over(
    store: sqlite3.Connection, path: Path
) -> None:
    texts = Texts(store, Mask(Redactor()))
    begun = NOW // USE_STEP_NS * USE_STEP_NS
    for after_ns, changes in ((0, 1), (USE_STEP_NS - 1, 0), (USE_STEP_NS, 1)):
        before = store.total_changes
        texts.begin(begun + after_ns)
        texts.keep(PROMPT)
        texts.flush()
        assert store.total_changes - before == changes
    assert one(store, "SELECT used_ns FROM texts") == begun + USE_STEP_NS
    # a clock that was set back makes nothing look unused
    again = Texts(store, Mask(Redactor()))
    again.begin(begun)
    again.keep(PROMPT)
    again.flush()
    assert one(store, "SELECT used_ns FROM texts") == begun + USE_STEP_NS


def test_a_text_of_a_batch_that_was_undone_is_stored_by_the_next(
    store: sqlite3.Connection,
) -> None:
    texts = Texts(store, Mask(Redactor()))
    store.execute("BEGIN")
    texts.begin(NOW)
    texts.keep(PROMPT)
    texts.flush()
    store.execute("ROLLBACK")
    texts.forget()
    texts.flush()
    assert one(store, "SELECT count(*) FROM texts") == 0
    texts.keep(PROMPT)
    texts.flush()
    assert one(store, "SELECT count(*) FROM texts") == 1
