"""A recording as a feed: every line once, at its own pace, and then its end."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from agentwatch.clock import NS_PER_S, now_ns
from agentwatch.config import FeedConfig
from agentwatch.feeds import replay
from agentwatch.feeds.queue import FeedQueue
from agentwatch.feeds.status import FeedStatus
from agentwatch.feeds.url import FeedError


async def play(url: str, max_frame_bytes: int = 1000) -> tuple[FeedQueue, FeedStatus]:
    feed = FeedConfig(name="f", url=url, max_frame_bytes=max_frame_bytes)
    queue, status = FeedQueue(), FeedStatus.of(feed)
    await replay.follow(feed, queue, status, now_ns)
    return queue, status


async def test_each_line_is_a_frame_and_a_line_over_the_cap_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a":1}\n\n  \n' + b"x" * 5000 + b'\n{"b":2}')
    queue, status = await play(f"replay:{path}?speed=0")
    frames = [queue.get_nowait(), queue.get_nowait()]
    assert [frame.data for frame in frames if frame] == [b'{"a":1}', b'{"b":2}']
    assert len(queue) == 0
    assert status.frames_too_large == 1
    assert status.at_end
    assert status.state == "closed"


async def test_the_pace_is_that_of_the_records_times_over_the_speed(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    times_ns = [NS_PER_S, 2 * NS_PER_S, 4 * NS_PER_S]
    path.write_text("".join(f'{{"endTimeUnixNano":"{at_ns}"}}\n' for at_ns in times_ns))
    began_s = time.monotonic()
    queue, _ = await play(f"replay:{path}?speed=10")
    assert time.monotonic() - began_s >= 0.3
    assert len(queue) == 3


async def test_a_missing_recording_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match=r"none\.jsonl cannot be read: No such file"):
        await play(f"replay:{tmp_path / 'none.jsonl'}")
