"""In: attributes of the Vercel AI SDK (`ai.*`). Out: a Reading."""

from __future__ import annotations

from collections import Counter

from agentwatch.decode.dialects.reading import Reading, text, usage
from agentwatch.model import Attributes, Dialect

NAME: Dialect = "vercel"

_OPERATIONS = {
    "ai.generateText": "invoke_agent",
    "ai.streamText": "invoke_agent",
    "ai.generateObject": "invoke_agent",
    "ai.streamObject": "invoke_agent",
    "ai.toolCall": "execute_tool",
    "ai.embed": "embeddings",
    "ai.embedMany": "embeddings",
}
_USAGE = (
    "ai.usage.inputTokens",
    "ai.usage.outputTokens",
    "ai.usage.cachedInputTokens",
    "ai.usage.cacheCreationInputTokens",
    "ai.usage.reasoningTokens",
)
_USAGE_BEFORE_5 = (
    "ai.usage.promptTokens",
    "ai.usage.completionTokens",
    "ai.usage.cachedInputTokens",
    "ai.usage.cacheCreationInputTokens",
    "ai.usage.reasoningTokens",
)


def matches(attributes: Attributes, name: str) -> bool:
    """Tell whether the span speaks this dialect."""
    return "ai.operationId" in attributes


def operation(attributes: Attributes) -> str | None:
    """Return the operation; the call that does the work is `ai.X.doY` below its parent `ai.X`."""
    name = text(attributes, "ai.operationId")
    if name is None:
        return None
    parent, _, work = name.partition(".do")
    if not work:
        return _OPERATIONS.get(name)
    return "embeddings" if parent.startswith("ai.embed") else "chat"


def read(attributes: Attributes, name: str, faults: Counter[str]) -> Reading:
    """Read the span; a parent repeats the usage of its children."""
    names = _USAGE_BEFORE_5 if "ai.usage.promptTokens" in attributes else _USAGE
    return Reading(
        operation=operation(attributes),
        conversation_id=text(attributes, "ai.telemetry.metadata.sessionId", "session.id"),
        provider=text(attributes, "ai.model.provider"),
        request_model=text(attributes, "ai.model.id"),
        response_model=text(attributes, "ai.response.model"),
        tool=text(attributes, "ai.toolCall.name"),
        usage=usage(attributes, names, faults),
    )
