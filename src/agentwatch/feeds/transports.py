"""A URL's scheme in, the transport that follows such feeds out. Only the recorder loads them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine

from agentwatch.clock import Clock
from agentwatch.config import FeedConfig
from agentwatch.feeds import replay, websocket
from agentwatch.feeds.queue import FeedQueue
from agentwatch.feeds.status import FeedStatus

Follow = Callable[[FeedConfig, FeedQueue, FeedStatus, Clock], Coroutine[None, None, None]]

TRANSPORTS: dict[str, Follow] = {
    "ws": websocket.follow,
    "wss": websocket.follow,
    "replay": replay.follow,
}
