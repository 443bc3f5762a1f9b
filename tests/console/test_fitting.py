"""A filter works on every part of a view that has its keys."""

from __future__ import annotations

import pytest

from agentwatch.console.fitting import Asked, fitting
from agentwatch.filters import Column, FilterError, parse

RUNS: Asked = (
    {"agent": Column("r.agent", "text"), "spans": Column("r.spans", "number")},
    ("agent",),
)
SPANS: Asked = ({"agent": Column("s.agent", "text"), "tool": Column("s.tool", "text")}, ("agent",))


@pytest.mark.parametrize(
    ("text", "fits"),
    [("refund", (True, True)), ("agent:a", (True, True)), ("spans>2", (True, False)),
     ("tool:x", (False, True))],
)  # fmt: skip
def test_each_part_is_filtered_where_it_has_the_keys(text: str, fits: tuple[bool, bool]) -> None:
    wanted = parse(text)
    assert fitting(wanted, (RUNS, SPANS), 0) == [wanted if fit else None for fit in fits]


def test_no_filter_filters_nothing() -> None:
    assert fitting(None, (RUNS, SPANS), 0) == [None, None]


def test_a_key_that_no_part_has_is_refused() -> None:
    with pytest.raises(FilterError, match="colour"):
        fitting(parse("colour:red"), (RUNS, SPANS), 0)
