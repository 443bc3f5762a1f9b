"""Real stores for the tests, and a reader in a process that owns nothing."""

from __future__ import annotations

import grp
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

from agentwatch.attribution import agent_key
from agentwatch.kpi.prices import Prices
from agentwatch.model import Records, Resource, Span
from agentwatch.store.masking import Mask
from agentwatch.store.schema import open_store
from agentwatch.store.writer import Inserted, Writer
from agentwatch.untrusted import Redactor
from tests.store.records import NS, T0

SECRET = "AKIAIOSFODNN7EXAMPLE"  # noqa: S105 - the vendor's documented example
NOW = T0 + 10**6 * NS
PRICES = {"m1": (1.0, 2.0, 0.5, 1.0)}
NOBODY = 65534
IS_ROOT = os.geteuid() == 0
GROUP = grp.getgrgid(NOBODY if IS_ROOT else os.getegid()).gr_name
"""A group that this user may give a file to, and in which the stranger is."""


def key_of(resource: Resource, name: str | None, agent_id: str | None) -> str:
    return agent_key(resource, None, name, agent_id)


def writer_on(connection: sqlite3.Connection, mask: Mask | None = None) -> Writer:
    return Writer(connection, key_of=key_of, prices=Prices(PRICES), mask=mask or Mask(Redactor()))


def made(path: Path, *, group: str | None = None) -> sqlite3.Connection:
    """A store with one feed."""
    connection = open_store(path, group=group)
    connection.execute(
        "INSERT OR IGNORE INTO feeds (id, name, url, kind, clock, state) "
        "VALUES (1, 'f', 'ws://x', 'agents', 'wall', 'live')"
    )
    return connection


def write(writer: Writer, *spans: Span, at_ns: int = NOW, **more: Any) -> Inserted:
    """One batch of one frame."""
    writer.begin(at_ns)
    inserted = writer.add(1, Records(spans=list(spans), **more), at_ns)
    writer.commit()
    return inserted


def one(connection: sqlite3.Connection, sql: str) -> Any:
    return connection.execute(sql).fetchone()[0]


class Stranger:
    """A process that may not write the store: of nobody where the tests are root's.

    It imports the package first, for it may not even read the folder of the interpreter; then it
    runs one expression a line, in the names of agentwatch.store.read, and answers in JSON.
    """

    _PROGRAM = """
import json, os, sys
from agentwatch.store.queries import TABLES, rows
from agentwatch.store.read import *
from agentwatch.store.schema import StoreError
from pathlib import Path
import zstandard, re2, encodings.idna
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
path = Path(sys.argv[1])
kept = {}
for line in sys.stdin:
    try:
        answer = eval(line)
    except StoreError as error:
        answer = [type(error).__name__, str(error)]
    print(json.dumps(answer), flush=True)
"""

    def __init__(self, path: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", self._PROGRAM, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Stranger:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def ask(self, expression: str) -> Any:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(expression + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())
