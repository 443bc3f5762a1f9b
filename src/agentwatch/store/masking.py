"""Records in, the same records without secrets out; each distinct large text is scanned once.

The short strings of a record are scanned together, as one text: nearly every record has no secret,
and one scan of 300 characters costs less than fifteen of twenty.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from agentwatch.model import Attributes, Event, Span, SpanEvent, Value
from agentwatch.store.detail import LARGE_TEXT_CHARS
from agentwatch.untrusted import Redactor

_SPAN_FIELDS = (
    "name", "operation", "agent_name", "agent_id", "agent_version", "conversation_id",
    "provider", "request_model", "response_model", "tool", "data_source", "error_type",
    "status_message", "scope",
)  # fmt: skip
_EVENT_FIELDS = ("name", "conversation_id")


class Mask:
    """Masks secrets by a Redactor and counts them."""

    def __init__(self, redactor: Redactor) -> None:
        self._redact = redactor.redact
        self.masked = 0

    def text(self, text: str) -> tuple[str, int]:
        """Return `text` without secrets, and how many were masked; not counted here."""
        return self._redact(text)

    def span(self, span: Span) -> Span:
        """Mask the short strings of a span; large ones are masked where they are stored."""
        told = [span.name, span.status_message or "", *_short(span.attributes)]
        for event in span.events:
            told.extend(_short(event.attributes))
        if not self._redact("\n".join(told))[1]:
            return span
        events = [
            SpanEvent(event.name, event.at_ns, self._attributes(event.attributes))
            for event in span.events
        ]
        fields = self._fields(span, _SPAN_FIELDS)
        return replace(span, attributes=self._attributes(span.attributes), events=events, **fields)

    def event(self, event: Event) -> Event:
        """Mask the short strings of a log record."""
        told = [event.name, *_short(event.attributes), *_short({"": event.body})]
        if not self._redact("\n".join(told))[1]:
            return event
        return replace(
            event,
            attributes=self._attributes(event.attributes),
            body=self._value(event.body),
            **self._fields(event, _EVENT_FIELDS),
        )

    def _fields(self, record: Span | Event, names: tuple[str, ...]) -> dict[str, Value]:
        return {name: self._value(getattr(record, name)) for name in names}

    def _attributes(self, attributes: Attributes) -> Attributes:
        return {key: self._value(value) for key, value in attributes.items()}

    def _value(self, value: Value) -> Value:
        if isinstance(value, str):
            if len(value) >= LARGE_TEXT_CHARS:
                return value
            clean, masked = self._redact(value)
            self.masked += masked
            return clean
        if isinstance(value, list):
            return [self._value(item) for item in value]
        if isinstance(value, dict):
            return self._attributes(value)
        return value


def _short(attributes: Attributes) -> Iterator[str]:
    for value in attributes.values():
        kind = type(value)
        if kind is str:
            if len(value) < LARGE_TEXT_CHARS:  # type: ignore[arg-type]
                yield value  # type: ignore[misc]
        elif kind is list:
            yield from _short({str(at): item for at, item in enumerate(value)})  # type: ignore[arg-type]
        elif kind is dict:
            yield from _short(value)  # type: ignore[arg-type]
