"""What became of every frame in, the rows of `feeds` and `gaps` out.

frames = stored + empty + rejected + dropped, at every commit: a frame is counted in the
transaction that stores it, and one still in the queue is not counted yet.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, deque
from collections.abc import Callable, Iterable
from typing import Protocol

from agentwatch.clock import NS_PER_S
from agentwatch.model import Frame, Gap, Records

SKEW_FRAMES = 50
SAMPLED_OVER_RATIO = 0.05
SAMPLED_RUNS = 200
SETTLED_NS = 60 * NS_PER_S
COUNTERS = ("stored", "empty", "rejected", "dropped")


class Status(Protocol):
    """What the ledger reads of a feed's status."""

    name: str
    url: str
    kind: str
    reason: str | None
    last_frame_ns: int | None
    frames_too_large: int

    @property
    def clock(self) -> str: ...

    @property
    def state(self) -> str: ...

    @property
    def interval_s(self) -> float | None: ...

    def drain_gaps(self) -> list[Gap]: ...


class _Account:
    """One feed's counts: what the store had at the start, and what came since."""

    def __init__(self, feed_id: int, base: Counter[str], rejections: str, faults: str) -> None:
        self.feed_id = feed_id
        self.base = base
        self.counts: Counter[str] = Counter()
        self.rejections: Counter[str] = Counter(json.loads(rejections))
        self.faults: Counter[str] = Counter(json.loads(faults))
        self.last_record_ns: int | None = None
        self.ahead_ns: deque[int] = deque(maxlen=SKEW_FRAMES)

    def total(self, name: str) -> int:
        return self.base[name] + self.counts[name]


