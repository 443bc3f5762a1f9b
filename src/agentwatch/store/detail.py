"""A span's attributes, events and facts in; the packed blob of its row out, and back.

Large texts stand in the blob as references to the table `texts`. The reference is a msgpack
extension, which no telemetry can forge: attributes decode to plain values only.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from msgspec import Struct, field

from agentwatch.model import Attributes, EventFact, Facts, SpanEvent, Value

TEXT = 1
"""The extension code of a reference to `texts.digest`."""

LARGE_TEXT_CHARS = 128


class Detail(Struct, omit_defaults=True):
    """What a span's row holds beside its columns."""

    attributes: Attributes
    agent_name: str | None = None
    status_message: str | None = None
    kind: int = 0
    scope: str | None = None
    events: list[SpanEvent] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    facts: Facts | None = None


def pack(detail: Detail, keep: Callable[[str], bytes]) -> bytes:
    """Encode, handing each large text to `keep`, which stores it and returns its digest."""
    detail.attributes = _referring(detail.attributes, keep)
    if detail.events:
        detail.events = [
            SpanEvent(event.name, event.at_ns, _referring(event.attributes, keep))
            for event in detail.events
        ]
    return _encode(detail)


class EventContent(Struct, omit_defaults=True):
    """What a log record's row holds beside its columns."""

    attributes: Attributes
    body: Value = None
    dialect: str = "none"
    fact: EventFact | None = None


def pack_event(content: EventContent, keep: Callable[[str], bytes]) -> bytes:
    """Encode like `pack`."""
    content.attributes = _referring(content.attributes, keep)
    content.body = _refer(content.body, keep)  # type: ignore[assignment]
    return _encode(content)


def unpack(blob: bytes, text_of: Callable[[bytes], str]) -> Detail:
    """Decode, asking `text_of` for each text that the blob refers to by digest."""
    return msgspec.convert(_plain(blob, text_of), Detail)


def unpack_event(blob: bytes, text_of: Callable[[bytes], str]) -> EventContent:
    """Decode like `unpack`."""
    return msgspec.convert(_plain(blob, text_of), EventContent)


def _plain(blob: bytes, text_of: Callable[[bytes], str]) -> object:
    def extension(code: int, data: memoryview) -> object:
        if code != TEXT:
            raise ValueError(f"a detail holds the unknown extension {code}")
        return text_of(bytes(data))

    return msgspec.msgpack.Decoder(ext_hook=extension).decode(blob)


def _referring(attributes: Attributes, keep: Callable[[str], bytes]) -> Attributes:
    return {
        # a call for each of the many short strings would take as long as all the rest
        key: value if type(value) is str and len(value) < LARGE_TEXT_CHARS else _refer(value, keep)  # type: ignore[misc]
        for key, value in attributes.items()
    }


def _refer(value: Value, keep: Callable[[str], bytes]) -> object:
    kind = type(value)
    if kind is str:
        return msgspec.msgpack.Ext(TEXT, keep(value)) if len(value) >= LARGE_TEXT_CHARS else value  # type: ignore[arg-type]
    if kind is list:
        return [_refer(item, keep) for item in value]  # type: ignore[union-attr]
    if kind is dict:
        return {key: _refer(item, keep) for key, item in value.items()}  # type: ignore[union-attr]
    return value


_encode = msgspec.msgpack.Encoder().encode
