"""A TOML file in, a frozen Config out: every threshold with its unit, secrets by reference."""

from __future__ import annotations

import difflib
import math
import os
import re
import shlex
import stat
import subprocess
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import re2
from msgspec import Struct, field

from agentwatch.model import FeedKind
from agentwatch.untrusted import pattern_fault

SECRET_KINDS = ("env", "file", "cred", "cmd")
LONGEST_S = 100 * 365 * 86400.0
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)")
_PATTERN_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
_UNITS_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


class ConfigError(Exception):
    """A configuration that cannot be used: one sentence with the file, the key and the remedy."""


class FeedConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One feed to follow."""

    name: str
    url: str
    token: str | None = None
    """A secret reference; goes into the Authorization header, never into the URL."""
    client_certificate: str | None = None
    """A PEM file with certificate and key."""
    expected_interval: str | float | None = None
    kind: FeedKind = "agents"
    max_frame_bytes: int = 64 * 1024 * 1024

    @property
    def expected_interval_s(self) -> float | None:
        if self.expected_interval is None:
            return None
        return duration_s(self.expected_interval)


class StoreConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long the store keeps what it has, and who may read it."""

    retain_days: float | None = 14.0
    retain_bytes: int | None = None
    group: str | None = None


class AgentConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the operator says of one agent."""

    owner: str | None = None
    identities: tuple[str, ...] = ()
    """`PROVIDER:EXTERNAL_ID`: binds the agent to what telemetry only claims."""


class SourceConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the operator knows of one data source. Durations, such as `24h`."""

    max_age: str | float | None = None
    """Older than this when it is read, it is no longer fresh."""
    promised_update: str | float | None = None
    """How often its owner promises a new version; the maximum where `max_age` is not set."""

    @property
    def max_age_s(self) -> float | None:
        """How old it may be when it is read; None where nobody says."""
        limit = self.promised_update if self.max_age is None else self.max_age
        return None if limit is None else duration_s(limit)


class RedactConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Masking of secrets before anything is stored."""

    enabled: bool = True
    patterns: dict[str, str] = field(default_factory=dict)
    """More re2 patterns by name."""


class ConsoleConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the console looks, and what it sends. None: as the terminal and the link allow."""

    theme: str | None = None
    low_bandwidth: bool | None = None
    mouse: bool | None = None


