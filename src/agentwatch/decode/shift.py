"""Records and an offset in, the same records at another time out. Pure.

For `clock=shift` feeds: a recording is moved so that its first record is now.
"""

from __future__ import annotations

from msgspec.structs import replace

from agentwatch.model import Event, Records, Span


def newest_ns(records: Records) -> int | None:
    """Return the latest time that any record carries."""
    times = [span.end_ns or span.start_ns for span in records.spans]
    times += [event.at_ns for event in records.events]
    times += [point.at_ns for point in records.points]
    return max(times, default=None)


def earliest_ns(records: Records) -> int | None:
    """Return the first time that any record carries."""
    times = [span.start_ns for span in records.spans]
    times += [event.at_ns for event in records.events]
    times += [point.at_ns for point in records.points]
    return min(times, default=None)


def shifted(records: Records, offset_ns: int) -> Records:
    """Return the records, each time moved by `offset_ns`."""
    return Records(
        spans=[_span(span, offset_ns) for span in records.spans],
        events=[_event(event, offset_ns) for event in records.events],
        points=[replace(point, at_ns=point.at_ns + offset_ns) for point in records.points],
        spans_rejected=records.spans_rejected,
        faults=records.faults,
    )


def _span(span: Span, offset_ns: int) -> Span:
    facts = span.facts
    if facts is not None and facts.data_source_as_of_ns is not None:
        facts = replace(facts, data_source_as_of_ns=facts.data_source_as_of_ns + offset_ns)
    return replace(
        span,
        start_ns=span.start_ns + offset_ns,
        end_ns=None if span.end_ns is None else span.end_ns + offset_ns,
        events=[replace(event, at_ns=event.at_ns + offset_ns) for event in span.events],
        facts=facts,
    )


def _event(event: Event, offset_ns: int) -> Event:
    fact = event.fact
    for field in ("since_ns", "at_ns"):
        told = getattr(fact, field, None)
        if fact is not None and told is not None:
            fact = replace(fact, **{field: told + offset_ns})
    return replace(event, at_ns=event.at_ns + offset_ns, fact=fact)
