"""Against real servers on loopback: what remotetap does, and what goes wrong with it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from agentwatch.clock import now_ns
from agentwatch.config import FeedConfig
from agentwatch.feeds import websocket
from agentwatch.feeds.queue import FeedQueue
from agentwatch.feeds.status import FeedStatus
from tests.feeds.certificates import Authority
from tests.feeds.servers import Server, serving

PATIENCE_S = 20.0


class Following:
    """A client at work."""

    def __init__(self, feed: FeedConfig, queue: FeedQueue | None = None) -> None:
        self.queue = FeedQueue() if queue is None else queue
        self.status = FeedStatus.of(feed)
        self.feed = feed
        self.task: asyncio.Task[None]

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not holds():
                assert not self.task.done() or self.task.exception() is None
                await asyncio.sleep(0.01)

    def frames(self) -> list[bytes]:
        found = []
        while (frame := self.queue.get_nowait()) is not None:
            found.append(frame.data)
        return found


@contextlib.asynccontextmanager
async def following(feed: FeedConfig, queue: FeedQueue | None = None) -> AsyncIterator[Following]:
    client = Following(feed, queue)
    async with asyncio.TaskGroup() as group:
        client.task = group.create_task(websocket.follow(feed, client.queue, client.status, now_ns))
        yield client
        client.task.cancel()


def numbered(count: int) -> list[str]:
    return [f'{{"n":{number}}}' for number in range(count)]


async def test_a_server_that_demands_an_origin_gets_one_at_the_second_attempt() -> None:
    async with serving(Server(numbered(3), demand_origin=True)) as server:
        async with following(FeedConfig(name="f", url=server.url())) as client:
            await client.until(lambda: len(client.queue) == 3)
            assert client.status.state == "live"
        assert server.answered == [403, 101]
        assert "Origin" not in server.requests[0]
        assert server.requests[1]["Origin"] == f"http://127.0.0.1:{server.port}"


async def test_every_frame_survives_a_cut_and_every_cut_leaves_a_gap() -> None:
    async with (
        serving(Server(numbered(200), cut_every=50)) as server,
        following(FeedConfig(name="f", url=server.url())) as client,
    ):
        await client.until(lambda: len(client.queue) == 200)
        assert client.frames() == [frame.encode() for frame in numbered(200)]
        gaps = client.status.drain_gaps()
        ended = [gap for gap in gaps if gap.until_ns is not None]
        assert len(ended) == 3
        assert all(gap.since_ns < (gap.until_ns or 0) for gap in ended)
        assert "cut the connection" in ended[0].reason


@pytest.mark.parametrize("code", [401, 403])
async def test_a_refusal_is_for_good_and_says_what_to_do(code: int) -> None:
    async with (
        serving(Server(status=code)) as server,
        following(FeedConfig(name="f", url=server.url())) as client,
    ):
        await client.until(client.task.done)
        assert client.status.refused
        assert client.status.state == "closed"
        assert f"HTTP {code}" in (client.status.reason or "")
        assert "token" in (client.status.reason or "")


async def test_another_answer_is_tried_again() -> None:
    async with (
        serving(Server(status=503)) as server,
        following(FeedConfig(name="f", url=server.url())) as client,
    ):
        await client.until(lambda: len(server.answered) > 2)
        assert client.status.state == "connecting"
        assert "503" in (client.status.reason or "")
        server.status = None
        await client.until(lambda: client.status.state == "live")
        assert client.status.reason is None


async def test_the_token_goes_into_a_header(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEED_TOKEN", "s3cret")
    async with serving(Server(numbered(1), token="s3cret")) as server:  # noqa: S106 - a test's
        feed = FeedConfig(name="f", url=server.url(), token="env:FEED_TOKEN")  # noqa: S106
        async with following(feed) as client:
            await client.until(lambda: len(client.queue) == 1)


async def test_a_missing_token_refuses_this_feed_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FEED_TOKEN", raising=False)
    feed = FeedConfig(name="f", url="ws://127.0.0.1:9/", token="env:FEED_TOKEN")  # noqa: S106
    async with following(feed) as client:
        await client.until(client.task.done)
        assert client.status.refused
        assert client.status.reason == "The secret env:FEED_TOKEN is not set in the environment."


async def test_a_frame_over_the_cap_closes_the_connection_and_is_counted() -> None:
    frames = ["x" * 2000, *numbered(2)]
    async with serving(Server(frames, cut_every=1)) as server:
        feed = FeedConfig(name="f", url=server.url(), max_frame_bytes=1000)
        async with following(feed) as client:
            await client.until(lambda: len(client.queue) == 2)
            assert client.status.frames_too_large == 1
            assert "over 1000 bytes" in client.status.drain_gaps()[0].reason


async def test_a_deflate_bomb_is_closed_before_it_is_unpacked() -> None:
    async with serving(
        Server(["\0" * 50_000_000, *numbered(1)], deflate=True, cut_every=1)
    ) as server:
        feed = FeedConfig(name="f", url=server.url(), max_frame_bytes=100_000)
        async with following(feed) as client:
            await client.until(lambda: len(client.queue) == 1)
            assert client.status.frames_too_large == 1
            assert client.frames() == [b'{"n":0}']


async def test_a_full_queue_drops_the_oldest_and_never_stops_reading() -> None:
    queue = FeedQueue(max_frames=10)
    async with (
        serving(Server(numbered(100))) as server,
        following(FeedConfig(name="f", url=server.url()), queue) as client,
    ):
        await client.until(lambda: server.sent == 100 and queue.dropped_by("f") == 90)
        assert client.frames() == [frame.encode() for frame in numbered(100)[90:]]


async def test_a_client_certificate_opens_a_door_that_is_shut_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    tls = authority.server_context(authority.issue("server", "127.0.0.1"), clients=True)
    async with serving(Server(numbered(1)), tls) as server:
        url = server.url(scheme="wss")
        certificate = str(authority.issue("console"))
        async with following(
            FeedConfig(name="f", url=url, client_certificate=certificate)
        ) as with_:
            await with_.until(lambda: len(with_.queue) == 1)
        async with following(FeedConfig(name="f", url=url)) as without:
            await without.until(lambda: without.status.reason is not None)
            assert len(without.queue) == 0
        missing = FeedConfig(name="f", url=url, client_certificate=str(tmp_path / "none.pem"))
        async with following(missing) as client:
            await client.until(client.task.done)
            assert client.status.refused
            assert "none.pem" in (client.status.reason or "")


@pytest.mark.parametrize(
    ("host", "days", "trusted", "word"),
    [
        ("127.0.0.1", -1, True, "expired"),
        ("127.0.0.2", 1, True, "IP address mismatch"),
        ("127.0.0.1", 1, False, "unable to get"),
    ],
)
async def test_a_bad_certificate_is_refused_for_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, days: int, trusted: bool, word: str
) -> None:
    authority = Authority(tmp_path)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    tls = authority.server_context(authority.issue("server", host, days))
    async with (
        serving(Server(numbered(1)), tls) as server,
        following(FeedConfig(name="f", url=server.url(scheme="wss"))) as client,
    ):
        await client.until(client.task.done)
        assert client.status.refused
        assert word in (client.status.reason or "")


@pytest.mark.long
async def test_a_server_that_answers_no_ping_is_kept() -> None:
    """A client that pings by default gives up after 40 s."""
    async with (
        serving(Server(numbered(2), pause_s=45.0)) as server,
        following(FeedConfig(name="f", url=server.url())) as client,
    ):
        async with asyncio.timeout(60):
            while len(client.queue) < 2:
                await asyncio.sleep(0.1)
        assert client.status.drain_gaps() == []
        assert len(server.requests) == 1
