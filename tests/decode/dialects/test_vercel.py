"""The dialect `vercel`: what its attributes say."""

from __future__ import annotations

from typing import Any

import pytest

from agentwatch.model import Usage
from tests.decode.wires import read_columns

CASES = [
    (
        {
            "ai.operationId": "ai.generateText",
            "ai.usage.promptTokens": 2,
            "ai.usage.completionTokens": 3,
        },
        {"operation": "invoke_agent", "usage": Usage(2, 3)},
    ),
    (
        {"ai.operationId": "ai.streamText.doStream", "ai.usage.inputTokens": 2},
        {"operation": "chat", "usage": Usage(2)},
    ),
    (
        {"ai.operationId": "ai.toolCall", "ai.toolCall.name": "t"},
        {"operation": "execute_tool", "tool": "t"},
    ),
    (
        {"ai.operationId": "ai.embed.doEmbed", "ai.model.id": "m"},
        {"operation": "embeddings", "request_model": "m"},
    ),
]


@pytest.mark.parametrize(("attributes", "expected"), CASES)
def test_columns(attributes: dict[str, Any], expected: dict[str, Any]) -> None:
    assert read_columns(attributes, expected) == {"dialect": "vercel", **expected}
