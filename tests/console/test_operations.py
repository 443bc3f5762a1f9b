"""Operations are called by one short word everywhere."""

from __future__ import annotations

import pytest

from agentwatch.console.operations import word_of


@pytest.mark.parametrize(
    ("operation", "word"),
    [("execute_tool", "tool"), ("invoke_agent", "agent"), ("chat", "chat"), ("plan", "plan")],
)
def test_an_operation_has_a_short_word_or_keeps_its_own(operation: str, word: str) -> None:
    assert word_of(operation) == word
