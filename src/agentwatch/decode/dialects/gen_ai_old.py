"""In: attributes of the `gen_ai.*` names before 1.36. Out: a Reading."""

from __future__ import annotations

from collections import Counter

from agentwatch.decode.dialects import vercel
from agentwatch.decode.dialects.reading import Reading, text, usage
from agentwatch.model import Attributes, Dialect

NAME: Dialect = "gen_ai_old"

OLD_KEYS = frozenset(
    {
        "gen_ai.system",
        "gen_ai.usage.prompt_tokens",
        "gen_ai.usage.completion_tokens",
        "gen_ai.openai.request.response_format",
    }
)
_NEWER_USAGE = (
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.cache_read_input_tokens",
    "gen_ai.usage.cache_creation_input_tokens",
    "gen_ai.usage.reasoning_tokens",
)
_USAGE = (
    "gen_ai.usage.prompt_tokens",
    "gen_ai.usage.completion_tokens",
    "gen_ai.usage.cache_read_input_tokens",
    "gen_ai.usage.cache_creation_input_tokens",
    "gen_ai.usage.reasoning_tokens",
)
_OPERATIONS = {
    "chat": "chat",
    "completion": "text_completion",
    "embedding": "embeddings",
    "rerank": "rerank",
}


def matches(attributes: Attributes, name: str) -> bool:
    """Tell whether the span speaks this dialect."""
    return not OLD_KEYS.isdisjoint(attributes)


def read(attributes: Attributes, name: str, faults: Counter[str]) -> Reading:
    """Read the span; releases 1.27 to 1.35 already counted input and output tokens."""
    names = _USAGE if "gen_ai.usage.prompt_tokens" in attributes else _NEWER_USAGE
    return Reading(
        operation=text(attributes, "gen_ai.operation.name")
        or _OPERATIONS.get(text(attributes, "llm.request.type") or "")
        or vercel.operation(attributes),
        agent_name=text(attributes, "gen_ai.agent.name"),
        agent_id=text(attributes, "gen_ai.agent.id"),
        conversation_id=text(attributes, "gen_ai.conversation.id", "session.id"),
        provider=text(attributes, "gen_ai.system"),
        request_model=text(attributes, "gen_ai.request.model"),
        response_model=text(attributes, "gen_ai.response.model"),
        tool=text(attributes, "gen_ai.tool.name"),
        data_source=text(attributes, "gen_ai.data_source.id"),
        usage=usage(attributes, names, faults),
    )
