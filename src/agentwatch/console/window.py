"""A reader's place in a list too long to load in; which stretch to ask for next out. Pure.

The window holds up to 600 rows around the cursor. Every look at the store asks for it anew from a
row that it names, so that what comes in above moves nothing but the count of what lies above.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any

from agentwatch.store.queries.page import Part, Placed, Request

MOST = 600
HALF = MOST // 2
STEP = 200
"""Rows that a list opens with."""

NEAR = 180
"""Rows to an edge at which the next are asked for: ten pages a second must not outrun them."""

Key = Callable[[Any], Hashable]


class Window:
    """The loaded part of a list."""

    def __init__(self, key: Key) -> None:
        self._key = key
        self.reset()

    def reset(self) -> None:
        """Be about another list: nothing is loaded, and its newest rows come first."""
        self.rows: list[Placed] = []
        self.offset = 0
        """Rows above the first that is loaded."""
        self.total = 0
        self.more = False
        """There may be more than `total`."""
        self.at_top = self.at_end = True
        self._leap = -1
        self._displaced: Hashable = None
        """The row under the cursor, where news would have taken it elsewhere."""

    @property
    def items(self) -> list[dict[str, Any]]:
        """The loaded rows."""
        return [row for _, row in self.rows]

    @property
    def leaps(self) -> int:
        """Which end has been asked for and has not come: -1, 1, or 0."""
        return self._leap

    def leap(self, end: int) -> bool:
        """Go to the first (-1) or the last (1) row of all; say whether the store must be asked."""
        if self.at_top if end < 0 else self.at_end:
            return False
        self._leap = end
        return True

    def lacks(self, cursor: Hashable) -> bool:
        """Say whether rows near the cursor are not loaded."""
        at = self._index(cursor)
        near_end = not self.at_end and len(self.rows) - at < NEAR
        return bool(self.rows) and (near_end or (not self.at_top and at < NEAR))

    def request(
        self,
        cursor: Hashable,
        *,
        follows: bool = False,
        held: Mapping[str, Any] | None = None,
    ) -> Request:
        """Return what to ask for; `cursor` is its row's key.

        With `follows` the newest rows are wanted, wherever the window is. `held` finds the cursor's
        row in the store when news have taken it out of the window.
        """
        if self._leap or follows or not self.rows:
            return Request(limit=STEP, from_end=self._leap > 0)
        if cursor != self._displaced:
            self._displaced = None
        loaded, at = len(self.rows), self._index(cursor)
        begin = max(0, at - HALF)
        rises = not begin and (self.at_top or at < NEAR)
        # one more than there is tells whether the end still is the end
        near = not self.at_end and loaded - at < NEAR
        below = at + HALF if near else loaded + self.at_end
        return Request(
            limit=min(MOST - 1, max(STEP, below - begin)),
            first=self.rows[self._in_place(begin)][0],
            above=min(HALF, MOST - NEAR - at) if rises else 0,
            most=MOST - 1,  # the cursor's row may come on top
            held=held,
        )

    def take(self, part: Part, request: Request, cursor: Hashable = None) -> bool:
        """Load what a request found, the cursor's row between its neighbours.

        False: the reader has leapt since, and this is not what he waits for.
        """
        if self._leap and (request.first is not None or request.from_end != (self._leap > 0)):
            return False
        before, self._leap = self.rows, 0
        self.rows = self._held(before, part, cursor) if cursor is not None else part.rows
        self.offset = self._offset(before, part)
        self.total = max(part.total.rows, self.offset + len(self.rows))
        self.more = not part.total.exact
        if part.at_top and part.at_end:
            self.total, self.more = len(self.rows), False
        self.at_top, self.at_end = part.at_top, part.at_end
        return True

    def _offset(self, before: list[Placed], part: Part) -> int:
        """Count what lies above; what is too much to count goes on from what was known."""
        if part.offset.exact:
            return part.offset.rows
        if part.at_end and part.total.exact:
            return part.total.rows - len(part.rows)
        known = {self._key(row): at for at, (_, row) in enumerate(before)}
        for at, (_, row) in enumerate(part.rows):
            if (was := known.get(self._key(row))) is not None:
                return max(part.offset.rows, self.offset + was - at)
        return part.offset.rows

    def _held(self, before: list[Placed], part: Part, cursor: Hashable) -> list[Placed]:
        """Return the rows with the cursor's one where its neighbours are: news would move it."""
        rows, at = part.rows, self._find(before, cursor)
        if at is None:
            return rows
        found = self._find(rows, cursor)
        now = part.held if found is None else rows[found]
        if now is None or (now[0] == before[at][0] and cursor != self._displaced):
            return rows
        others = [each for each in rows if self._key(each[1]) != cursor]
        places = {anchor: place for place, (anchor, _) in enumerate(others)}
        below = next((places[anchor] for anchor, _ in before[at + 1 :] if anchor in places), None)
        if below is None:
            stayed = reversed(before[:at])
            above = next((places[anchor] for anchor, _ in stayed if anchor in places), None)
            if above is None:
                return rows
            below = above + 1
        self._displaced = cursor
        return [*others[:below], now, *others[below:]]

    def _find(self, rows: list[Placed], key: Hashable) -> int | None:
        return next((at for at, (_, row) in enumerate(rows) if self._key(row) == key), None)

    def _index(self, cursor: Hashable) -> int:
        return self._find(self.rows, cursor) or 0

    def _in_place(self, begin: int) -> int:
        """Return the first row from `begin` on that stands where its anchor says."""
        moved = self._key(self.rows[begin][1]) == self._displaced
        return begin + 1 if moved and begin + 1 < len(self.rows) else begin
