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
    InvalidStatus,
    PayloadTooBig,
    WebSocketException,
)
from websockets.typing import Origin

from agentwatch.clock import Clock
from agentwatch.config import ConfigError, FeedConfig, read_secret
from agentwatch.feeds.queue import FeedQueue
from agentwatch.feeds.status import FeedStatus
from agentwatch.model import Frame

FIRST_BACKOFF_S = 0.1
LONGEST_BACKOFF_S = 30.0
OPEN_TIMEOUT_S = 10.0
TOO_LARGE = 1009


async def follow(feed: FeedConfig, queue: FeedQueue, status: FeedStatus, clock: Clock) -> None:
    """Receive until cancelled, reconnecting; returns only when refused before it ever stood."""
    attempts, origin, stood = 0, False, False
    while True:
        frame_ns = status.last_frame_ns
        try:
            async with _connection(feed, origin) as connection:
                stood = True
                status.opened(clock())
                await _receive(connection, feed, queue, status, clock)
        except (OSError, WebSocketException, ConfigError) as error:
            if not origin and _answer(error) == 403:
                origin = True
                continue
            reason, for_good = _judged(error, feed)
            if for_good and not stood:
                status.refuse(reason)
                return
            status.failed(reason)
        if status.last_frame_ns != frame_ns:
            attempts = 0
        # full jitter keeps many consoles from coming back at the same instant
        longest_s = min(LONGEST_BACKOFF_S, FIRST_BACKOFF_S * 2**attempts)
        await asyncio.sleep(random.uniform(0, longest_s))  # noqa: S311 - not a secret
        attempts = min(attempts + 1, 16)


def _answer(error: Exception) -> int | None:
    return error.response.status_code if isinstance(error, InvalidStatus) else None


def _judged(error: Exception, feed: FeedConfig) -> tuple[str, bool]:
    """Return why there is no connection, and whether trying again is pointless."""
    host, code = _host(feed), _answer(error)
    if code in (401, 403):
        return f"{host} refused us (HTTP {code}); check the feed's token.", True
    if code is not None:
        return f"{host} answered HTTP {code} in place of a websocket", False
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The certificate of {host} is not valid: {error.verify_message}.", True
    if isinstance(error, ConfigError):
        return str(error), True
    return f"{host} cannot be reached: {_said(error)}", False


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
        try:
            context.load_cert_chain(feed.client_certificate)
        except OSError as error:
            raise ConfigError(
                f"The client certificate {feed.client_certificate} of feed {feed.name!r} "
                f"cannot be used: {_said(error)}."
            ) from error
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
            reason = f"{_host(feed)} {_end(error)}"
        status.lost(reason, clock())


def _end(error: ConnectionClosed) -> str:
    if error.rcvd is None:
        return "cut the connection"
    said = f" {error.rcvd.reason[:200]!a}" if error.rcvd.reason else ""
    return f"closed the connection ({error.rcvd.code}{said})"


def _host(feed: FeedConfig) -> str:
    return urlsplit(feed.url).netloc


def _said(error: Exception) -> str:
    return (str(error) or type(error).__name__).split("\n")[0][:200]
