"""What of a row can be found, and what a place is called."""

from __future__ import annotations

import pytest

from agentwatch.model import Attributes
from agentwatch.store.detail import Detail, EventContent, pack, pack_event
from agentwatch.store.findable import Ref, event_strings, place_of, span_strings, unpacked

LARGE = "word " * 50


def digest(text: str) -> bytes:
    return text[:4].encode()


def of_span(attributes: Attributes, **more: object) -> list[tuple[str, str | Ref]]:
    blob = pack(Detail(attributes, **more), digest)  # type: ignore[arg-type]
    return span_strings("call", None, None, unpacked(blob))


def test_strings_come_from_every_depth_and_large_ones_as_references() -> None:
    found = of_span({"a": "x", "b": ["y", {"c": LARGE}], "d": {"e": {"f": "z"}}})
    assert found == [("a", "x"), ("b", "y"), ("b", Ref(b"word")), ("d", "z"), ("name", "call")]


@pytest.mark.parametrize(
    ("key", "number", "there"),
    [
        ("order.id", 5520417, True),
        ("gen_ai.tool.call.arguments", 5520417, True),
        ("order.id", 417, False),
        ("gen_ai.usage.input_tokens", 5520417, False),
        ("server.port", 8080, False),
        ("order.id", True, False),
        ("order.id", 5520417.5, False),
    ],
)
def test_whole_numbers_are_read_where_they_name_something(
    key: str, number: float, there: bool
) -> None:
    assert ((key, str(number)) in of_span({key: number})) is there


def test_what_a_log_record_says_is_found_in_its_body_too() -> None:
    blob = pack_event(EventContent({"k": "v"}, {"comment": "wrong amount"}), digest)
    found = event_strings("e", "conversation-7", unpacked(blob))
    assert found == [
        ("k", "v"), ("body", "wrong amount"), ("conversation.id", "conversation-7"), ("name", "e"),
    ]  # fmt: skip


def test_bytes_of_telemetry_are_no_reference() -> None:
    assert of_span({"raw": b"word"}) == [("name", "call")]


@pytest.mark.parametrize(
    ("key", "operation", "where"),
    [
        ("gen_ai.tool.call.arguments", "execute_tool", "argument"),
        ("tool.parameters", "execute_tool", "argument"),
        ("input.value", "execute_tool", "argument"),
        ("input.value", "chat", "message"),
        ("gen_ai.tool.call.result", "execute_tool", "result"),
        ("output.value", "execute_tool", "result"),
        ("gen_ai.input.messages", "chat", "message"),
        ("gen_ai.user.message content", "invoke_agent", "message"),
        ("gen_ai.system_instructions", "invoke_agent", "message"),
        ("exception exception.message", "chat", "message"),
        ("gen_ai.retrieval.documents", "retrieval", "document"),
        ("retrieval.documents.0.document.content", "retrieval", "document"),
        ("gen_ai.tool.call.id", "execute_tool", "id"),
        ("gen_ai.conversation.id", "chat", "id"),
        ("order_id", "chat", "id"),
        ("gen_ai.tool.name", "execute_tool", "name"),
        ("agentwatch.feedback.comment", "evaluation", "feedback"),
        ("deployment.region", "chat", "other"),
    ],
)
def test_a_place_is_told_by_its_attribute(key: str, operation: str, where: str) -> None:
    assert place_of(key, operation) == where
