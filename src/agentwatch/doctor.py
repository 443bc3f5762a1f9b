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
from agentwatch.config import Config, ConfigError, read_secret, secret_kind
from agentwatch.figures import age
from agentwatch.store.indexing import SOURCES, indexed_to
from agentwatch.store.queries import TABLES, rows
from agentwatch.store.read import open_reader
from agentwatch.store.schema import StoreError, StoreMissing
from agentwatch.untrusted import SECRETS

BEAT_S = 10.0
FREE_BYTES = 1 << 30
SKEW_S = 2.0
SOON_ROWS = 4_096
"""So few are read as they stand when a value is looked for."""

LATE_ROWS = 1_000_000

State = Literal["ok", "warning", "failure", "skipped"]


class Check(Struct, frozen=True):
    """One thing that was looked at."""

    check: str
    state: State
    detail: str
    remedy: str | None = None


def checks(config: Config, store: Path, clock: Clock, *, run_commands: bool = True) -> list[Check]:
    """Look at everything; nothing is changed and nothing is started.

    `run_commands` False: a secret that the operator's own command gives is not asked for.
    """
    found = [_sqlite(), _terminal(), *_secrets(config, run_commands), _redaction(config)]
    try:
        connection = open_reader(store)
    except StoreMissing as error:
        return [*found, Check("store", "skipped", str(error))]
    except StoreError as error:
        return [*found, Check("store", "failure", str(error))]
    try:
        return [
            *found[:-1],
            *_store(store),
            _retention(config),
            _recorder(connection, clock),
            _frames(connection),
            *_feeds(connection, clock),
            _redaction(config, connection),
            _prices(connection),
            _find(connection),
        ]
    except (StoreError, sqlite3.Error) as error:
        remedy = "see `agentwatch store check`, and restore a copy"
        return [*found, Check("store", "failure", str(error), remedy)]
    finally:
        connection.close()


def _sqlite() -> Check:
    return Check("sqlite", "ok", sqlite3.sqlite_version)


def _terminal() -> Check:
    # the console draws on what standard output was when it began
    stream = sys.__stdout__
    if stream is None or not stream.isatty():
        return Check("terminal", "skipped", "standard output is no terminal: plain mode")
    size = shutil.get_terminal_size()
    term, encoding = os.environ.get("TERM", "unknown"), stream.encoding.upper()
    detail = f"{term}, {size.columns}x{size.lines}, {encoding}, {_colours(term)}"
    if encoding != "UTF-8":
        return Check("terminal", "warning", detail, "set LANG to a UTF-8 locale; ASCII signs serve")
    return Check("terminal", "ok", detail)


def _colours(term: str) -> str:
    if os.environ.get("NO_COLOR"):
        return "NO_COLOR"
    if os.environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "true colour"
    return "256 colours" if "256" in term else "16 colours"


def _secrets(config: Config, run_commands: bool) -> Iterator[Check]:
    for feed in config.feed:
        if feed.token is None:
            continue
        if secret_kind(feed.token) == "cmd" and not run_commands:
            yield Check(f"secret {feed.name}", "skipped", "`agentwatch doctor` runs its command")
            continue
        try:
            read_secret(feed.token)
        except ConfigError as error:
            yield Check(f"secret {feed.name}", "failure", str(error), "make the reference readable")
        else:
            yield Check(f"secret {feed.name}", "ok", feed.token)


def _store(store: Path) -> Iterator[Check]:
    wal = store.with_name(store.name + "-wal")
    wal_mb = wal.stat().st_size / 1e6 if wal.exists() else 0.0
    yield Check(
        "store", "ok", f"{store.stat().st_size / 1e6:,.1f} MB, WAL {wal_mb:,.1f} MB, {store}"
    )
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


def _retention(config: Config) -> Check:
    kept = config.store
    limits = [
        *([] if kept.retain_days is None else [f"{kept.retain_days:g} days"]),
        *([] if kept.retain_bytes is None else [f"{kept.retain_bytes / 1e9:,.1f} GB"]),
    ]
    return Check("retention", "ok", " or ".join(limits) or "without end")


def _frames(connection: sqlite3.Connection) -> Check:
    whole, *parts = connection.execute(
        "SELECT total(frames), total(frames_stored), total(frames_empty), total(frames_rejected), "
        "total(frames_dropped) FROM feeds"
    ).fetchone()
    told = " + ".join(
        f"{count:,.0f} {what}"
        for count, what in zip(parts, ("stored", "empty", "rejected", "dropped"), strict=True)
    )
    detail = f"{whole:,.0f} in = {told}"
    if whole != sum(parts):
        return Check("frames", "failure", f"{detail}: the account does not add up", "report a bug")
    return Check("frames", "ok", detail)


def _redaction(config: Config, connection: sqlite3.Connection | None = None) -> Check:
    if not config.redact.enabled:
        detail = "off: secrets in telemetry are stored as they come"
        return Check("redaction", "warning", detail, "set [redact] enabled = true")
    own = len(config.redact.patterns)
    detail = f"on, {len(SECRETS)} patterns" + (f" and {own} of your own" if own else "")
    if connection is not None:
        masked = connection.execute(
            "SELECT total(json_extract(faults, '$.secret')) FROM feeds WHERE json_valid(faults)"
        ).fetchone()[0]
        detail += f", {masked:,.0f} secrets masked"
    return Check("redaction", "ok", detail)


def _prices(connection: sqlite3.Connection) -> Check:
    """Judge the newest day of the hourly sums: they are few, and outlive the spans."""
    unpriced, models = connection.execute(
        "SELECT total(unpriced), count(DISTINCT model) FROM rollups WHERE width_s = 3600 "
        "AND unpriced > 0 AND bucket_ns > (SELECT max(bucket_ns) FROM rollups "
        "WHERE width_s = 3600) - ?",
        (86_400 * NS_PER_S,),
    ).fetchone()
    if not unpriced:
        return Check("prices", "ok", "every model that was called in the last 24 h has a price")
    detail = f"{unpriced:,.0f} calls of {models:,} models in the last 24 h have no price"
    return Check("prices", "warning", detail, "name the models in prices.toml")


def _find(connection: sqlite3.Connection) -> Check:
    waiting = 0
    for source in SOURCES:
        newest = f"SELECT coalesce(max(id), 0) FROM {source.table}"  # noqa: S608 - our names
        waiting += max(0, connection.execute(newest).fetchone()[0] - indexed_to(connection, source))
    if waiting <= SOON_ROWS:
        return Check("find", "ok", "every record can be found")
    detail = f"{waiting:,} records wait to be indexed"
    if waiting <= LATE_ROWS:
        return Check("find", "ok", detail)
    return Check("find", "warning", detail, "let a recorder run: it indexes while it has time")


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
