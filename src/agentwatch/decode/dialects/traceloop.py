"""In: attributes of Traceloop's OpenLLMetry (`traceloop.*`). Out: a Reading."""

from __future__ import annotations

from collections import Counter

from agentwatch.decode.dialects.reading import Reading, text, usage
from agentwatch.model import Attributes, Dialect

NAME: Dialect = "traceloop"

_KEYS = frozenset({"traceloop.span.kind", "traceloop.workflow.name", "traceloop.entity.name"})
_OPERATIONS = {
    "workflow": "invoke_workflow",
    "task": "task",
    "agent": "invoke_agent",
    "tool": "execute_tool",
}
_USAGE = (
    "llm.usage.prompt_tokens",
    "llm.usage.completion_tokens",
    "llm.usage.cache_read_input_tokens",
    "llm.usage.cache_creation_input_tokens",
    "llm.usage.reasoning_tokens",
)


def matches(attributes: Attributes, name: str) -> bool:
    """Tell whether the span speaks this dialect."""
    return not _KEYS.isdisjoint(attributes)


def read(attributes: Attributes, name: str, faults: Counter[str]) -> Reading:
    """Read the span; an entity is an agent or a tool only where its kind says so."""
    kind = text(attributes, "traceloop.span.kind")
    entity = text(attributes, "traceloop.entity.name")
    return Reading(
        operation=_OPERATIONS.get(kind or ""),
        agent_name=entity if kind == "agent" else None,
        conversation_id=text(
            attributes, "traceloop.association.properties.session_id", "session.id"
        ),
        request_model=text(attributes, "llm.request.model"),
        response_model=text(attributes, "llm.response.model"),
        tool=entity if kind == "tool" else None,
        usage=usage(attributes, _USAGE, faults),
    )
