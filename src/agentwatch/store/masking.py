"""Records in, the same records without secrets out; each distinct large text is scanned once.

The short strings of a frame are scanned together, as one text: nearly every frame has no secret,
and one scan of them all costs less than many of twenty characters. Counted is what telemetry said;
what was read out of that into columns and facts is masked too, and not counted again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import astuple, replace

from agentwatch.model import Attributes, Event, Point, Resource, Span, SpanEvent
from agentwatch.store.detail import LARGE_TEXT_CHARS
from agentwatch.untrusted import Redactor

S = TypeVar("S", bound=Struct)

_SCALARS = frozenset({str, int, float, bool, type(None)})
_SPAN_FIELDS = (
    "operation", "agent_name", "agent_id", "agent_version", "conversation_id", "provider",
    "request_model", "response_model", "tool", "data_source", "error_type",
)  # fmt: skip


class Mask:
    """Masks secrets by a Redactor and counts them."""

    def __init__(self, redactor: Redactor) -> None:
        self._redact = redactor.redact
        self.masked = 0

    def text(self, text: str) -> tuple[str, int]:
        """Return `text` without secrets, and how many were masked; not counted here."""
        return self._redact(text)

    def spans(self, spans: list[Span]) -> list[Span]:
        """Mask spans, but for the large texts of attributes: masked where they are stored."""
        told: set[str | None] = set()
        for span in spans:
            _tell(span, told)
        if not self._hit(told):
            return spans
        return [self._span(span) for span in spans]

    def _span(self, span: Span) -> Span:
        told: set[str | None] = set()
        _tell(span, told)
        if not self._hit(told):
            return span
        return replace(
            span,
            name=self._whole(span.name),
            status_message=self._whole(span.status_message),
            scope=self._whole(span.scope),
            attributes=self._value(span.attributes),
            events=[
                SpanEvent(self._whole(event.name), event.at_ns, self._value(event.attributes))
                for event in span.events
            ],
            facts=self._derived(span.facts),
            **{name: self._clean(getattr(span, name)) for name in _SPAN_FIELDS},
        )

    def event(self, event: Event) -> Event:
        """Mask a log record like a span."""
        told = [
            event.name,
            event.conversation_id,
            *_short(event.attributes),
            *_short({"": event.body}),
        ]
        if event.fact is not None:
            told.extend(_strings(astuple(event.fact)))
        if not self._hit(told):
            return event
        return replace(
            event,
            name=self._whole(event.name),
            attributes=self._value(event.attributes),
            body=self._value(event.body),
            conversation_id=self._clean(event.conversation_id),
            fact=self._derived(event.fact),
        )

    def point(self, point: Point) -> Point:
        """Mask a metric's data point."""
        if not self._hit([point.name, point.unit, *_strings(point.attributes)]):
            return point
        return replace(
            point,
            name=self._whole(point.name),
            unit=self._whole(point.unit),
            attributes=self._whole(point.attributes),
        )

    def resource(self, resource: Resource) -> Resource:
        """Mask what a process says of itself: its command line holds many a secret."""
        if not self._hit(_strings(resource.attributes)):
            return resource
        return replace(resource, attributes=self._whole(resource.attributes))

    def _hit(self, told: Iterable[str | None]) -> bool:
        return bool(self._redact("\n".join([text for text in told if text]))[1])

    def _value(self, value: Any) -> Any:
        """Mask, but for large texts."""
        if isinstance(value, str) and len(value) >= LARGE_TEXT_CHARS:
            return value
        return self._each(value, self._value)

    def _whole(self, value: Any) -> Any:
        """Mask, large texts too."""
        return self._each(value, self._whole)

    def _each(self, value: Any, inner: Any) -> Any:
        if isinstance(value, str | bytes):
            text = value if isinstance(value, str) else value.decode(errors="replace")
            clean, masked = self._redact(text)
            self.masked += masked
            return clean if masked else value
        if isinstance(value, list | tuple):
            return type(value)(inner(item) for item in value)
        if isinstance(value, dict):
            return {key: inner(item) for key, item in value.items()}
        return value

    def _clean(self, value: Any) -> Any:
        """Mask without counting."""
        counted = self.masked
        clean = self._whole(value)
        self.masked = counted
        return clean

    def _derived(self, fact: S | None) -> S | None:
        if fact is None:
            return None
        clean = {name: self._clean(getattr(fact, name)) for name in fact.__struct_fields__}
        return replace(fact, **clean)


def _tell(span: Span, told: set[str | None]) -> None:
    """Add every string of a span, but for the large texts of its attributes."""
    told.update(
        (
            span.name, span.operation, span.status_message, span.scope, span.agent_name,
            span.agent_id, span.agent_version, span.conversation_id, span.provider,
            span.request_model, span.response_model, span.tool, span.data_source, span.error_type,
        )
    )  # fmt: skip
    told.update(_short(span.attributes))
    for event in span.events:
        told.add(event.name)
        told.update(_short(event.attributes))
    facts = span.facts
    if facts is not None:
        told.update([value for value in astuple(facts) if type(value) is str])
        told.update(facts.scopes_granted, facts.scopes_used)


def _short(attributes: Attributes) -> list[str]:
    """Return the strings of attributes, but for large texts."""
    values = attributes.values()
    found = [value for value in values if type(value) is str and len(value) < LARGE_TEXT_CHARS]
    if _SCALARS.issuperset(map(type, values)):
        return found
    for value in values:
        kind = type(value)
        if kind is list:
            found += _short({str(at): item for at, item in enumerate(value)})  # type: ignore[arg-type]
        elif kind is dict:
            found += _short(value)  # type: ignore[arg-type]
        elif kind is bytes:
            found.append(value.decode(errors="replace"))  # type: ignore[union-attr]
    return found


def _strings(value: Any) -> Iterator[str]:
    kind = type(value)
    if kind is str:
        yield value
    elif kind is dict:
        for item in value.values():
            yield from _strings(item)
    elif kind is list or kind is tuple:
        for item in value:
            yield from _strings(item)
    elif kind is bytes:
        yield value.decode(errors="replace")
