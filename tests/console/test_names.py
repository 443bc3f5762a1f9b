"""Names are as short as tells them apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentwatch.console.names import short_names


@pytest.mark.parametrize(
    ("keys", "names"),
    [
        ([], []),
        (["refund"], ["refund"]),
        (["payments/refund-03", "support/triage"], ["refund-03", "triage"]),
        (["eu/refund", "us/refund"], ["eu/refund", "us/refund"]),
        (["a/x/refund", "b/x/refund", "b/y"], ["a/x/refund", "b/x/refund", "y"]),
        (["refund", "eu/refund"], ["refund", "eu/refund"]),
        (["same/", "other/"], ["same/", "other/"]),
    ],
)
def test_each_is_called_by_its_shortest_unique_tail(keys: list[str], names: list[str]) -> None:
    assert list(short_names(keys).values()) == names


@given(st.lists(st.text(alphabet="ab/", max_size=6), unique=True))
def test_no_two_are_called_the_same(keys: list[str]) -> None:
    names = short_names(keys)
    assert list(names) == keys
    assert len(set(names.values())) == len(keys)
    assert all(key.endswith(name) for key, name in names.items())
