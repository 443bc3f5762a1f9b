"""Stores of the tests."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.stores import made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a store may be made, in a folder that is not there yet."""
    return tmp_path / "s" / "store.db"


@pytest.fixture
def store(path: Path) -> Iterator[sqlite3.Connection]:
    """A store with one feed, open for writing."""
    connection = made(path)
    yield connection
    connection.close()


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A folder that every user may pass through: pytest's own are closed to others."""
    with tempfile.TemporaryDirectory(prefix="agentwatch-test-") as folder:
        place = Path(folder)
        place.chmod(0o755)
        yield place
        for inside in (place, *place.rglob("*")):
            if inside.is_dir():
                inside.chmod(0o755)
