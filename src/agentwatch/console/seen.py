"""Counts of what came in, each feed's records a minute and a second out. Pure.

A minute that is over is counted once. Of the minute that runs only its whole tens of seconds are,
each once, so that a look costs little however much comes.
"""

from __future__ import annotations

from collections.abc import Iterable

from agentwatch.clock import NS_PER_S
from agentwatch.store.queries.feed_view import BUCKET_NS, Counted

MINUTES = 60
MINUTE_NS = 60 * NS_PER_S
RATE_BUCKETS = 6
SETTLE_NS = 2 * NS_PER_S
"""What was received is committed by then."""


class Seen:
    """The last hour, as far as it has been counted."""

    def __init__(self) -> None:
        self._records: dict[tuple[int, int], int] = {}
        """(feed, bucket) → records"""
        self._minutes: set[int] = set()
        """Counted whole."""
        self._until_ns = 0
        """Where the running minute has been counted to."""

    def wanted(self, now_ns: int) -> list[tuple[int, int]]:
        """Return the times that are over and not counted yet, the newest first."""
        settled_ns = now_ns - SETTLE_NS
        minute = settled_ns // MINUTE_NS
        ranges = []
        until_ns = settled_ns // BUCKET_NS * BUCKET_NS
        since_ns = max(minute * MINUTE_NS, self._until_ns)
        if since_ns < until_ns:
            ranges.append((since_ns, until_ns))
        ranges += [
            (each * MINUTE_NS, (each + 1) * MINUTE_NS)
            for each in range(minute - 1, minute - 1 - MINUTES, -1)
            if each not in self._minutes
        ]
        return ranges

    def take(self, counted: Iterable[Counted]) -> None:
        """Take counts in; what is older than the hour goes."""
        for each in counted:
            self._forget(each.since_ns, each.until_ns)
            self._records.update(each.records)
            if each.until_ns - each.since_ns == MINUTE_NS and not each.since_ns % MINUTE_NS:
                self._minutes.add(each.since_ns // MINUTE_NS)
            self._until_ns = max(self._until_ns, each.until_ns)
        oldest = self._until_ns // MINUTE_NS - MINUTES - 1
        if any(minute < oldest for minute in self._minutes):
            self._minutes = {minute for minute in self._minutes if minute >= oldest}
            first = oldest * MINUTE_NS // BUCKET_NS
            self._records = {key: n for key, n in self._records.items() if key[1] >= first}

    def rate(self, feed_id: int, now_ns: int) -> float | None:
        """Return records a second over the last minute; None: not all of it is counted yet."""
        last = self._until_ns // BUCKET_NS
        if now_ns - self._until_ns > MINUTE_NS or not self._is_counted(last - RATE_BUCKETS):
            return None
        records = sum(
            self._records.get((feed_id, bucket), 0) for bucket in range(last - RATE_BUCKETS, last)
        )
        return records / (RATE_BUCKETS * BUCKET_NS / NS_PER_S)

    def minutes(self, feed_id: int, now_ns: int, count: int) -> list[int | None]:
        """Return the records of the last whole minutes, the newest last; None: not counted yet."""
        newest = (now_ns - SETTLE_NS) // MINUTE_NS
        per = MINUTE_NS // BUCKET_NS
        return [
            sum(self._records.get((feed_id, minute * per + at), 0) for at in range(per))
            if minute in self._minutes
            else None
            for minute in range(newest - count, newest)
        ]

    def _is_counted(self, bucket: int) -> bool:
        minute = bucket * BUCKET_NS // MINUTE_NS
        return minute in self._minutes or minute == self._until_ns // MINUTE_NS

    def _forget(self, since_ns: int, until_ns: int) -> None:
        first, end = since_ns // BUCKET_NS, until_ns // BUCKET_NS
        for key in [key for key in self._records if first <= key[1] < end]:
            del self._records[key]
