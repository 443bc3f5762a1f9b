"""The dialect `traceloop`: what its attributes say."""

from __future__ import annotations

from typing import Any

import pytest

from agentwatch.model import Usage
from tests.decode.wires import read_columns

CASES = [
    (
        {"traceloop.span.kind": "agent", "traceloop.entity.name": "a"},
        {"operation": "invoke_agent", "agent_name": "a", "tool": None},
    ),
    (
        {"traceloop.span.kind": "tool", "traceloop.entity.name": "t"},
        {"operation": "execute_tool", "agent_name": None, "tool": "t"},
    ),
    ({"traceloop.workflow.name": "w", "llm.usage.prompt_tokens": 2}, {"usage": Usage(2)}),
]


@pytest.mark.parametrize(("attributes", "expected"), CASES)
def test_columns(attributes: dict[str, Any], expected: dict[str, Any]) -> None:
    assert read_columns(attributes, expected) == {"dialect": "traceloop", **expected}
