"""In: attributes of OpenTelemetry's current `gen_ai.*` names. Out: a Reading."""

from __future__ import annotations

from collections import Counter

from agentwatch.decode.dialects.gen_ai_old import OLD_KEYS
from agentwatch.decode.dialects.reading import Reading, usage
from agentwatch.model import Attributes, Dialect, Value

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
    get = attributes.get
    return Reading(
        _text(get("gen_ai.operation.name")),
        _text(get("gen_ai.agent.name")),
        _text(get("gen_ai.agent.id")),
        _text(get("gen_ai.agent.version")),
        _text(get("gen_ai.conversation.id")) or _text(get("session.id")),
        _text(get("gen_ai.provider.name")),
        _text(get("gen_ai.request.model")),
        _text(get("gen_ai.response.model")),
        _text(get("gen_ai.tool.name")),
        _text(get("gen_ai.data_source.id")),
        usage(attributes, _USAGE, faults) or usage(attributes, _AGGREGATED, faults),
    )


def _text(value: Value) -> str | None:
    return value if value and type(value) is str else None
