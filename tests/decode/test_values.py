"""Values of every kind: mended, in range, counted."""

from __future__ import annotations

from typing import Any

import pytest

from agentwatch.decode import decode
from tests.decode.wires import span, spans_frame


def read(*attributes: tuple[str, Any]) -> Any:
    pairs = [{"key": key, "value": value} for key, value in attributes]
    return decode(spans_frame(span(attributes=pairs)))


@pytest.mark.parametrize(
    ("wire", "plain"),
    [
        ({"intValue": "9223372036854775807"}, (1 << 63) - 1),
        ({"intValue": -5}, -5),
        ({"doubleValue": "NaN"}, None),
        ({"doubleValue": "-Infinity"}, None),
        ({"doubleValue": 3}, 3.0),
        ({"boolValue": False}, False),
        ({"bytesValue": "AP8="}, b"\x00\xff"),
        ({"arrayValue": {"values": [{"stringValue": "a"}, {}]}}, ["a", None]),
        ({"kvlistValue": {"values": [{"key": "k", "value": {"intValue": 1}}]}}, {"k": 1}),
        ({"arrayValue": {}}, []),
        ({}, None),
        (None, None),
    ],
)
def test_a_value_is_plain_python(wire: Any, plain: Any) -> None:
    assert read(("key", wire)).spans[0].attributes == {"key": plain}


def test_of_a_key_sent_twice_the_last_wins_and_is_counted() -> None:
    records = read(("k", {"intValue": 1}), ("k", {"intValue": 2}))
    assert records.spans[0].attributes == {"k": 2}
    assert records.faults == {"duplicate_key": 1}


def test_a_control_character_is_mended_counted_and_the_span_kept() -> None:
    records = read(("k\x1b", {"stringValue": "a\x00b"}))
    [(key, text)] = records.spans[0].attributes.items()
    assert "\x1b" not in key and "\x00" not in text
    assert records.faults == {"mended": 2}


@pytest.mark.parametrize("bad", ["\x7f", "\x85", "\ufffe"])
def test_raw_bytes_are_mended_as_escapes_are(bad: str) -> None:
    frame = spans_frame(span(name="@name@")).replace(b"@name@", bad.encode())
    records = decode(frame)
    assert bad not in records.spans[0].name
    assert records.faults == {"mended": 1}
