"""In: values as they stand on the wire. Out: plain Python values, mended, in range, counted.

A value of the wrong type or range raises Rejected with the slug of its fault.
"""

from __future__ import annotations

import binascii
import math
import re
from collections import Counter
from collections.abc import Mapping

from msgspec import Struct

from agentwatch.decode.guard import Rejected
from agentwatch.decode.wire import AnyValue, KeyValue
from agentwatch.model import Attributes, Value
from agentwatch.untrusted import mend

TRACE_DIGITS = 32
SPAN_DIGITS = 16

_HEX = "0123456789abcdef"
_WHOLE = re.compile(r"-?[0-9]{1,19}").fullmatch
_INT64 = 1 << 63
_BASE64_LENGTH = {TRACE_DIGITS: 24, SPAN_DIGITS: 12}


class Mending(Struct):
    """How the strings of a frame are treated: not at all where the whole frame is clean."""

    clean: bool
    faults: Counter[str]

    def text(self, text: str) -> str:
        """Return the text as it may be stored."""
        if self.clean:
            return text
        mended = mend(text)
        if mended is not text:
            self.faults["mended"] += 1
        return mended

    def optional(self, text: str | None) -> str | None:
        """Return the text as it may be stored, None for an empty one."""
        return self.text(text) if text else None


def attributes(pairs: list[KeyValue] | None, mending: Mending) -> Attributes:
    """Return the pairs as one dict; of a key sent twice the last wins, counted."""
    found: Attributes = {}
    if not pairs:
        return found
    clean = mending.clean
    for pair in pairs:
        value = pair.value
        text = value.string_value if value is not None else None
        if text is None:
            found[mending.text(pair.key)] = any_value(value, mending)
        elif clean:
            found[pair.key] = text
        else:
            key = pair.key
            if not key.isprintable():
                key = mending.text(key)
            found[key] = text if text.isprintable() else mending.text(text)
    if len(found) != len(pairs):
        mending.faults["duplicate_key"] += len(pairs) - len(found)
    return found


def any_value(value: AnyValue | None, mending: Mending) -> Value:
    """Return what the value holds; None where it is empty, or no number to store."""
    if value is None:
        return None
    if value.string_value is not None:
        return mending.text(value.string_value)
    if value.int_value is not None:
        return int64(value.int_value)
    if value.bool_value is not None:
        return value.bool_value
    if value.double_value is not None:
        return double(value.double_value, mending.faults)
    return _composite(value, mending)


def _composite(value: AnyValue, mending: Mending) -> Value:
    if value.array_value is not None:
        return [any_value(item, mending) for item in value.array_value.values or ()]
    if value.kvlist_value is not None:
        return attributes(value.kvlist_value.values, mending)
    if value.bytes_value is not None:
        return _base64(value.bytes_value)
    return None


def _base64(text: str) -> bytes:
    try:
        return binascii.a2b_base64(text.replace("-", "+").replace("_", "/"))
    except (binascii.Error, ValueError):
        raise Rejected("bad_base64") from None


def int64(value: int | str | None) -> int:
    """Return a signed 64-bit integer from its number or string; 0 for none."""
    if value is None or value == "":
        return 0
    if type(value) is str:
        # digits alone are by far the most, and cheaper to tell than by a pattern
        if not (value.isdecimal() and value.isascii() and len(value) < 20) and not _WHOLE(value):
            raise Rejected("bad_integer")
        value = int(value)
    number = int(value)
    if not -_INT64 <= number < _INT64:
        raise Rejected("integer_too_large")
    return number


def double(value: float | str | None, faults: Counter[str]) -> float | None:
    """Return a finite float; None, counted, for NaN and the infinities."""
    if value is None:
        return None
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            raise Rejected("bad_double") from None
    if not math.isfinite(value):
        faults["not_finite"] += 1
        return None
    return value


def nanoseconds(value: int | str | None) -> int:
    """Return a time in nanoseconds since the epoch; 0 where none was told."""
    number = int64(value)
    if number < 0:
        raise Rejected("negative_time")
    return number


def enum(value: int | str | None, names: Mapping[str, int], faults: Counter[str]) -> int:
    """Return an enum's number; its name is accepted and counted, an unknown one is 0."""
    if type(value) is int:
        return value if 0 <= value < 256 else 0
    if not value:
        return 0
    faults["enum_name"] += 1
    return names.get(str(value), 0)


def hex_id(text: str, digits: int, faults: Counter[str]) -> str:
    """Return an id as lower-case hex of that many digits; base64 is accepted by its length."""
    lowered = text.lower()
    if len(lowered) == digits and not lowered.strip(_HEX):
        if lowered.strip("0"):
            return lowered
        raise Rejected("zero_id")
    if len(text) == _BASE64_LENGTH[digits]:
        try:
            raw = binascii.a2b_base64(text)
        except (binascii.Error, ValueError):
            raise Rejected("bad_id") from None
        if len(raw) * 2 == digits and any(raw):
            faults["base64_id"] += 1
            return raw.hex()
    raise Rejected("bad_id")


def optional_id(text: str | None, digits: int, faults: Counter[str]) -> str | None:
    """Return an id that may be missing: None where it is empty or all zeros."""
    if not text or not text.strip("0"):
        return None
    return hex_id(text, digits, faults)