class Config(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole configuration."""

    feed: tuple[FeedConfig, ...] = ()
    store: StoreConfig = StoreConfig()
    agents: dict[str, AgentConfig] = field(default_factory=dict)
    redact: RedactConfig = RedactConfig()
    console: ConsoleConfig = ConsoleConfig()
    sources: dict[str, SourceConfig] = field(default_factory=dict)

    def bound_agent(self, claimed: Iterable[str]) -> str | None:
        """Return the agent that the operator bound to any of the claimed identities."""
        wanted = set(claimed)
        if not wanted:
            return None
        for key, agent in self.agents.items():
            if wanted.intersection(agent.identities):
                return key
        return None


def config_path() -> Path:
    """Return where the configuration stands unless told otherwise."""
    base = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(base) / "agentwatch" / "config.toml"


def store_path() -> Path:
    """Return where the store stands unless told otherwise."""
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(base) / "agentwatch" / "agentwatch.db"


def load(path: Path | None = None) -> Config:
    """Read a file; without `path` the default one, which may be absent."""
    chosen = path or config_path()
    try:
        text = chosen.read_text(encoding="utf-8")
    except FileNotFoundError:
        if path is None:
            return Config()
        raise ConfigError(
            f"There is no configuration at {chosen}; `config init` makes one."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{chosen} cannot be read: {error}.") from error
    return parse(text, chosen)


def parse(text: str, path: Path) -> Config:
    """Read a configuration's text; `path` is for the error's sentence."""
    try:
        tables = tomllib.loads(text)
    except ValueError as error:  # tomllib.TOMLDecodeError, or a number of 5,000 digits
        raise ConfigError(f"{path} is no TOML: {error}.") from error
    except RecursionError:
        raise ConfigError(f"{path} is no TOML that can be read: it nests too deep.") from None
    _refuse_unknown(tables, Config, "", path)
    try:
        config = msgspec.convert(tables, Config)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}: {_said(error)}.") from error
    _check(config, path)
    return config


def _check(config: Config, path: Path) -> None:
    for name, number in (
        ("retain_days", config.store.retain_days),
        ("retain_bytes", config.store.retain_bytes),
    ):
        if number is not None and not 0 < number < math.inf:
            raise ConfigError(f"{path}: store.{name} must be over 0, not {number}.")
    for name, pattern in config.redact.patterns.items():
        _check_pattern(name, pattern, path)
    for name, source in config.sources.items():
        for key in ("max_age", "promised_update"):
            _check_duration(f'sources."{name}".{key}', getattr(source, key), path)
    names: set[str] = set()
    for feed in config.feed:
        if feed.name in names:
            raise ConfigError(f"{path}: two feeds are named {feed.name!r}; give each its own name.")
        names.add(feed.name)
        _check_feed(feed, path)


def _check_duration(key: str, value: str | float | None, path: Path) -> None:
    if value is None:
        return
    try:
        seconds = duration_s(value)
    except ValueError as error:
        raise ConfigError(f"{path}: {key}: {error}.") from error
    if seconds == 0:
        raise ConfigError(f"{path}: {key}: it must be over 0.")


def _check_pattern(name: str, pattern: str, path: Path) -> None:
    if not _PATTERN_NAME.fullmatch(name):
        raise ConfigError(
            f"{path}: the redact pattern {name!r} needs a name of letters, digits, - and _."
        )
    fault = pattern_fault(pattern)
    if fault is not None:
        raise ConfigError(f"{path}: the redact pattern {name!r} is no re2 pattern: {fault}.")
    if re2.search(pattern, "") is not None:
        raise ConfigError(f"{path}: the redact pattern {name!r} matches the empty text; narrow it.")


def _check_feed(feed: FeedConfig, path: Path) -> None:
    if feed.token is not None and secret_kind(feed.token) is None:
        raise ConfigError(
            f"{path}: the token of feed {feed.name!r} must be a reference such as "
            "env:NAME or file:PATH, never the secret itself."
        )
    _check_duration(f"feed {feed.name!r}, expected_interval", feed.expected_interval, path)
    if feed.max_frame_bytes < 1:
        raise ConfigError(f"{path}: feed {feed.name!r}, max_frame_bytes: it must be over 0.")


_NAMED: dict[str, type[Struct]] = {"agents": AgentConfig, "sources": SourceConfig}
"""Tables of tables, each of which has a name that the operator gives."""

_TABLES: dict[str, type[Struct]] = {
    "store": StoreConfig,
    "redact": RedactConfig,
    "console": ConsoleConfig,
}


def _refuse_unknown(table: Mapping[str, Any], kind: type[Struct], at: str, path: Path) -> None:
    known = {info.name: info.type for info in msgspec.structs.fields(kind)}
    for key, value in table.items():
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"; did you mean {near[0]!r}" if near else f"; known are {', '.join(known)}"
            raise ConfigError(f"{path}: unknown key {at + key!r}{hint}.")
        for inner, where, nested in _nested(key, value, at):
            _refuse_unknown(nested, inner, where, path)


def _nested(key: str, value: Any, at: str) -> Iterable[tuple[type[Struct], str, Mapping[str, Any]]]:
    if key == "feed" and isinstance(value, list):
        return [(FeedConfig, "feed.", each) for each in value if isinstance(each, dict)]
    if key in _NAMED and not at and isinstance(value, dict):
        return [
            (_NAMED[key], f'{key}."{name}".', each)
            for name, each in value.items()
            if isinstance(each, dict)
        ]
    if key in _TABLES and not at and isinstance(value, dict):
        return [(_TABLES[key], f"{key}.", value)]
    return []


def _said(error: msgspec.ValidationError) -> str:
    what, _, where = str(error).partition(" - at ")
    return f"{where.strip('`').removeprefix('$.')}: {what}" if where else what


def duration_s(value: str | float) -> float:
    """Return seconds of `30s`, `15m`, `7d`; a bare number is seconds. Raises ValueError."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        seconds = float(value)
    else:
        match = _DURATION.fullmatch(str(value).strip())
        seconds = math.nan if match is None else float(match[1]) * _UNITS_S[match[2]]
    if not 0 <= seconds <= LONGEST_S:
        raise ValueError(f"{value!r} is no duration such as 30s, 15m, 2h or 7d")
    return seconds


def secret_kind(reference: str) -> str | None:
    """Return the kind of a secret reference, None where the text is none."""
    kind, colon, rest = reference.partition(":")
    return kind if colon and rest and kind in SECRET_KINDS else None


def read_secret(reference: str) -> str:
    """Return the secret that a reference names. ConfigError says what is missing, never it."""
    kind, _, rest = reference.partition(":")
    if kind == "env":
        value = os.environ.get(rest)
        if not value:
            raise ConfigError(f"The secret {reference} is not set in the environment.")
        return value
    if kind == "file":
        return _secret_file(Path(rest).expanduser(), reference)
    if kind == "cred":
        folder = os.environ.get("CREDENTIALS_DIRECTORY")
        if folder is None:
            raise ConfigError(f"The secret {reference} needs a service with LoadCredential={rest}.")
        # systemd guards the folder; the ACL that lets our user in makes the file's mode look open
        return _secret_file(Path(folder) / rest, reference, guarded=True)
    if kind == "cmd":
        return _secret_command(rest, reference)
    raise ConfigError(
        "A secret must be a reference: env:NAME, file:PATH, cred:NAME or cmd:COMMAND."
    )


def _secret_file(path: Path, reference: str, guarded: bool = False) -> str:
    try:
        if not guarded and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise ConfigError(
                f"The secret {reference} may be read by others; run `chmod 600` on its file."
            )
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"The secret {reference} cannot be read: {error}.") from error


