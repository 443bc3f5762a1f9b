"""Rows as they should stand and as they stood in, an order that a reader can follow out. Pure."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from typing import TypeVar

from agentwatch.clock import NS_PER_S

K = TypeVar("K", bound=Hashable)

SETTLE_NS = 2 * NS_PER_S
"""A row keeps its place this long after what it is sorted by has changed."""


def held_in_place(before: Sequence[K], wanted: Sequence[K], held: Collection[K]) -> list[K]:
    """Return `wanted` with each row of `held` at the place that it had in `before`."""
    there = set(wanted)
    places = {
        key: min(at, len(wanted) - 1)
        for at, key in enumerate(before)
        if key in held and key in there
    }
    result: list[K | None] = [None] * len(wanted)
    for key, at in places.items():
        while result[at] is not None:
            at = (at + 1) % len(result)
        result[at] = key
    others = (key for key in wanted if key not in places)
    return [next(others) if key is None else key for key in result]


class StableOrder:
    """The order of a live table: rows move 2 s after their sort key, never under a cursor."""

    def __init__(self) -> None:
        self._shown: list[Hashable] = []
        self._keys: dict[Hashable, tuple[object, int | None]] = {}
        """What each row was placed by, and since when that has not been so any more."""
        self._by: object = None

    def arrange(
        self,
        wanted: Sequence[tuple[Hashable, object]],
        now_ns: int,
        cursor: Hashable | None,
        by: object,
    ) -> list[Hashable]:
        """Return row keys in the order to show; `wanted` is (row key, sort key) as sorted.

        `by` names what is sorted by: another one re-arranges everything at once.
        """
        keys = [key for key, _ in wanted]
        if by != self._by:
            self._by, self._shown, self._keys = by, keys, {}
        held = {cursor} if cursor is not None else set()
        known = self._keys
        self._keys = {}
        for key, sort in wanted:
            placed_by, since_ns = known.get(key, (sort, None))
            if sort == placed_by:
                since_ns = None
            elif since_ns is None:
                since_ns = now_ns
            if since_ns is not None and now_ns - since_ns < SETTLE_NS:
                held.add(key)
                self._keys[key] = (placed_by, since_ns)
            else:
                self._keys[key] = (sort, None)
        self._shown = held_in_place(self._shown, keys, held)
        return self._shown