class FeedLedger:
    """The accounts of this recorder's feeds."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._accounts: dict[str, _Account] = {}
        self._saved: dict[str, tuple[Counter[str], Counter[str], Counter[str]]] = {}
        self._gaps: list[tuple[int, Gap]] = []
        self._new_gaps = 0
        self.gaps = 0

    def open(self, status: Status) -> Gap | None:
        """Find or make the row of a feed; return the gap that an earlier recorder left behind."""
        self._connection.execute(
            "INSERT INTO feeds (name, url, kind, clock, state) VALUES (?, ?, ?, ?, 'connecting') "
            "ON CONFLICT (name) DO UPDATE SET url = excluded.url, kind = excluded.kind, "
            "clock = excluded.clock, state = excluded.state, reason = NULL",
            (status.name, status.url, status.kind, status.clock),
        )
        feed_id, rejections, faults, *counts = self._connection.execute(
            "SELECT id, rejections, faults, frames_stored, frames_empty, frames_rejected, "
            "frames_dropped, spans, spans_rejected FROM feeds WHERE name = ?",
            (status.name,),
        ).fetchone()
        base = Counter(dict(zip((*COUNTERS, "spans", "spans_rejected"), counts, strict=True)))
        self._accounts[status.name] = _Account(feed_id, base, rejections, faults)
        return self._left_behind(feed_id, status)

    def _left_behind(self, feed_id: int, status: Status) -> Gap | None:
        """A gap that is still open, else the time since the last recorder's sign of life."""
        if status.clock != "wall":
            return None
        gap = self._connection.execute(
            "SELECT since_ns, reason FROM gaps WHERE feed_id = ? AND until_ns IS NULL "
            "ORDER BY since_ns DESC LIMIT 1",
            (feed_id,),
        ).fetchone()
        if gap is not None:
            return Gap(status.name, gap[0], None, gap[1])
        last_ns, beat = self._connection.execute(
            "SELECT last_frame_ns, (SELECT value FROM meta WHERE key = 'recorder') "
            "FROM feeds WHERE id = ?",
            (feed_id,),
        ).fetchone()
        if last_ns is None:
            return None
        beat_ns = json.loads(beat)["heartbeat_ns"] if beat else 0
        return Gap(status.name, max(last_ns, beat_ns), None, "no recorder ran")

    def id_of(self, feed: str) -> int:
        """Return the row of a feed."""
        return self._accounts[feed].feed_id

    def begin(self) -> None:
        """Remember the counts, in case the batch is undone."""
        self._saved = {
            name: (account.counts.copy(), account.rejections.copy(), account.faults.copy())
            for name, account in self._accounts.items()
        }

    def undo(self) -> None:
        """Take back what was counted since `begin`."""
        for name, (counts, rejections, faults) in self._saved.items():
            account = self._accounts[name]
            account.counts, account.rejections, account.faults = counts, rejections, faults

    def rejected(self, feed: str, reason: str) -> None:
        """Count a frame that could not be decoded."""
        account = self._accounts[feed]
        account.counts["rejected"] += 1
        account.rejections[reason] += 1

    def stored(self, frame: Frame, records: Records, newest_ns: int | None) -> None:
        """Count a frame that was decoded: as empty where it held no record."""
        account = self._accounts[frame.feed]
        told = len(records) + records.spans_rejected
        account.counts["stored" if told else "empty"] += 1
        account.counts["spans"] += len(records.spans)
        account.counts["spans_rejected"] += records.spans_rejected
        account.faults.update(records.faults)
        if newest_ns is not None:
            account.last_record_ns = max(account.last_record_ns or 0, newest_ns)
            account.ahead_ns.append(newest_ns - frame.received_ns)

    def fault(self, feed: str, name: str, count: int) -> None:
        """Count what was mended or masked in a feed's records."""
        if count:
            self._accounts[feed].faults[name] += count

    def save(self, statuses: Iterable[Status], dropped_by: Callable[[str], int]) -> None:
        """Write every feed's row and the gaps that opened or ended; `committed` follows."""
        self._new_gaps = 0
        for status in statuses:
            account = self._accounts[status.name]
            self._count_lost(account, status, dropped_by(status.name))
            skew_s = max(account.ahead_ns, default=0) / NS_PER_S
            self._connection.execute(
                "UPDATE feeds SET state = ?, reason = ?, last_frame_ns = coalesce(?, "
                "last_frame_ns), last_record_ns = nullif(max(coalesce(?, 0), "
                "coalesce(last_record_ns, 0)), 0), "
                "interval_s = coalesce(?, interval_s), skew_s = ?, frames = ?, "
                "frames_stored = ?, frames_empty = ?, frames_rejected = ?, frames_dropped = ?, "
                "spans = ?, spans_rejected = ?, rejections = ?, faults = ? WHERE id = ?",
                (
                    status.state, status.reason, status.last_frame_ns, account.last_record_ns,
                    status.interval_s,
                    skew_s if status.clock == "wall" and account.ahead_ns else None,
                    sum(account.total(name) for name in COUNTERS),
                    *(account.total(name) for name in COUNTERS), account.total("spans"),
                    account.total("spans_rejected"), json.dumps(account.rejections),
                    json.dumps(account.faults), account.feed_id,
                ),
            )  # fmt: skip
            self._gaps += [(account.feed_id, gap) for gap in status.drain_gaps()]
        for feed_id, gap in self._gaps:
            self._write_gap(feed_id, gap)

    def committed(self) -> None:
        """What was saved stands; until then it is written again with the next batch."""
        self.gaps += self._new_gaps
        self._gaps.clear()
        self._new_gaps = 0

    def judge_sampling(self, now_ns: int) -> None:
        """Mark the feeds of whose last settled runs too many miss a parent."""
        for account in self._accounts.values():
            runs, torn = self._connection.execute(
                "SELECT count(*), coalesce(sum(orphan_count > 0), 0) FROM (SELECT orphan_count "
                "FROM runs WHERE received_ns < ? AND feed_id = ? "
                "ORDER BY received_ns DESC LIMIT ?)",
                (now_ns - SETTLED_NS, account.feed_id, SAMPLED_RUNS),
            ).fetchone()
            sampled = runs > 0 and torn / runs > SAMPLED_OVER_RATIO
            self._connection.execute(
                "UPDATE feeds SET sampled = ? WHERE id = ?", (int(sampled), account.feed_id)
            )

    def account(self) -> dict[str, int]:
        """Return the frames that this recorder counted, by what became of them."""
        sums = {
            f"frames_{name}": sum(account.counts[name] for account in self._accounts.values())
            for name in COUNTERS
        }
        return {"frames": sum(sums.values()), **sums}

    def _count_lost(self, account: _Account, status: Status, dropped: int) -> None:
        account.counts["dropped"] = dropped
        new = status.frames_too_large - account.counts["too_large"]
        if new:
            account.counts["too_large"] += new
            account.counts["rejected"] += new
            account.rejections["too_large"] += new

    def _write_gap(self, feed_id: int, gap: Gap) -> None:
        updated = self._connection.execute(
            "UPDATE gaps SET until_ns = ?, reason = ? WHERE feed_id = ? AND since_ns = ?",
            (gap.until_ns, gap.reason, feed_id, gap.since_ns),
        ).rowcount
        if not updated:
            self._new_gaps += 1
            self._connection.execute(
                "INSERT INTO gaps (feed_id, since_ns, until_ns, reason) VALUES (?, ?, ?, ?)",
                (feed_id, gap.since_ns, gap.until_ns, gap.reason),
            )
