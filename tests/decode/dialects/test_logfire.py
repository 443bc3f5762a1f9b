"""The dialect `logfire`: what its attributes say."""

from __future__ import annotations

from typing import Any

import pytest

from tests.decode.wires import read_columns

CASES = [
    (
        {"logfire.msg": "m", "agent_name": "a", "model_name": "x"},
        {"operation": "invoke_agent", "agent_name": "a", "request_model": "x"},
    ),
    ({"logfire.span_type": "span"}, {"operation": "internal", "usage": None}),
]


@pytest.mark.parametrize(("attributes", "expected"), CASES)
def test_columns(attributes: dict[str, Any], expected: dict[str, Any]) -> None:
    assert read_columns(attributes, expected) == {"dialect": "logfire", **expected}
