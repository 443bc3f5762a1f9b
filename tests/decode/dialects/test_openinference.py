"""The dialect `openinference`: what its attributes say."""

from __future__ import annotations

from typing import Any

import pytest

from agentwatch.model import Usage
from tests.decode.wires import read_columns

CASES = [
    (
        {"openinference.span.kind": "LLM", "llm.model_name": "m", "llm.provider": "p"},
        {"operation": "chat", "request_model": "m", "provider": "p"},
    ),
    (
        {"openinference.span.kind": "TOOL", "tool.name": "t"},
        {"operation": "execute_tool", "tool": "t"},
    ),
    (
        {"openinference.span.kind": "AGENT", "agent.name": "a", "session.id": "s"},
        {"operation": "invoke_agent", "agent_name": "a", "conversation_id": "s"},
    ),
    (
        {
            "llm.token_count.prompt": 7,
            "llm.token_count.completion": 2.0,
            "llm.token_count.prompt_details.cache_read": "3",
        },
        {"usage": Usage(7, 2, 3)},
    ),
]


@pytest.mark.parametrize(("attributes", "expected"), CASES)
def test_columns(attributes: dict[str, Any], expected: dict[str, Any]) -> None:
    assert read_columns(attributes, expected) == {"dialect": "openinference", **expected}
