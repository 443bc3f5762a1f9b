"""In: spans and log events of coding agents (`claude_code.*`, `codex.*`). Out: a Reading."""

from __future__ import annotations

from collections import Counter

from agentwatch.decode.dialects.reading import Reading, text, usage
from agentwatch.model import Attributes, Dialect

NAME: Dialect = "coding_agent"

PREFIXES = ("claude_code.", "codex.")

_OPERATIONS = {
    "claude_code.interaction": "invoke_agent",
    "claude_code.llm_request": "chat",
    "claude_code.tool": "execute_tool",
    "claude_code.tool.execution": "execute_tool",
}
_USAGE = (
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_creation_tokens",
    "reasoning_tokens",
)


def matches(attributes: Attributes, name: str) -> bool:
    """Tell whether the span or event speaks this dialect."""
    return name.startswith(PREFIXES)


def read(attributes: Attributes, name: str, faults: Counter[str]) -> Reading:
    """Read the span or event; these names carry no prefix."""
    return Reading(
        operation=_OPERATIONS.get(name),
        conversation_id=text(attributes, "session.id", "conversation.id"),
        request_model=text(attributes, "model"),
        tool=text(attributes, "tool_name"),
        usage=usage(attributes, _USAGE, faults),
    )
