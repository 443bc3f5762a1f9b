"""An operation's name in, the short word by which every view calls it out. Pure."""

from __future__ import annotations

_WORDS = {
    "execute_tool": "tool", "invoke_agent": "agent", "create_agent": "agent",
    "text_completion": "chat", "generate_content": "chat", "call_llm": "chat",
    "embeddings": "embed", "evaluation": "eval",
}  # fmt: skip
EFFECTS = {"irreversible": "irrev", "compensable": "compens"}
"""Effects that are told; what can be taken back is not."""


def word_of(operation: str) -> str:
    """Return the word; an operation that nobody named so far keeps its own."""
    return _WORDS.get(operation, operation)
