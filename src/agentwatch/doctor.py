"""Configuration and store in; what works, what does not and what to do out, a row a check."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from msgspec import Struct

from agentwatch.clock import NS_PER_S, Clock
from agentwatch.config import Config, ConfigError, read_secret
from agentwatch.figures import age
from agentwatch.store.queries import TABLES, rows
from agentwatch.store.read import open_reader
from agentwatch.store.schema import StoreError, StoreMissing

BEAT_S = 10.0
FREE_BYTES = 1 << 30
SKEW_S = 2.0

State = Literal["ok", "warning", "failure", "skipped"]


class Check(Struct, frozen=True):
    """One thing that was looked at."""

    check: str
    state: State
    detail: str
    remedy: str | None = None


def checks(config: Config, store: Path, clock: Clock) -> list[Check]:
    """Look at everything; nothing is changed and nothing is started."""
    found = [_sqlite(), _terminal(), *_secrets(config)]
    try:
        connection = open_reader(store)
    except StoreMissing as error:
        return [*found, Check("store", "skipped", str(error))]
    except StoreError as error:
        return [*found, Check("store", "failure", str(error))]
    try:
        return [
            *found,
            *_store(store),
            _recorder(connection, clock),
            *_feeds(connection, clock),
        ]
    finally:
        connection.close()


def _sqlite() -> Check:
    return Check("sqlite", "ok", sqlite3.sqlite_version)


def _terminal() -> Check:
    if not sys.stdout.isatty():
        return Check("terminal", "skipped", "standard output is no terminal: plain mode")
    size = shutil.get_terminal_size()
    detail = (
        f"{os.environ.get('TERM', 'unknown')}, {size.columns}x{size.lines}, {sys.stdout.encoding}"
    )
    return Check("terminal", "ok", detail)


def _secrets(config: Config) -> Iterator[Check]:
    for feed in config.feed:
        if feed.token is None:
            continue
        try:
            read_secret(feed.token)
        except ConfigError as error:
            yield Check(f"secret {feed.name}", "failure", str(error), "make the reference readable")
        else:
            yield Check(f"secret {feed.name}", "ok", feed.token)


def _store(store: Path) -> Iterator[Check]:
    yield Check("store", "ok", f"{store}, {store.stat().st_size / 1e6:,.1f} MB")
    mode = store.stat().st_mode & 0o777
    if mode & 0o027:
        yield Check("store mode", "warning", f"{mode:o} lets others in", f"chmod 600 {store}")
    free = shutil.disk_usage(store.parent).free
    yield Check(
        "disk",
        "ok" if free > FREE_BYTES else "warning",
        f"{free / 1e9:,.1f} GB free",
        None if free > FREE_BYTES else "free some, or set [store] retain_bytes",
    )


def _recorder(connection: sqlite3.Connection, clock: Clock) -> Check:
    row = connection.execute("SELECT value FROM meta WHERE key = 'recorder'").fetchone()
    if row is None:
        return Check("recorder", "warning", "none has run yet", "agentwatch record")
    beat = json.loads(row[0])
    silent_s = (clock() - beat["heartbeat_ns"]) / NS_PER_S
    if silent_s > BEAT_S:
        detail = f"pid {beat['pid']}, last beat {age(silent_s)} ago"
        return Check("recorder", "failure", detail, "start `agentwatch record`; nobody is watching")
    return Check("recorder", "ok", f"pid {beat['pid']}")


def _feeds(connection: sqlite3.Connection, clock: Clock) -> Iterator[Check]:
    for feed in rows(connection, TABLES["feeds"], now_ns=clock()):
        name = f"feed {feed['feed']}"
        told = " + ".join(
            f"{feed[f'frames_{what}']:,} {what}"
            for what in ("stored", "empty", "rejected", "dropped")
        )
        detail = f"{feed['state']}, {feed['frames']:,} frames = {told}"
        yield Check(name, *_judge_feed(feed, detail))


def _judge_feed(feed: dict[str, object], detail: str) -> tuple[State, str, str | None]:
    if feed["state"] in ("stale", "connecting"):
        return "warning", detail, "see whether its sender runs and can be reached"
    if feed["frames_dropped"]:
        return "warning", detail, "frames come faster than this disk stores them"
    if feed["sampled"]:
        lost = f"{detail}; sampling is suspected: too many runs miss a parent"
        return "warning", lost, "set `limit: 10000` in the Collector's remotetap processor"
    if feed["frames_rejected"] or feed["frames_empty"]:
        return "warning", detail, "an exporter sends what is no OTLP/JSON; see `query feeds`"
    skew_s = feed["clock_skew_s"]
    if isinstance(skew_s, float) and skew_s > SKEW_S:
        return "warning", f"{detail}; its clock is {skew_s:.1f}s ahead", "set the sender's clock"
    return "ok", detail, None