def _secret_command(command: str, reference: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - the operator's own command, without a shell
            shlex.split(command), capture_output=True, check=True, text=True, timeout=10
        )
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise ConfigError(f"The secret command {reference.split()[0]} … failed.") from error
    return done.stdout.strip()


TEMPLATE = """\
# AgentWatch. Every key is optional; a misspelt one is refused with the nearest right one.

# One [[feed]] for each stream of telemetry (OTLP/JSON over websocket, or a recording).
# [[feed]]
# name = "prod-eu"
# url = "wss://telemetry.example/v1/stream"   # ws:// only to this machine; or replay:FILE
# token = "env:AGENTWATCH_TOKEN"              # a reference: env: file: cred: cmd:
# client_certificate = "/etc/agentwatch/client.pem"
# expected_interval = "2s"                    # default: the median of the last 50 gaps
# kind = "agents"                             # or "witness": what an enforcement point saw

[store]
# retain_days = 14
# retain_bytes = 20000000000
# group = "agentwatch"                        # who may read: folder 2750, files 0640

# What telemetry only claims, the operator binds.
# [agents."claims/claims-triage"]
# owner = "payments"
# identities = ["entra:7c1b6c7e-2a55-4a0f-9a7b-1f2d3c4b5a69"]

# How old a data source may be when an agent reads it.
# [sources."price-lists"]
# max_age = "24h"
# promised_update = "1d"                      # how often a new version is promised

[redact]
# enabled = true                              # secrets are masked before anything is stored
# patterns = { order-token = "ot_[a-z0-9]{20}" }

[console]
# theme = "night"                             # see `agentwatch themes list`
# low_bandwidth = true                        # default: where the link turns out to be slow
# mouse = false                               # default: on, but off over SSH
"""
