"""The dialect `coding_agent`: what its attributes say."""

from __future__ import annotations

from typing import Any

import pytest

from agentwatch.model import Usage
from tests.decode.wires import read_columns

CASES = [
    (
        {"model": "m", "input_tokens": 3, "session.id": "s"},
        {"operation": "chat", "request_model": "m", "usage": Usage(3), "conversation_id": "s"},
    ),
]


@pytest.mark.parametrize(("attributes", "expected"), CASES)
def test_columns(attributes: dict[str, Any], expected: dict[str, Any]) -> None:
    assert read_columns(attributes, expected, name="claude_code.llm_request") == {
        "dialect": "coding_agent",
        **expected,
    }
