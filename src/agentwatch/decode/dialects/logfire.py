"""In: attributes of Logfire spans without `gen_ai.*` names. Out: a Reading."""

from __future__ import annotations

from collections import Counter

from agentwatch.decode.dialects.reading import Reading, text
from agentwatch.model import Attributes, Dialect

NAME: Dialect = "logfire"

_KEYS = frozenset({"logfire.span_type", "logfire.msg", "logfire.msg_template"})


def matches(attributes: Attributes, name: str) -> bool:
    """Tell whether the span speaks this dialect."""
    return not _KEYS.isdisjoint(attributes)


def read(attributes: Attributes, name: str, faults: Counter[str]) -> Reading:
    """Read the span; older Pydantic AI spans name agent and model without a prefix."""
    agent = text(attributes, "agent_name")
    return Reading(
        operation="invoke_agent" if agent is not None else None,
        agent_name=agent,
        conversation_id=text(attributes, "session.id"),
        request_model=text(attributes, "model_name"),
    )
