"""In: attributes of OpenInference (`openinference.span.kind`, `llm.*`). Out: a Reading."""

from __future__ import annotations

from collections import Counter

from agentwatch.decode.dialects.reading import Reading, text, usage
from agentwatch.model import Attributes, Dialect

NAME: Dialect = "openinference"

_KEYS = frozenset({"openinference.span.kind", "llm.model_name", "llm.token_count.prompt"})
_OPERATIONS = {
    "LLM": "chat",
    "TOOL": "execute_tool",
    "AGENT": "invoke_agent",
    "RETRIEVER": "retrieval",
    "EMBEDDING": "embeddings",
    "CHAIN": "chain",
    "RERANKER": "rerank",
    "GUARDRAIL": "guardrail",
    "EVALUATOR": "evaluation",
    "PROMPT": "prompt",
}
_USAGE = (
    "llm.token_count.prompt",
    "llm.token_count.completion",
    "llm.token_count.prompt_details.cache_read",
    "llm.token_count.prompt_details.cache_write",
    "llm.token_count.completion_details.reasoning",
)


def matches(attributes: Attributes, name: str) -> bool:
    """Tell whether the span speaks this dialect."""
    return not _KEYS.isdisjoint(attributes)


def read(attributes: Attributes, name: str, faults: Counter[str]) -> Reading:
    """Read the span; the dialect has one name for the requested and the answering model."""
    kind = (text(attributes, "openinference.span.kind") or "").upper()
    return Reading(
        operation=_OPERATIONS.get(kind),
        agent_name=text(attributes, "agent.name"),
        conversation_id=text(attributes, "session.id"),
        provider=text(attributes, "llm.provider", "llm.system"),
        request_model=text(attributes, "llm.model_name", "embedding.model_name"),
        tool=text(attributes, "tool.name"),
        usage=usage(attributes, _USAGE, faults),
    )
