"""The nouns: unchangeable, and nothing unknown is a zero."""

from __future__ import annotations

import msgspec
import pytest

from agentwatch.model import Evaluation, EventFact, Facts, OutcomeStated, Records, Resource, Usage
from tests.store.records import span


def test_what_is_not_known_is_none_and_never_zero() -> None:
    usage = Usage()
    told = span(1)
    assert (usage.input_tokens, usage.reasoning_tokens) == (None, None)
    assert (told.cost_usd_micros, told.conversation_id, told.facts) == (None, None, None)


def test_a_noun_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Resource({}).service = "other"  # type: ignore[misc]


def test_what_was_not_said_takes_no_room_in_the_store() -> None:
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(Facts())) == {}
    assert msgspec.to_builtins(Usage(input_tokens=5)) == {"input_tokens": 5}


@pytest.mark.parametrize(
    "fact", [Evaluation(name="accuracy", score=0.5), OutcomeStated("escalated")]
)
def test_a_fact_of_an_event_comes_back_as_what_it_was(fact: EventFact) -> None:
    packed = msgspec.msgpack.encode(fact)
    assert msgspec.msgpack.decode(packed, type=EventFact) == fact


def test_records_are_as_long_as_what_they_hold() -> None:
    records = Records(spans=[span(1)], spans_rejected=3)
    assert len(records) == 1
