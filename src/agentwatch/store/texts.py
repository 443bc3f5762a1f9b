"""Large texts in; their digests out, each distinct text redacted, compressed and stored once."""

from __future__ import annotations

import sqlite3
from hashlib import blake2b

import zstandard

from agentwatch.clock import NS_PER_S
from agentwatch.store.masking import Mask

DIGEST_BYTES = 16
PACK_FROM_BYTES = 512
"""Shorter texts do not shrink enough to be worth a frame header."""

CACHED_CHARS = 32 * 1024 * 1024
USE_STEP_NS = 600 * NS_PER_S
"""How exactly the last use of a text is known: a text that is named all day is not written to at
every mention, and one that is named no more goes soon."""

_KEEP = """
    INSERT INTO texts (digest, packed, content, used_ns) VALUES (?, ?, ?, ?)
    ON CONFLICT (digest) DO UPDATE SET used_ns = max(used_ns, excluded.used_ns)
"""


def digest_of(data: bytes) -> bytes:
    """Return the 16 bytes under which a content is stored."""
    return blake2b(data, digest_size=DIGEST_BYTES).digest()


class Texts:
    """The table `texts` as the writer sees it."""

    def __init__(self, connection: sqlite3.Connection, mask: Mask) -> None:
        self._connection = connection
        self._mask = mask
        self._compress = zstandard.ZstdCompressor(level=3).compress
        self._digests: dict[str, tuple[bytes, int]] = {}
        self._cached_chars = 0
        self._stored: dict[bytes, int] = {}
        self._waiting: dict[bytes, str] = {}
        """Texts of the open batch by digest, without secrets, to be written at its end."""
        self._used_ns = 0

    def begin(self, now_ns: int) -> None:
        """Open a batch: texts named in it count as used now."""
        self._used_ns = now_ns // USE_STEP_NS * USE_STEP_NS
        if len(self._stored) > 500_000:
            self._stored.clear()

    def forget(self) -> None:
        """Forget what a rolled-back batch stored."""
        self._stored.clear()
        self._waiting.clear()

    def flush(self) -> None:
        """Write the batch's texts, each unless it is stored."""
        self._connection.executemany(_KEEP, map(self._row, self._waiting.items()))
        self._waiting.clear()

    def keep(self, text: str) -> bytes:
        """See that `flush` stores `text`, and return its digest."""
        known = self._digests.get(text)
        if known is None:
            known = self._scan(text)
        digest, masked = known
        self._mask.masked += masked
        if self._stored.get(digest) != self._used_ns:
            self._waiting[digest] = self._mask.text(text)[0] if masked else text
            self._stored[digest] = self._used_ns
        return digest

    def _scan(self, text: str) -> tuple[bytes, int]:
        clean, masked = self._mask.text(text)
        known = digest_of(clean.encode()), masked
        self._cached_chars += len(text)
        if self._cached_chars > CACHED_CHARS:
            self._digests.clear()
            self._cached_chars = len(text)
        self._digests[text] = known
        return known

    def _row(self, waiting: tuple[bytes, str]) -> tuple[bytes, bool, bytes, int]:
        digest, text = waiting
        data = text.encode()
        packed = len(data) >= PACK_FROM_BYTES
        return digest, packed, self._compress(data) if packed else data, self._used_ns
