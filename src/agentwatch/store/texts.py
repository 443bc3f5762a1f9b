"""Large texts in; their digests out, each distinct text redacted, compressed and stored once."""

from __future__ import annotations

import sqlite3
from hashlib import blake2b

import zstandard

from agentwatch.clock import NS_PER_S
from agentwatch.store.masking import Mask

DIGEST_BYTES = 16
PACK_FROM_BYTES = 256
"""Shorter texts do not shrink enough to be worth a frame header."""

CACHED_CHARS = 32 * 1024 * 1024
_DAY_NS = 86_400 * NS_PER_S


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
        self._today = 0

    def begin(self, now_ns: int) -> None:
        """Open a batch: texts named in it count as used today."""
        self._today = now_ns // _DAY_NS
        if len(self._stored) > 500_000:
            self._stored.clear()

    def forget(self) -> None:
        """Forget what a rolled-back batch stored."""
        self._stored.clear()

    def keep(self, text: str) -> bytes:
        """Store `text` unless it is stored, and return its digest."""
        known = self._digests.get(text)
        if known is None:
            known = self._scan(text)
        digest, masked = known
        self._mask.masked += masked
        if self._stored.get(digest) != self._today:
            self._store(digest, text, masked)
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

    def _store(self, digest: bytes, text: str, masked: int) -> None:
        row = self._connection.execute(
            "SELECT used_day FROM texts WHERE digest = ?", (digest,)
        ).fetchone()
        if row is None:
            data = (self._mask.text(text)[0] if masked else text).encode()
            packed = len(data) >= PACK_FROM_BYTES
            self._connection.execute(
                "INSERT INTO texts (digest, packed, content, used_day) VALUES (?, ?, ?, ?)",
                (digest, packed, self._compress(data) if packed else data, self._today),
            )
        elif row[0] < self._today:
            self._connection.execute(
                "UPDATE texts SET used_day = ? WHERE digest = ?", (self._today, digest)
            )
        self._stored[digest] = self._today
