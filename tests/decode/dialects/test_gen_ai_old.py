"""The dialect `gen_ai_old`: what its attributes say."""

from __future__ import annotations

from typing import Any

import pytest

from agentwatch.model import Usage
from tests.decode.wires import read_columns

CASES = [
    (
        {"gen_ai.system": "openai", "gen_ai.request.model": "m", "llm.request.type": "chat"},
        {"operation": "chat", "provider": "openai", "request_model": "m"},
    ),
    (
        {
            "gen_ai.system": "o",
            "gen_ai.usage.prompt_tokens": 3,
            "gen_ai.usage.completion_tokens": 4,
        },
        {"usage": Usage(3, 4)},
    ),
    ({"gen_ai.system": "o", "gen_ai.usage.input_tokens": 3}, {"usage": Usage(3)}),
    ({"gen_ai.system": "o", "gen_ai.operation.name": "chat"}, {"operation": "chat"}),
    ({"gen_ai.system": "o", "ai.operationId": "ai.generateText.doGenerate"}, {"operation": "chat"}),
]


@pytest.mark.parametrize(("attributes", "expected"), CASES)
def test_columns(attributes: dict[str, Any], expected: dict[str, Any]) -> None:
    assert read_columns(attributes, expected) == {"dialect": "gen_ai_old", **expected}
