"""In: attributes of OpenTelemetry's current `gen_ai.*` names. Out: a Reading."""

from __future__ import annotations

from collections import Counter
from typing import Any

from agentwatch.decode.dialects.gen_ai_old import OLD_KEYS
from agentwatch.decode.dialects.reading import Reading, text, usage
from agentwatch.model import Attributes, Dialect

NAME: Dialect = "gen_ai"

_KEYS = frozenset(
    {
        "gen_ai.operation.name",
        "gen_ai.agent.name",
        "gen_ai.agent.id",
        "gen_ai.tool.name",
        "gen_ai.data_source.id",
        "gen_ai.usage.input_tokens",
        "gen_ai.conversation.id",
    }
)
_TEXTS = (
    "gen_ai.operation.name",
    "gen_ai.agent.name",
    "gen_ai.agent.id",
    "gen_ai.agent.version",
    "gen_ai.conversation.id",
    "gen_ai.provider.name",
    "gen_ai.request.model",
    "gen_ai.response.model",
    "gen_ai.tool.name",
    "gen_ai.data_source.id",
)
"""In the order of Reading's fields."""

_USAGE = (
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.cache_creation.input_tokens",
    "gen_ai.usage.reasoning.output_tokens",
)
_AGGREGATED = (
    "gen_ai.aggregated_usage.input_tokens",
    "gen_ai.aggregated_usage.output_tokens",
    "gen_ai.aggregated_usage.cache_read.input_tokens",
    "gen_ai.aggregated_usage.cache_creation.input_tokens",
    "gen_ai.aggregated_usage.reasoning.output_tokens",
)


def matches(attributes: Attributes, name: str) -> bool:
    """Tell whether the span speaks this dialect."""
    if "gen_ai.provider.name" in attributes:
        return True
    return not _KEYS.isdisjoint(attributes) and OLD_KEYS.isdisjoint(attributes)


def read(attributes: Attributes, name: str, faults: Counter[str]) -> Reading:
    """Read the span; what the run's children add up to counts only without own usage."""
    texts: list[Any] = [
        value if value and type(value) is str else None for value in map(attributes.get, _TEXTS)
    ]
    reading = Reading(*texts)
    reading.conversation_id = reading.conversation_id or text(attributes, "session.id")
    reading.usage = usage(attributes, _USAGE, faults) or usage(attributes, _AGGREGATED, faults)
    return reading
