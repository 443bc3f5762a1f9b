"""Feeds in, the store's rows out: receive, decode, insert, one transaction a batch.

Everything runs on one event loop: the feeds' tasks only receive into the bounded queue, and a
batch is short enough (records and milliseconds) that they are never kept waiting long.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from agentwatch import attribution
from agentwatch.clock import now_ns
from agentwatch.config import Config, ConfigError, FeedConfig
from agentwatch.decode import DecodeError, decode
from agentwatch.decode.shift import earliest_ns, newest_ns, shifted
from agentwatch.feeds.queue import FeedQueue
from agentwatch.feeds.status import FeedStatus
from agentwatch.feeds.transports import TRANSPORTS
from agentwatch.feeds.url import parse_url
from agentwatch.kpi.prices import PriceError, Prices, read_table
from agentwatch.model import Frame, Records, Resource
from agentwatch.store.feeds import FeedLedger
from agentwatch.store.indexing import Indexer
from agentwatch.store.masking import Mask
from agentwatch.store.retention import prune
from agentwatch.store.schema import ProcessLock, StoreError, open_store
from agentwatch.store.writer import Writer
from agentwatch.tally import stats
from agentwatch.untrusted import Redactor

BATCH_RECORDS = 4_000
BATCH_S = 0.1
"""A batch is committed when it holds this many records, or decoding has taken half this long."""

LINGER_S = 0.005
"""So long a batch that is not full waits for the next frame: a commit costs as much as 50 spans."""

BOUND_CACHED = 4_096
"""Processes whose bound agent is remembered: asked for at every span."""

BEAT_S = 2.0
PRUNE_EVERY_S = 60.0
RETRY_S = 1.0
BUSY_S = 1.0
"""So long after a frame the recorder counts as busy, and the find index takes less of its time."""

UNWATCHED_S = 60.0
"""A recorder that a console started ends this long after the last console has gone."""

OK, REFUSED, NOTHING_CAME = 0, 2, 4


class Ending(Struct, frozen=True):
    """When a recorder ends by itself; None is never."""

    until_idle_s: float | None = None
    duration_s: float | None = None
    watched: Callable[[], bool] | None = None


class Outcome(Struct, frozen=True):
    """How a recorder ended: an exit code of the command line, its account, why it failed."""

    exit_code: int
    stats: dict[str, int | float]
    reason: str | None = None


class Recorder:
    """One recorder of one store."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        config: Config,
        feeds: Sequence[FeedConfig],
        prices: Path,
    ) -> None:
        self._connection = connection
        self._prices = prices
        self._feeds = feeds
        self._queue = FeedQueue()
        self._ledger = FeedLedger(connection)
        self._index = Indexer(connection)
        self._said: Counter[str] = Counter()
        self._stop = asyncio.Event()
        self._started_s = time.monotonic()
        self._started_ns = now_ns()
        self._last_frame_s: float | None = None
        self._pruned = 0
        """Rows that the last prune deleted: where there were some, more may wait."""
        self._offsets_ns: dict[str, int] = {}
        self._statuses = {feed.name: self._open(feed) for feed in feeds}
        self.apply(config)

    def apply(self, config: Config) -> None:
        """Take a configuration, at the start or anew; feeds keep those of the start."""
        own = read_table(self._prices) if self._prices.exists() else {}
        self._config = config
        self._bound = lru_cache(BOUND_CACHED)(config.bound_agent)
        self._mask = Mask(Redactor(config.redact.patterns, config.redact.enabled))
        self._writer = Writer(
            self._connection, key_of=self._agent_key, prices=Prices(own), mask=self._mask
        )

    def _agent_key(self, resource: Resource, name: str | None, agent_id: str | None) -> str:
        bound = self._bound(resource.claimed_identities)
        return attribution.agent_key(resource, bound, name, agent_id)

    def _open(self, feed: FeedConfig) -> FeedStatus:
        status = FeedStatus.of(feed)
        gap = self._ledger.open(status)
        if gap is not None:
            status.resume(gap)
        return status

    def stop(self) -> None:
        """Ask for a clean end: what has been received is stored first."""
        self._stop.set()

    async def run(self, ending: Ending) -> Outcome:
        """Record until stopped, idle, out of time or at the end of every feed."""
        async with asyncio.TaskGroup() as group:
            followers = [group.create_task(self._follow(feed)) for feed in self._feeds]
            others = [
                group.create_task(self._keep(ending)),
                group.create_task(_stop_after(followers, self._stop)),
            ]
            group.create_task(self._store_frames())
            await self._stop.wait()
            for task in (*followers, *others):
                task.cancel()
            self._queue.close()
        for status in self._statuses.values():
            status.closed()
        await self._persist(self._beat)
        outcome = self._outcome(ending)
        self._index.finish()
        return outcome

    async def _follow(self, feed: FeedConfig) -> None:
        follow = TRANSPORTS[parse_url(feed.url).scheme]
        await follow(feed, self._queue, self._statuses[feed.name], now_ns)

    async def _store_frames(self) -> None:
        """Store what comes until the queue is closed, and then what waits in it."""
        while (frame := await self._queue.get()) is not None:
            await self._store_batch(frame)

    async def _store_batch(self, frame: Frame | None) -> None:
        """Decode frames until the batch is full, then write it in one transaction."""
        batch: list[tuple[Frame, Records | DecodeError]] = []
        began_s, held = time.monotonic(), 0
        self._last_frame_s = began_s
        while frame is not None:
            records = self._decode(frame)
            batch.append((frame, records))
            held += len(records) if isinstance(records, Records) else 1
            if held >= BATCH_RECORDS or time.monotonic() - began_s > BATCH_S / 2:
                break
            frame = self._queue.get_nowait()
            if frame is None:
                # a transport hands over about two large frames a turn: let it take its turns
                await asyncio.sleep(LINGER_S)
                frame = self._queue.get_nowait()
        await self._persist(lambda: self._insert(batch))
        await asyncio.sleep(0)

    def _decode(self, frame: Frame) -> Records | DecodeError:
        try:
            records = decode(frame.data)
        except DecodeError as error:
            return error
        if self._statuses[frame.feed].clock == "shift" and len(records):
            first_ns = earliest_ns(records) or frame.received_ns
            offset_ns = self._offsets_ns.setdefault(frame.feed, frame.received_ns - first_ns)
            records = shifted(records, offset_ns)
        return records

    def _insert(self, batch: Sequence[tuple[Frame, Records | DecodeError]]) -> None:
        """Write one batch; what it counts stands only when its commit does."""
        said: Counter[str] = Counter(commits=1)
        self._ledger.begin()
        self._writer.begin(now_ns())
        try:
            for frame, records in batch:
                if isinstance(records, DecodeError):
                    self._ledger.rejected(frame.feed, records.reason)
                else:
                    said.update(self._insert_frame(frame, records))
            self._ledger.save(self._statuses.values(), self._queue.dropped_by)
            self._writer.commit()
        except BaseException:
            self._writer.rollback()
            self._ledger.undo()
            raise
        self._ledger.committed()
        self._said += said

    def _insert_frame(self, frame: Frame, records: Records) -> dict[str, int]:
        masked = self._mask.masked
        inserted = self._writer.add(
            self._ledger.id_of(frame.feed),
            records,
            frame.received_ns,
            wall_clock=self._statuses[frame.feed].clock == "wall",
        )
        self._ledger.stored(frame, records, newest_ns(records))
        self._ledger.fault(frame.feed, "secret", self._mask.masked - masked)
        self._ledger.fault(frame.feed, "collision", inserted.collisions)
        return {
            "spans": len(records.spans) + records.spans_rejected,
            "spans_new": inserted.spans_new,
            "spans_duplicate": inserted.spans_duplicate,
            "spans_rejected": records.spans_rejected,
            "logs": len(records.events),
            "metrics": len(records.points),
        }

    async def _persist(self, write: Callable[[], None]) -> None:
        """Write; while the disk is full or the store locked, say so and try again."""
        while True:
            try:
                return write()
            except sqlite3.OperationalError as error:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                if self._stop.is_set():
                    raise StoreError(f"The last batch could not be stored: {error}.") from error
                for status in self._statuses.values():
                    status.reason = f"the store cannot be written: {error}"
                await asyncio.sleep(RETRY_S)

    async def _keep(self, ending: Ending) -> None:
        """Beat, judge the feeds' silence, prune, and end what has gone on long enough."""
        due = dict.fromkeys(("beat", "prune"), self._started_s)
        seen_s = self._started_s
        while not self._stop.is_set():
            at_s = time.monotonic()
            if at_s >= due["beat"]:
                due["beat"] = at_s + BEAT_S
                for status in self._statuses.values():
                    status.judge(now_ns())
                await self._persist(self._beat)
            if at_s >= due["prune"]:
                await self._persist(self._prune)
                gc.collect()
                due["prune"] = at_s + (BEAT_S if self._pruned else PRUNE_EVERY_S)
            # after the prune: what that deletes is out of the index before anything is added
            self._index.turn(self._is_busy(at_s))
            if ending.watched is None or ending.watched():
                seen_s = at_s
            if at_s - seen_s >= UNWATCHED_S or self._is_over(at_s, ending):
                self.stop()
            await asyncio.sleep(0.1)

    def _is_busy(self, at_s: float) -> bool:
        return self._last_frame_s is not None and at_s - self._last_frame_s < BUSY_S

    def _is_over(self, at_s: float, ending: Ending) -> bool:
        if ending.duration_s is not None and at_s - self._started_s >= ending.duration_s:
            return True
        idle_s = ending.until_idle_s
        if idle_s is None or len(self._queue):
            return False
        if self._last_frame_s is None:
            return at_s - self._started_s >= max(10 * idle_s, 30.0)
        return at_s - self._last_frame_s >= idle_s

    def _beat(self) -> None:
        beat = {"pid": os.getpid(), "started_ns": self._started_ns, "heartbeat_ns": now_ns()}
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute(
            "INSERT INTO meta (key, value) VALUES ('recorder', ?) "
            "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (json.dumps(beat),),
        )
        self._ledger.save(self._statuses.values(), self._queue.dropped_by)
        self._ledger.judge_sampling(now_ns())
        self._connection.execute("COMMIT")
        self._ledger.committed()

    def _prune(self) -> None:
        store = self._config.store
        self._pruned = prune(self._connection, now_ns(), store.retain_days, store.retain_bytes)

    def _outcome(self, ending: Ending) -> Outcome:
        statuses = list(self._statuses.values())
        account = stats(self._ledger, self._said, time.monotonic() - self._started_s)
        refused = [status for status in statuses if status.refused]
        if statuses and len(refused) == len(statuses):
            return Outcome(REFUSED, account, refused[0].reason)
        ended = all(status.at_end for status in statuses)
        if ending.until_idle_s is not None and self._last_frame_s is None and not ended:
            return Outcome(NOTHING_CAME, account, "No frame came from any feed.")
        return Outcome(OK, account)


