"""The packed row of a span or a log record in; every string of it that can be found out.

A large text comes out as the `Ref` to it. Whole numbers are read too where their key says that
they name something; a count of tokens is not what anybody looks for.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Literal, TypeAlias

import msgspec
from msgspec import Struct

from agentwatch.store.detail import TEXT

Where = Literal["argument", "result", "message", "id", "document", "feedback", "name", "other"]
"""Where in a run a value stands."""


class Ref(Struct, frozen=True):
    """A large text, by its digest in `texts`."""

    digest: bytes


Strings: TypeAlias = "list[tuple[str, str | Ref]]"
"""(attribute or column, what it holds), in the order in which they are worth showing."""

TOOL_OPERATIONS = frozenset({"execute_tool", "tool", "mcp"})
SMALLEST_NUMBER = 1_000

_FIGURE = re.compile(
    "token|usage|cost|price|count|size|bytes|length|duration|_n?s$|_ms$|time|port$|seed|max|min|"
    "limit|index|line|step|score|status|version",
    re.IGNORECASE,
)
_PLACES: tuple[tuple[Where, re.Pattern[str]], ...] = (
    ("feedback", re.compile(r"feedback\.|annotation\.")),
    ("argument", re.compile(r"arguments?$|tool\.(?:parameters|args)|\.args$|^tool_arguments")),
    ("result", re.compile(r"result$|tool_response|tool\.output")),
    ("document", re.compile(r"document|retrieval|data_source")),
    ("id", re.compile(r"(?:^|[._])(?:id|key|uuid|ref)$|Id$|approval|effect\.target")),
    (
        "message",
        re.compile(
            r"message|prompt|completion|content|instruction|body|(?:^|\.)text$|"
            r"(?:in|out)put(?:$|\.value)|transcript|explanation|comment|query|question|answer"
        ),
    ),
    ("name", re.compile(r"(?:^|[._])name$|model|error\.type")),
)


def unpacked(blob: bytes) -> dict[str, Any]:
    """Return what a row holds beside its columns, as plain values and Refs."""
    return _decode(blob)


def span_strings(
    name: str, tool: str | None, conversation_id: str | None, detail: dict[str, Any]
) -> Strings:
    """Return the strings of a span."""
    found: Strings = []
    for key, value in detail.get("attributes", {}).items():
        _collect(key, value, found)
    for event in detail.get("events", ()):
        for key, value in event["attributes"].items():
            _collect(f"{event['name']} {key}", value, found)
    status = detail.get("status_message")
    found += [
        (key, text)
        for key, text in (
            ("status.message", status), ("conversation.id", conversation_id), ("name", name),
            ("tool.name", tool),
        )
        if text
    ]  # fmt: skip
    return found


def event_strings(name: str, conversation_id: str | None, content: dict[str, Any]) -> Strings:
    """Return the strings of a log record."""
    found: Strings = []
    for key, value in content.get("attributes", {}).items():
        _collect(key, value, found)
    _collect("body", content.get("body"), found)
    found += [
        (key, text) for key, text in (("conversation.id", conversation_id), ("name", name)) if text
    ]
    return found


@lru_cache(4096)
def place_of(key: str, operation: str) -> Where:
    """Return where a value of this attribute stands, in a span of this operation."""
    if operation in TOOL_OPERATIONS:
        if key.endswith(("input", "input.value")):
            return "argument"
        if key.endswith(("output", "output.value")):
            return "result"
    for place, pattern in _PLACES:
        if pattern.search(key):
            return place
    return "other"


def _collect(key: str, value: Any, found: Strings) -> None:
    kind = type(value)
    if kind is str or kind is Ref:
        found.append((key, value))
    elif kind is list:
        for item in value:
            _collect(key, item, found)
    elif kind is dict:
        for item in value.values():
            _collect(key, item, found)
    elif kind is int and abs(value) >= SMALLEST_NUMBER and _names(key):
        found.append((key, str(value)))


@lru_cache(4096)
def _names(key: str) -> bool:
    return _FIGURE.search(key) is None


def _extension(code: int, data: memoryview) -> Ref:
    if code != TEXT:
        raise ValueError(f"a detail holds the unknown extension {code}")
    return Ref(bytes(data))


_decode = msgspec.msgpack.Decoder(dict[str, Any], ext_hook=_extension).decode
