"""Frames in, frames out; whoever receives never waits: the oldest is dropped and counted."""

from __future__ import annotations

import asyncio
from collections import Counter, deque

from agentwatch.model import Frame

MAX_FRAMES = 4_096
MAX_BYTES = 128 * 1024 * 1024


class FeedQueue:
    """A bounded queue for each feed, served in turn, so that a flood of one starves no other."""

    def __init__(self, max_frames: int = MAX_FRAMES, max_bytes: int = MAX_BYTES) -> None:
        self._max_frames = max_frames
        self._max_bytes = max_bytes
        self._frames: dict[str, deque[Frame]] = {}
        self._bytes: Counter[str] = Counter()
        self._dropped: Counter[str] = Counter()
        self._turn: deque[str] = deque()
        self._filled = asyncio.Event()
        self._room = asyncio.Event()
        self._closed = False

    def __len__(self) -> int:
        return sum(map(len, self._frames.values()))

    def dropped_by(self, feed: str) -> int:
        """Return how many frames of a feed found no room."""
        return self._dropped[feed]

    def put(self, frame: Frame) -> None:
        """Take a frame; where there is no room, the feed's oldest go and are counted."""
        frames = self._frames.get(frame.feed)
        if frames is None:
            frames = self._frames[frame.feed] = deque()
            self._turn.append(frame.feed)
        while frames and self._is_full(frame):
            self._bytes[frame.feed] -= len(frames.popleft().data)
            self._dropped[frame.feed] += 1
        frames.append(frame)
        self._bytes[frame.feed] += len(frame.data)
        self._filled.set()

    async def put_when_room(self, frame: Frame) -> None:
        """Take a frame once there is room: for files, which can wait."""
        while self._frames.get(frame.feed) and self._is_full(frame):
            self._room.clear()
            await self._room.wait()
        self.put(frame)

    def get_nowait(self) -> Frame | None:
        """Return the next frame of the feed whose turn it is, None where none waits."""
        for _ in range(len(self._turn)):
            feed = self._turn[0]
            self._turn.rotate(-1)
            frames = self._frames[feed]
            if frames:
                frame = frames.popleft()
                self._bytes[feed] -= len(frame.data)
                self._room.set()
                return frame
        self._filled.clear()
        return None

    async def get(self) -> Frame | None:
        """Wait for a frame; None once the queue is closed and empty."""
        while (frame := self.get_nowait()) is None and not self._closed:
            await self._filled.wait()
        return frame

    def close(self) -> None:
        """No frame comes any more; what waits is still served."""
        self._closed = True
        self._filled.set()

    def _is_full(self, frame: Frame) -> bool:
        frames = self._frames[frame.feed]
        size = self._bytes[frame.feed] + len(frame.data)
        return len(frames) >= self._max_frames or size > self._max_bytes
