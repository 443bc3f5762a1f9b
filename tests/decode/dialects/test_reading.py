"""Counts of tokens: whole numbers in range, anything else counted as a fault."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from agentwatch.decode.dialects.reading import usage
from agentwatch.model import Usage

KEYS = ("in", "out", "read", "create", "reason")


@pytest.mark.parametrize(("count", "tokens"), [(0, 0), (5.0, 5), ("12", 12), (1 << 53, 1 << 53)])
def test_a_count_is_read(count: Any, tokens: int) -> None:
    faults: Counter[str] = Counter()
    assert usage({"in": count}, KEYS, faults) == Usage(input_tokens=tokens)
    assert not faults


@pytest.mark.parametrize("count", [-1, True, 1.5, "x", "-3", [1], (1 << 53) + 1, "9" * 40])
def test_what_is_no_count_is_counted(count: Any) -> None:
    faults: Counter[str] = Counter()
    assert usage({"in": count, "out": 1}, KEYS, faults) == Usage(output_tokens=1)
    assert faults == {"bad_usage": 1}


def test_without_any_count_there_is_no_usage() -> None:
    assert usage({"other": 1}, KEYS, Counter()) is None
