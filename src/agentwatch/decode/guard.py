"""In: the bytes of a frame. Out: bytes that are safe to parse, or a DecodeError saying why not.

The parser skips what it does not know without checking it; these checks cover the whole frame.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import accumulate

MAX_DEPTH = 512

_ROUNDS = 5
_BRACKETS = b'"[]{}'
_NOT_BRACKETS = bytes(byte for byte in range(256) if byte not in _BRACKETS)
_ESCAPES = b"\\/bfnrtu"
_NEITHER = bytes(byte for byte in _NOT_BRACKETS if byte not in _ESCAPES)
_MENDED_ESCAPE = re.compile(rb"\\[ubf]")
_STRING = re.compile(rb'"[^"]*"')
_STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_SURROGATE = re.compile(
    rb"\\\\"
    rb"|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|\\u([dD][89a-fA-F][0-9a-fA-F]{2})"
)


class DecodeError(Exception):
    """A frame that cannot be read: `reason` is a stable slug to count by, the text a sentence."""

    def __init__(self, reason: str, sentence: str) -> None:
        """Take the slug and the sentence."""
        super().__init__(sentence)
        self.reason = reason


class Rejected(Exception):
    """One record that cannot be kept; the argument is the slug under which it is counted."""


def check(data: bytes) -> None:
    """Raise DecodeError where the frame is not UTF-8, or nested too deep."""
    if not data.isascii():
        _require_utf8(data)
    if deeper_than(data, MAX_DEPTH):
        raise DecodeError("too_deep", f"The frame is nested deeper than {MAX_DEPTH} levels.")


def needs_no_mending(data: bytes) -> bool:
    """Tell whether no string of the frame can hold a character that storage would replace."""
    return data.isascii() and b"\x7f" not in data and _MENDED_ESCAPE.search(data) is None


def deeper_than(data: bytes, limit: int) -> bool:
    """Tell whether the JSON text nests deeper than `limit`, in time linear in its length.

    Empty strings and innermost pairs are peeled off first: what is left of usual frames is
    shorter than the limit, and only the rest is walked.
    """
    structure = _structure(data)
    text = structure
    for peeled in range(0, 2 * _ROUNDS, 2):
        if len(text) + peeled <= limit:
            return False
        text = text.replace(b'""', b"").replace(b"{}", b"").replace(b"[]", b"")
    return _depth(text) + 2 * _ROUNDS > limit and _depth(structure) > limit


def _structure(data: bytes) -> bytes:
    """Return only the quotes and brackets of a JSON text, escaped quotes left out."""
    if b"\\" in data:
        # first what is neither bracket nor part of an escape: the rest is a third as long
        data = data.translate(None, _NEITHER).replace(b"\\\\", b"").replace(b'\\"', b"")
    return data.translate(None, _NOT_BRACKETS)


def _depth(structure: bytes) -> int:
    text = _STRING.sub(b"", structure)
    return max(accumulate(_STEP.get(byte, 0) for byte in text), default=0)


def _require_utf8(data: bytes) -> None:
    try:
        str(data, "utf-8")
    except UnicodeDecodeError as error:
        raise DecodeError(
            "not_utf8", f"The frame is not UTF-8: byte {error.start} is {error.reason}."
        ) from None


def surrogates_shown(data: bytes, faults: Counter[str]) -> bytes:
    """Replace each lone surrogate escape by a visible mark: an agent must not vanish by it."""
    if b"\\ud" not in data and b"\\uD" not in data:
        return data

    def shown(match: re.Match[bytes]) -> bytes:
        lone = match[1]
        if lone is None:
            return match[0]
        faults["surrogate"] += 1
        return b"\\u2039U+" + lone.upper() + b"\\u203a"

    return _SURROGATE.sub(shown, data)
