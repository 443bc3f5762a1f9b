"""What a store holds, whether it is sound, and a copy of it while it is written."""

from __future__ import annotations

import json
import sqlite3
import stat
from pathlib import Path

import pytest

from agentwatch.store import health
from agentwatch.store.read import open_reader
from agentwatch.store.schema import StoreError, StoreMissing
from agentwatch.store.tables import MIGRATIONS
from tests.store.records import span
from tests.store.stores import NOW, made, one, write, writer_on


def test_info_counts_rows_and_tells_unknown_from_zero(
    store: sqlite3.Connection, path: Path
) -> None:
    empty = health.info(path)
    assert empty["rows"]["spans"] == 0
    assert empty["oldest_received_ns"] is empty["newest_received_ns"] is empty["recorder"] is None
    write(writer_on(store), span(1, attributes={"t": "x" * 300}))
    store.execute("INSERT INTO meta VALUES ('recorder', ?)", (json.dumps({"pid": 7}),))
    told = health.info(path)
    assert told["store"] == str(path)
    assert told["version"] == len(MIGRATIONS)
    assert told["bytes"] == path.stat().st_size
    assert told["wal_bytes"] > 0
    assert told["oldest_received_ns"] == told["newest_received_ns"] == NOW
    assert told["recorder"] == {"pid": 7}
    rows = {table: count for table, count in told["rows"].items() if count}
    assert rows == {"spans": 1, "runs": 1, "texts": 1, "agents": 1, "feeds": 1, "rollups": 2}


def test_a_sound_store_has_no_faults(store: sqlite3.Connection, path: Path) -> None:
    write(writer_on(store), span(1), span(2, 1, tokens=5))
    assert health.check(path) == []


@pytest.mark.parametrize(
    ("harm", "fault"),
    [
        ("DELETE FROM resources", "2 spans name a resource that is not stored."),
        ("DELETE FROM runs", "2 spans belong to no run."),
        ("UPDATE rollups SET spans = -1", "2 rollups have fallen below zero."),
    ],
)
def test_what_contradicts_itself_is_named(
    store: sqlite3.Connection, path: Path, harm: str, fault: str
) -> None:
    write(writer_on(store), span(1), span(2, 1))
    store.execute(harm)
    assert health.check(path) == [fault]


def test_damage_is_a_fault_and_no_traceback(path: Path) -> None:
    connection = made(path)
    write(writer_on(connection), *(span(n, trace=n) for n in range(1, 400)))
    connection.close()
    data = bytearray(path.read_bytes())
    for page in range(3, len(data) // 4096):
        data[page * 4096 : page * 4096 + 200] = b"\xa5" * 200
    path.write_bytes(data)
    faults = health.check(path)
    assert faults
    assert path.read_bytes() == bytes(data)


def test_a_backup_is_a_whole_store_made_while_another_is_written(
    store: sqlite3.Connection, path: Path, tmp_path: Path
) -> None:
    writer = writer_on(store)
    write(writer, span(1))
    writer.begin(NOW)
    target = tmp_path / "copy.db"
    health.backup(path, target)
    writer.rollback()
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    copy = open_reader(target)
    assert one(copy, "SELECT count(*) FROM spans") == 1
    copy.close()
    assert health.check(target) == []


def test_a_backup_writes_over_nothing(
    store: sqlite3.Connection, path: Path, tmp_path: Path
) -> None:
    target = tmp_path / "copy.db"
    target.write_text("precious")
    with pytest.raises(StoreError, match=r"copy\.db exists and was left as it is\.$"):
        health.backup(path, target)
    assert target.read_text() == "precious"
    with pytest.raises(StoreError, match=r"cannot be written: No such file or directory\.$"):
        health.backup(path, tmp_path / "none" / "copy.db")


def test_without_a_store_nothing_is_made(path: Path) -> None:
    for ask in (health.info, health.check, lambda store: health.backup(store, store / "c")):
        with pytest.raises(StoreMissing):
            ask(path)
    assert not path.parent.exists()
