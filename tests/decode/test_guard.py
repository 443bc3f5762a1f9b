"""The checks before parsing: depth, UTF-8, lone surrogates."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentwatch.decode.guard import deeper_than, surrogates_shown


def depth(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth, value), default=0)
    return 0


@given(
    st.recursive(
        st.text('"[]{}\\a', max_size=6) | st.integers(),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.text('"[]{}\\a', max_size=3), inner, max_size=3)
        ),
        max_leaves=25,
    ),
    st.integers(0, 12),
)
def test_the_depth_is_exact_whatever_the_strings_hold(value: Any, limit: int) -> None:
    assert deeper_than(json.dumps(value).encode(), limit) == (depth(value) > limit)


@pytest.mark.parametrize(("levels", "deeper"), [(512, False), (513, True), (5_000, True)])
def test_the_limit_counts_brackets_outside_strings_only(levels: int, deeper: bool) -> None:
    nested = b"[" * levels + b"]" * levels
    assert deeper_than(nested, 512) is deeper
    assert deeper_than(b'["' + nested + b'"]', 512) is False


@pytest.mark.parametrize(
    ("text", "repaired", "count"),
    [
        (rb'"\ud83d\ude00"', rb'"\ud83d\ude00"', 0),
        (rb'"\ud800"', rb'"\u2039U+D800\u203a"', 1),
        (rb'"\uDC00x\ud800"', rb'"\u2039U+DC00\u203ax\u2039U+D800\u203a"', 2),
        (rb'"\\ud800"', rb'"\\ud800"', 0),
        (rb'"\\\ud800"', rb'"\\\u2039U+D800\u203a"', 1),
    ],
)
def test_a_lone_surrogate_becomes_a_visible_mark(text: bytes, repaired: bytes, count: int) -> None:
    faults: Counter[str] = Counter()
    assert surrogates_shown(text, faults) == repaired
    assert faults["surrogate"] == count
