"""Bounded, fair, and honest about what it dropped."""

from __future__ import annotations

import asyncio

from agentwatch.feeds.queue import FeedQueue
from agentwatch.model import Frame


def frame(feed: str, text: str) -> Frame:
    return Frame(feed, text.encode(), 0)


def drain(queue: FeedQueue) -> list[str]:
    found = []
    while (each := queue.get_nowait()) is not None:
        found.append(f"{each.feed}{each.data.decode()}")
    return found


def test_a_flood_of_one_feed_drops_its_own_oldest_and_starves_no_other() -> None:
    queue = FeedQueue(max_frames=3)
    queue.put(frame("b", "0"))
    for number in range(6):
        queue.put(frame("a", str(number)))
    assert queue.dropped_by("a") == 3
    assert queue.dropped_by("b") == 0
    assert drain(queue) == ["b0", "a3", "a4", "a5"]


def test_bytes_are_bounded_as_frames_are_and_a_large_frame_still_passes_alone() -> None:
    queue = FeedQueue(max_bytes=10)
    queue.put(frame("a", "12345"))
    queue.put(frame("a", "67890"))
    queue.put(frame("a", "x"))
    assert (queue.dropped_by("a"), len(queue)) == (1, 2)
    queue.put(frame("a", "y" * 50))
    assert (queue.dropped_by("a"), len(queue)) == (3, 1)


async def test_a_file_waits_for_room_and_loses_nothing() -> None:
    queue = FeedQueue(max_frames=2)

    async def play() -> None:
        for number in range(10):
            await queue.put_when_room(frame("a", str(number)))
        queue.close()

    found = []
    async with asyncio.TaskGroup() as group:
        group.create_task(play())
        while (each := await queue.get()) is not None:
            found.append(each.data.decode())
            await asyncio.sleep(0)
    assert found == [str(number) for number in range(10)]
    assert queue.dropped_by("a") == 0


async def test_a_closed_queue_serves_what_waits_and_then_nothing() -> None:
    queue = FeedQueue()
    queue.put(frame("a", "1"))
    queue.close()
    first = await queue.get()
    assert first is not None
    assert await queue.get() is None
