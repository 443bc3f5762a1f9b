"""A JSONL file of OTLP/JSON documents in, its frames out at the pace of their own times."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator
from pathlib import Path

from agentwatch.clock import NS_PER_S, Clock
from agentwatch.config import FeedConfig
from agentwatch.feeds.queue import FeedQueue
from agentwatch.feeds.status import FeedStatus
from agentwatch.feeds.url import FeedError, parse_url
from agentwatch.model import Frame

_TIMES = re.compile(rb'"(?:endT|observedT|t)imeUnixNano"\s*:\s*"?(\d{1,20})')
_LONGEST_WAIT_S = 3600.0
FRAMES_A_TURN = 64
"""As fast as it goes, so many frames are read before the recorder has its turn: one batch."""


async def follow(feed: FeedConfig, queue: FeedQueue, status: FeedStatus, clock: Clock) -> None:
    """Put every line of the file into the queue; ends with the file. Raises FeedError."""
    url = parse_url(feed.url)
    first_ns: int | None = None
    started_s = time.monotonic()
    status.opened(clock())
    try:
        for number, data in enumerate(_documents(Path(url.path), feed.max_frame_bytes)):
            if data is None:
                status.frames_too_large += 1
                continue
            if url.speed > 0 and (at_ns := newest_ns(data)) is not None:
                first_ns = at_ns if first_ns is None else first_ns
                due_s = started_s + (at_ns - first_ns) / NS_PER_S / url.speed
                await asyncio.sleep(min(max(0.0, due_s - time.monotonic()), _LONGEST_WAIT_S))
            now_ns = clock()
            status.frame_came(now_ns)
            await queue.put_when_room(Frame(feed.name, data, now_ns))
            if url.speed > 0 or number % FRAMES_A_TURN == 0:
                await asyncio.sleep(0)
    except OSError as error:
        raise FeedError(f"The recording {url.path} cannot be read: {error.strerror}.") from error
    status.ended()


def newest_ns(document: bytes) -> int | None:
    """Return the latest time that a document's records carry, without decoding it."""
    times = [int(digits) for digits in _TIMES.findall(document)]
    return max(times, default=None)


def _documents(path: Path, max_bytes: int) -> Iterator[bytes | None]:
    """Yield each line that holds anything; None in place of one over `max_bytes`."""
    with path.open("rb") as file:
        while line := file.readline(max_bytes + 1):
            if len(line) > max_bytes:
                while line and not line.endswith(b"\n"):
                    line = file.readline(max_bytes)
                yield None
            elif data := line.strip():
                yield data
