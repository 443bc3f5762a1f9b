"""OTLP/JSON frames from a websocket server in, queued out: as the Collector's remotetap sends them.

That server never reads, so it answers no ping; what it sends while nobody listens is lost, and a
client that stops reading blocks the pipeline behind it. So: no pings, a gap at every reconnect, and
a task that does nothing but receive.
"""

from __future__ import annotations

import asyncio
import random
import ssl
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidStatus,
    PayloadTooBig,
    WebSocketException,
)
from websockets.typing import Origin

from agentwatch.clock import Clock
from agentwatch.config import FeedConfig, read_secret
from agentwatch.feeds.queue import FeedQueue
from agentwatch.feeds.status import FeedStatus
from agentwatch.model import Frame

FIRST_BACKOFF_S = 0.1
LONGEST_BACKOFF_S = 30.0
OPEN_TIMEOUT_S = 10.0
TOO_LARGE = 1009


async def follow(feed: FeedConfig, queue: FeedQueue, status: FeedStatus, clock: Clock) -> None:
    """Receive until cancelled, reconnecting; returns only when refused for good."""
    attempts, origin = 0, False
    while True:
        frame_ns = status.last_frame_ns
        try:
            async with _connection(feed, origin) as connection:
                status.opened(clock())
                await _receive(connection, feed, queue, status, clock)
        except InvalidStatus as error:
            code = error.response.status_code
            if code == 403 and not origin:
                origin = True
                continue
            if code in (401, 403):
                status.refuse(f"{_host(feed)} refused us (HTTP {code}); check the feed's token.")
                return
            status.failed(f"{_host(feed)} answered HTTP {code} in place of a websocket")
        except ssl.SSLCertVerificationError as error:
            status.refuse(f"The certificate of {_host(feed)} is not valid: {error.verify_message}.")
            return
        except (OSError, InvalidHandshake, WebSocketException, TimeoutError) as error:
            status.failed(f"{_host(feed)} cannot be reached: {_said(error)}")
        if status.last_frame_ns != frame_ns:
            attempts = 0
        # full jitter keeps many consoles from coming back at the same instant
        longest_s = min(LONGEST_BACKOFF_S, FIRST_BACKOFF_S * 2**attempts)
        await asyncio.sleep(random.uniform(0, longest_s))  # noqa: S311 - not a secret
        attempts = min(attempts + 1, 16)


def _connection(feed: FeedConfig, origin: bool) -> connect:
    parts = urlsplit(feed.url)
    headers = {}
    if feed.token is not None:
        headers["Authorization"] = f"Bearer {read_secret(feed.token)}"
    scheme = "https" if parts.scheme == "wss" else "http"
    return connect(
        feed.url,
        origin=Origin(f"{scheme}://{parts.netloc}") if origin else None,
        additional_headers=headers,
        ssl=_tls(feed) if parts.scheme == "wss" else None,
        ping_interval=None,
        open_timeout=OPEN_TIMEOUT_S,
        close_timeout=1.0,
        max_size=feed.max_frame_bytes,
        proxy=None,
    )


def _tls(feed: FeedConfig) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if feed.client_certificate is not None:
        context.load_cert_chain(feed.client_certificate)
    return context


async def _receive(
    connection: ClientConnection, feed: FeedConfig, queue: FeedQueue, status: FeedStatus,
    clock: Clock,
) -> None:  # fmt: skip
    try:
        while True:
            data = await connection.recv(decode=False)
            now_ns = clock()
            status.frame_came(now_ns)
            queue.put(Frame(feed.name, data, now_ns))
    except ConnectionClosed as error:
        sent = error.sent
        if isinstance(error.__cause__, PayloadTooBig) or (
            sent is not None and sent.code == TOO_LARGE
        ):
            status.frames_too_large += 1
            reason = f"a frame over {feed.max_frame_bytes} bytes came from {_host(feed)}"
        else:
            reason = f"{_host(feed)} closed the connection: {_said(error)}"
        status.lost(reason, clock())


def _host(feed: FeedConfig) -> str:
    return urlsplit(feed.url).netloc


def _said(error: Exception) -> str:
    return (str(error) or type(error).__name__).split("\n")[0][:200]
