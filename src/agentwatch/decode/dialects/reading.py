"""In: a span's attributes. Out: what every dialect reads from them, under one set of names."""

from __future__ import annotations

from collections import Counter

from msgspec import Struct

from agentwatch.model import Attributes, Usage

MAX_TOKENS = 1 << 53


class Reading(Struct, gc=False):
    """The columns of a span that a dialect fills; `operation` None: the dialect names none."""

    operation: str | None = None
    agent_name: str | None = None
    agent_id: str | None = None
    agent_version: str | None = None
    conversation_id: str | None = None
    provider: str | None = None
    request_model: str | None = None
    response_model: str | None = None
    tool: str | None = None
    data_source: str | None = None
    usage: Usage | None = None


def text(attributes: Attributes, *keys: str) -> str | None:
    """Return the first of the keys that holds a text that is not empty."""
    for key in keys:
        value = attributes.get(key)
        if value and type(value) is str:
            return value
    return None


def usage(
    attributes: Attributes, keys: tuple[str, str, str, str, str], faults: Counter[str]
) -> Usage | None:
    """Return tokens of input, output, cache read, cache creation and reasoning, in that order."""
    get = attributes.get
    values = (get(keys[0]), get(keys[1]), get(keys[2]), get(keys[3]), get(keys[4]))
    if values == (None, None, None, None, None):
        return None
    return Usage(
        *(
            value
            if value is None or (type(value) is int and 0 <= value <= MAX_TOKENS)
            else _tokens(value, faults)
            for value in values
        )
    )


def _tokens(value: object, faults: Counter[str]) -> int | None:
    """Return a count that came as a float or a text; None, counted, for what is no count."""
    if isinstance(value, str):
        is_count = value.isascii() and value.isdecimal() and len(value) < 17
    else:
        is_count = isinstance(value, float) and value.is_integer()
    if is_count:
        value = int(value)  # type: ignore[call-overload]
    if type(value) is int and 0 <= value <= MAX_TOKENS:
        return value
    faults["bad_usage"] += 1
    return None
