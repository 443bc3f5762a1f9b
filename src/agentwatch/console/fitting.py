"""A filter and what the parts of a view may be asked in, the filter of each part out. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agentwatch.filters import Column, Filter, FilterError

Asked = tuple[Mapping[str, Column], Sequence[str]]
"""The keys of a part, and the columns in which a bare word is looked for."""


def fitting(wanted: Filter | None, parts: Sequence[Asked], now_ns: int) -> list[Filter | None]:
    """Return the filter for each part that has its keys; FilterError where none has."""
    if wanted is None:
        return [None] * len(parts)
    found: list[Filter | None] = []
    fault: FilterError | None = None
    for columns, words in parts:
        try:
            wanted.sql(columns, words, now_ns)
            found.append(wanted)
        except FilterError as error:
            found.append(None)
            fault = error
    if fault is not None and not any(found):
        raise fault
    return found
