"""A feed's URL in, its parts out, or one sentence why it cannot be followed."""

from __future__ import annotations

import ipaddress
from urllib.parse import parse_qsl, urlsplit

from msgspec import Struct

from agentwatch.model import FeedClock

SCHEMES = ("ws", "wss", "replay")
_TOKENS = frozenset({"token", "access_token", "api_key", "apikey", "key", "auth", "password"})


class FeedError(Exception):
    """A feed that cannot be followed: one sentence."""


class FeedUrlError(FeedError):
    """A URL that is none of ours, or not safe."""


class FeedUrl(Struct, frozen=True):
    """The parts of a feed's URL."""

    scheme: str
    clock: FeedClock = "wall"
    path: str = ""
    speed: float = 1.0
    """Of a recording: 2 is twice as fast, 0 as fast as it goes."""


def parse_url(url: str) -> FeedUrl:
    """Return the parts. Raises FeedUrlError."""
    scheme = url.partition(":")[0].lower()
    if scheme == "replay":
        return _replay(url)
    if scheme not in SCHEMES:
        raise FeedUrlError(f"The feed {_safe(url)} must begin with ws://, wss:// or replay:.")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise FeedUrlError(f"The feed {_safe(url)} is no URL: {error}.") from error
    if not host:
        raise FeedUrlError(f"The feed {_safe(url)} names no host.")
    if (
        parts.username
        or parts.password
        or _TOKENS & {key.lower() for key, _ in parse_qsl(parts.query)}
    ):
        raise FeedUrlError(
            f"The feed on {host} holds a credential in its URL; "
            "put a reference into the key token of its [[feed]]."
        )
    if scheme == "ws" and not is_loopback(host):
        raise FeedUrlError(f"The feed on {host} must use wss://; ws:// is for this machine alone.")
    return FeedUrl(scheme)


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine, without asking any name server."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _replay(url: str) -> FeedUrl:
    path, _, query = url.partition(":")[2].partition("?")
    if not path:
        raise FeedUrlError("The feed replay: names no file; write replay:FILE.")
    speed, clock = 1.0, "event"
    for key, value in parse_qsl(query, keep_blank_values=True):
        if key == "clock" and value in ("event", "shift"):
            clock = value
        elif key == "speed" and (number := _number(value)) is not None:
            speed = number
        else:
            raise FeedUrlError(
                f"The feed replay:{_safe(path)} knows speed=NUMBER and clock=event|shift, "
                f"not {_safe(key)}={_safe(value)}."
            )
    return FeedUrl("replay", clock, path, speed)  # type: ignore[arg-type]


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number < 1e9 else None


def _safe(text: str) -> str:
    return repr(text[:200])[1:-1]
