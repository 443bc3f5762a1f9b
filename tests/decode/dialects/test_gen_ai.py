"""The dialect `gen_ai`: what its attributes say."""

from __future__ import annotations

from typing import Any

import pytest

from agentwatch.model import Usage
from tests.decode.wires import read_columns

CASES = [
    (
        {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.system": "x"},
        {"operation": "chat", "provider": "openai"},
    ),
    (
        {"gen_ai.agent.name": "a", "gen_ai.agent.id": "i", "session.id": "s"},
        {"agent_name": "a", "agent_id": "i", "conversation_id": "s"},
    ),
    (
        {"gen_ai.usage.input_tokens": 5, "gen_ai.usage.output_tokens": -1},
        {"usage": Usage(input_tokens=5)},
    ),
    (
        {"gen_ai.operation.name": "invoke_agent", "gen_ai.aggregated_usage.input_tokens": 9},
        {"usage": Usage(input_tokens=9)},
    ),
    (
        {"gen_ai.usage.input_tokens": 1, "gen_ai.aggregated_usage.input_tokens": 9},
        {"usage": Usage(input_tokens=1)},
    ),
    ({"gen_ai.tool.name": "t", "gen_ai.data_source.id": "d"}, {"tool": "t", "data_source": "d"}),
]


@pytest.mark.parametrize(("attributes", "expected"), CASES)
def test_columns(attributes: dict[str, Any], expected: dict[str, Any]) -> None:
    assert read_columns(attributes, expected) == {"dialect": "gen_ai", **expected}