async def _stop_after(followers: Sequence[asyncio.Task[None]], stop: asyncio.Event) -> None:
    await asyncio.gather(*followers)
    stop.set()


async def record(
    config: Config,
    store: Path,
    feeds: Sequence[FeedConfig],
    ending: Ending,
    *,
    prices: Path,
    reload: Callable[[], Config] | None = None,
    complain: Callable[[str], None],
) -> Outcome:
    """Record `feeds` into `store` until a signal, the ending or the feeds' own end.

    Raises StoreError, FeedError or PriceError, each one sentence, where it cannot begin.
    """
    with ProcessLock(store, "recorder"):
        connection = open_store(store, group=config.store.group)
        try:
            recorder = Recorder(connection, config, feeds, prices)
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, recorder.stop)
            if reload is not None:
                loop.add_signal_handler(signal.SIGHUP, _reload, recorder, reload, complain)
            # a batch has no cycles and goes when done; looking for some all along costs a tenth
            gc.disable()
            return await recorder.run(ending)
        finally:
            connection.close()
            gc.enable()


def _reload(
    recorder: Recorder, reload: Callable[[], Config], complain: Callable[[str], None]
) -> None:
    try:
        recorder.apply(reload())
    except (ConfigError, PriceError) as error:
        complain(f"{error} The last good configuration stays.")
