"""Bytes in: feeds, each a transport that puts frames into the queue."""

from __future__ import annotations

from collections.abc import Callable, Coroutine

from agentwatch.clock import Clock
from agentwatch.config import FeedConfig
from agentwatch.feeds import replay, websocket
from agentwatch.feeds.queue import FeedQueue
from agentwatch.feeds.status import FeedStatus
from agentwatch.feeds.url import FeedError, FeedUrlError, parse_url

Follow = Callable[[FeedConfig, FeedQueue, FeedStatus, Clock], Coroutine[None, None, None]]

TRANSPORTS: dict[str, Follow] = {
    "ws": websocket.follow,
    "wss": websocket.follow,
    "replay": replay.follow,
}

__all__ = ["TRANSPORTS", "FeedError", "FeedUrlError", "parse_url"]
