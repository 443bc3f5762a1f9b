"""What a span was asked and what it gave: every dialect's own names, cut early, never a crash."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentwatch.model import Facts
from agentwatch.store.detail import Detail
from agentwatch.store.queries.gist import MOST_CHARS, MOST_READ_CHARS, gist, heads, late_detail
from tests.store.records import span
from tests.store.stores import one, write, writer_on


def told(operation: str, attributes: dict[str, Any], **more: Any) -> tuple[str, str]:
    failed = more.pop("failed", False)
    return gist(operation, Detail(attributes, **more), lambda text: text, failed)


def said(role: str, *texts: str) -> dict[str, Any]:
    return {"role": role, "parts": [{"type": "text", "content": text} for text in texts]}


MESSAGES = json.dumps([said("system", "be kind"), said("user", "where is my\n order?")])
CASES: list[tuple[str, dict[str, Any], tuple[str, str]]] = [
    (
        "execute_tool",
        {"gen_ai.tool.call.arguments": '{"order":"55-1","pages":3}',
         "gen_ai.tool.call.result": '{"status":"paid"}'},
        ("order 55-1, pages 3", "status paid"),
    ),
    ("execute_tool", {"gen_ai.tool.call.arguments": {"query": "q"}}, ("q", "")),
    ("execute_tool", {"gen_ai.tool.call.arguments": '{"sku":"sku-7"}'}, ("sku-7", "")),
    ("execute_tool", {"tool.parameters": "plain", "output.value": "[1, 2]"}, ("plain", "1, 2")),
    ("execute_tool", {"gen_ai.tool.call.arguments": '{"a": {"b": [true, null]}}'},
     ("a b True", "")),
    ("retrieval", {"gen_ai.retrieval.query.text": "price list"}, ('"price list"', "")),
    ("retrieval", {}, ("", "")),
    (
        "chat",
        {"gen_ai.input.messages": MESSAGES,
         "gen_ai.output.messages": json.dumps([said("assistant", "On its way.")])},
        ("where is my order?", "On its way."),
    ),
    (
        "chat",
        {"gen_ai.output.messages": [
            {"role": "assistant", "parts": [{"type": "tool_call", "name": "pay.refund"}]}]},
        ("", "calls pay.refund"),
    ),
    ("chat", {"gen_ai.input.messages": json.dumps([{"role": "user", "content": "hello"}])},
     ("hello", "")),
    (
        "chat",
        {"llm.input_messages.0.message.content": "first",
         "llm.input_messages.10.message.content": "last",
         "llm.input_messages.9.message.content": "ninth",
         "llm.output_messages.0.message.content": "reply"},
        ("last", "reply"),
    ),
    ("chat", {"gen_ai.prompt.0.content": "old", "gen_ai.completion.0.content": "way"},
     ("old", "way")),
    ("invoke_agent", {"input.value": "task", "output.value": "done"}, ("task", "done")),
    ("chain", {"n": 1}, ("", "")),
]  # fmt: skip


@pytest.mark.parametrize(("operation", "attributes", "expected"), CASES)
def test_a_span_is_told_in_a_few_words(
    operation: str, attributes: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert told(operation, attributes) == expected


def test_an_effect_that_was_stated_comes_before_the_arguments() -> None:
    facts = Facts(effect_amount=96.5, effect_unit="EUR", effect_target="order 55-1")
    attributes = {"gen_ai.tool.call.arguments": '{"x": 1}'}
    assert told("execute_tool", attributes, facts=facts)[0] == "96.50 EUR, order 55-1"
    mails = Facts(effect_amount=3.0, effect_unit="mails")
    assert told("execute_tool", attributes, facts=mails)[0] == "3 mails"


def test_what_failed_says_why_in_place_of_what_it_gave() -> None:
    attributes = {"output.value": "half"}
    assert told("execute_tool", attributes, status_message="timed\nout", failed=True) == (
        "",
        "timed out",
    )


def test_a_text_that_was_cut_in_the_middle_of_its_json_still_says_something() -> None:
    text = '[{"role":"user","content":"where is \\"my\\" order?"},{"role":"us'
    assert told("chat", {"gen_ai.input.messages": text})[0] == 'where is \\"my\\" order?'
    assert told("execute_tool", {"tool.parameters": '{"a":'})[0] == '{"a":'


def test_a_huge_text_is_read_from_its_beginning_only(store: sqlite3.Connection) -> None:
    huge = "x" * 3_000_000
    write(writer_on(store), span(1, attributes={"input.value": huge, "output.value": "y" * 200}))
    detail = late_detail(one(store, "SELECT detail FROM spans"))
    read = heads(store)
    assert len(read(detail.attributes["input.value"])) == MOST_READ_CHARS  # type: ignore[arg-type]
    asked, gave = gist("chat", detail, read)
    assert (len(asked), gave) == (MOST_CHARS, "y" * 200)


def test_a_text_that_is_gone_says_so(store: sqlite3.Connection) -> None:
    write(writer_on(store), span(1, attributes={"input.value": "x" * 999}))
    store.execute("DELETE FROM texts")
    detail = late_detail(one(store, "SELECT detail FROM spans"))
    assert gist("chat", detail, heads(store)) == ("‹not stored›", "")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["role", "content", "parts", "type", "name", "text", "x"]), inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip
KEYS = (
    "gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.tool.call.arguments",
    "input.value", "output.value", "gen_ai.retrieval.query.text",
    "llm.input_messages.3.message.content",
)  # fmt: skip


@given(
    st.sampled_from(["chat", "execute_tool", "retrieval", "x"]),
    st.dictionaries(st.sampled_from(KEYS), VALUES),
)
def test_any_attributes_give_two_short_lines(operation: str, attributes: dict[str, Any]) -> None:
    for text in told(operation, attributes):
        assert len(text) <= MOST_CHARS + 2
        assert "\n" not in text
