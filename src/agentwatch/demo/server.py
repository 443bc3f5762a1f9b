"""Recordings in, live websocket feeds on loopback out, as the Collector's remotetap sends them.

A text frame is one OTLP/JSON document; nothing that a client sends is read; what a client
was not there for is lost.
"""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from agentwatch.clock import NS_PER_S, Clock, now_ns
from agentwatch.demo.rewrite import Move, rewrite

_TIME = re.compile(r'UnixNano":"(\d+)"')
POLICY_VIOLATION = 1008


@dataclass(frozen=True)
class Recording:
    """One feed's documents, the time at which they begin, and after how long they begin again."""

    documents: tuple[str, ...]
    base_ns: int
    lap_ns: int

    def laps(self) -> list[list[tuple[int, str]]]:
        """Return (ns into its lap, document) by the lap in which it is sent: 0, or later.

        What shows work begun before the recording is sent at once.
        """
        laps: list[list[tuple[int, str]]] = [[]]
        for text in self.documents:
            at_ns = last_record_ns(text) - self.base_ns
            lap = max(0, at_ns // self.lap_ns)
            laps += [[] for _ in range(lap + 1 - len(laps))]
            laps[lap].append((max(0, at_ns - lap * self.lap_ns), text))
        return laps


@dataclass
class _Feed:
    recording: Recording
    start_ns: int | None = None
    """When its first client came: the recording begins then."""


def last_record_ns(document: str) -> int:
    """Return the latest time in an OTLP/JSON document; ValueError: it has none."""
    return max(int(digits) for digits in _TIME.findall(document))


def stream(recording: Recording, start_ns: int, speed: float) -> Iterator[tuple[int, str]]:
    """Yield (when it is due, document) in order, lap after lap, without an end.

    What ended a lap late is sent while the next lap runs. Nothing at all without documents.
    """
    if not recording.documents:
        return
    laps = recording.laps()
    for lap in itertools.count():
        due: list[tuple[int, int, str]] = []
        for late, rows in enumerate(laps[: lap + 1]):
            due += [(at_ns, lap - late, text) for at_ns, text in rows]
        clock = Move(recording.base_ns, start_ns, speed, lap, recording.lap_ns)
        for at_ns, told, text in sorted(due, key=lambda row: row[0]):
            move = Move(recording.base_ns, start_ns, speed, told, recording.lap_ns)
            yield clock.time_ns(recording.base_ns + at_ns), rewrite(text, move)


@asynccontextmanager
async def serve_feeds(
    recordings: Mapping[str, Recording], speed: float = 1.0, clock: Clock = now_ns
) -> AsyncIterator[dict[str, str]]:
    """Serve each recording at its own path of one port; yield feed name to `ws://` address.

    A recording begins when its first client connects; speed 2 is twice as fast as life.
    """
    feeds = {name: _Feed(recording) for name, recording in recordings.items()}

    async def handle(client: ServerConnection) -> None:
        path = client.request.path if client.request is not None else ""
        feed = feeds.get(path.partition("?")[0].strip("/"))
        if feed is None:
            await client.close(POLICY_VIOLATION, f"no such feed; there are {', '.join(feeds)}")
            return
        try:
            await _send(client, feed, speed, clock)
        except ConnectionClosed:
            return

    async with serve(
        handle, "127.0.0.1", 0, ping_interval=None, compression=None, close_timeout=1
    ) as server:
        port = server.sockets[0].getsockname()[1]
        yield {name: f"ws://127.0.0.1:{port}/{name}" for name in feeds}


async def _send(client: ServerConnection, feed: _Feed, speed: float, clock: Clock) -> None:
    """Send what is due from now on; returns once the client has gone."""
    joined_ns = clock()
    first = feed.start_ns is None
    if feed.start_ns is None:
        feed.start_ns = joined_ns
    for due_ns, text in stream(feed.recording, feed.start_ns, speed):
        if not first and due_ns < joined_ns:
            continue
        if await _gone_within(client, (due_ns - clock()) / NS_PER_S):
            return
        await client.send(text)


async def _gone_within(client: ServerConnection, seconds: float) -> bool:
    """Wait until a frame is due; True as soon as the client has gone."""
    try:
        async with asyncio.timeout(max(0.0, seconds)):
            await client.wait_closed()
    except TimeoutError:
        return False
    return True
