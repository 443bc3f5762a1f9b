"""A span's attributes in, the few words that say what it was asked and what it gave out.

Large texts come as `Late` and are read only where they are wanted, and only their beginning.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable

import msgspec
import zstandard

from agentwatch.model import Attributes, Facts, Value
from agentwatch.store.detail import Detail, unpack

MOST_READ_CHARS = 16_384
"""Of a large text no more is read: its beginning says what a line has room for."""
MOST_CHARS = 240
MOST_PARTS = 6
MOST_DEPTH = 4

Read = Callable[[str], str]

_TOOL_ASKED = (
    "gen_ai.tool.call.arguments", "gen_ai.tool.args", "tool.parameters", "ai.toolCall.args",
    "tool_input", "input.value", "traceloop.entity.input", "gen_ai.task.input",
)  # fmt: skip
_TOOL_GAVE = (
    "gen_ai.tool.call.result", "ai.toolCall.result", "gen_ai.output", "output.value",
    "traceloop.entity.output", "gen_ai.task.output",
)  # fmt: skip
_QUERY = ("gen_ai.retrieval.query.text", "input.value", "traceloop.entity.input")
_ASKED = (
    "gen_ai.input.messages", "gen_ai.prompt", "ai.prompt.messages", "ai.prompt",
    "input.value", "traceloop.entity.input", "gen_ai.task.input",
)  # fmt: skip
_GAVE = (
    "gen_ai.output.messages", "gen_ai.completion", "ai.response.text", "gen_ai.output",
    "output.value", "traceloop.entity.output", "gen_ai.task.output",
)  # fmt: skip
_ASKED_AT = re.compile(
    r"(?:llm\.input_messages|gen_ai\.prompt)\.(\d{1,6})\.(?:message\.)?content\Z"
)
_GAVE_AT = re.compile(
    r"(?:llm\.output_messages|gen_ai\.completion)\.(\d{1,6})\.(?:message\.)?content\Z"
)
_SAID = re.compile(r'"(?:content|text)"\s{0,4}:\s{0,4}"((?:[^"\\]|\\.){1,300})')
_BARE = frozenset({
    "answer", "code", "content", "input", "output", "q", "query", "result", "text", "value",
})  # fmt: skip
"""Names that say nothing beside their value."""
_CURRENCY = re.compile("[A-Z]{3}")
_decode = msgspec.json.Decoder().decode


class Late(str):
    """The digest of a large text, in hex: it is read when somebody wants it."""

    __slots__ = ()


def late_detail(blob: bytes) -> Detail:
    """Decode a span's detail and leave every large text where it is."""
    return unpack(blob, lambda digest: Late(digest.hex()))


def heads(connection: sqlite3.Connection) -> Read:
    """Return the function that gives a text's beginning, whether it is late or at hand."""
    decompressor = zstandard.ZstdDecompressor()

    def read(text: str) -> str:
        if not isinstance(text, Late):
            return text[:MOST_READ_CHARS]
        row = connection.execute(
            "SELECT packed, content FROM texts WHERE digest = ?", (bytes.fromhex(text),)
        ).fetchone()
        if row is None:
            return "‹not stored›"
        packed, content = row
        if packed:
            with decompressor.stream_reader(content) as reader:
                content = reader.read(MOST_READ_CHARS)
        return bytes(content[:MOST_READ_CHARS]).decode("utf-8", "ignore")

    return read


def gist(operation: str, detail: Detail, read: Read, failed: bool = False) -> tuple[str, str]:
    """Return (what it was asked, what it gave), each on one line; "" where nobody told."""
    attributes, facts = detail.attributes, detail.facts
    if operation == "execute_tool":
        asked = _effect(facts) or _first(attributes, _TOOL_ASKED, read)
        gave = _first(attributes, _TOOL_GAVE, read)
    elif operation in ("retrieval", "rerank", "embeddings"):
        query = _first(attributes, _QUERY, read)
        asked, gave = f'"{query}"' if query else "", ""
    else:
        asked = _first(attributes, _ASKED, read, last=True) or _numbered(
            attributes, _ASKED_AT, read
        )
        gave = _first(attributes, _GAVE, read) or _numbered(attributes, _GAVE_AT, read)
    if failed and detail.status_message:
        gave = _line(detail.status_message)
    return asked, gave


def _effect(facts: Facts | None) -> str:
    """Return an effect that was stated: `96.50 EUR, order 55-20433`."""
    if facts is None or facts.effect_amount is None:
        return ""
    unit = facts.effect_unit or ""
    amount = facts.effect_amount
    told = f"{amount:,.2f}" if _CURRENCY.fullmatch(unit) else f"{amount:,g}"
    parts = [f"{told} {unit}".strip(), facts.effect_target or ""]
    return _line(", ".join(part for part in parts if part))


def _first(attributes: Attributes, keys: Iterable[str], read: Read, last: bool = False) -> str:
    for key in keys:
        value = attributes.get(key)
        if value is not None and (told := _told(value, read, last)):
            return told
    return ""


def _numbered(attributes: Attributes, pattern: re.Pattern[str], read: Read) -> str:
    """Return the last message of those that stand under a number each."""
    found = [(int(match[1]), key) for key in attributes if (match := pattern.match(key))]
    return _told(attributes[max(found)[1]], read) if found else ""


def _told(value: Value, read: Read, last: bool = False) -> str:
    if isinstance(value, str):
        text = read(value)
        if text[:1] not in ("{", "["):
            return _line(text)
        try:
            value = _decode(text)
        except (msgspec.DecodeError, RecursionError):
            said = _SAID.search(text)
            return _line(said[1].replace("\\n", " ") if said else text)
    return _line(_words(value, read, last))


def _words(value: Value, read: Read, last: bool = False, depth: int = 0) -> str:
    if isinstance(value, str):
        return read(value)[:MOST_CHARS]
    if value is None or depth > MOST_DEPTH:
        return ""
    if isinstance(value, list):
        items = reversed(value) if last and _are_messages(value) else value[:MOST_PARTS]
        told = (_words(item, read, last, depth + 1) for item in items)
        if _are_messages(value):
            return next((words for words in told if words), "")
        return ", ".join(words for words in told if words)
    if isinstance(value, dict):
        return _of_mapping(value, read, last, depth)
    return str(value)


def _of_mapping(value: dict[str, Value], read: Read, last: bool, depth: int) -> str:
    if value.get("type") in ("tool_call", "tool_use", "function") and "name" in value:
        return f"calls {_words(value['name'], read, depth=depth + 1)}"
    for key in ("content", "parts", "text", "message"):
        if value.get(key) and ("role" in value or "type" in value):
            return _words(value[key], read, last, depth + 1)
    pairs = [
        (key, words)
        for key, item in list(value.items())[:MOST_PARTS]
        if (words := _words(item, read, last, depth + 1))
    ]
    if len(pairs) == 1 and pairs[0][0] in _BARE:
        return pairs[0][1]
    return ", ".join(words if words.startswith(key) else f"{key} {words}" for key, words in pairs)


def _are_messages(value: list[Value]) -> bool:
    return bool(value) and isinstance(value[0], dict) and "role" in value[0]


def _line(text: str) -> str:
    return " ".join(text[: 4 * MOST_CHARS].split())[:MOST_CHARS]
