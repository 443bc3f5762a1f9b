"""A store is made, migrated and protected, or refused in one sentence and left as it is."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agentwatch.store import read, schema
from agentwatch.store.queries import TABLES, rows
from agentwatch.store.schema import (
    ProcessLock,
    StoreCorrupt,
    StoreError,
    StoreLocked,
    StoreMissing,
    StoreNewer,
    StoreOlder,
    StoreOnNetwork,
    open_store,
    pending,
    refuse_network,
)
from agentwatch.store.tables import MIGRATIONS
from tests.store.records import span
from tests.store.stores import GROUP, made, one, write, writer_on

NOW = len(MIGRATIONS)
EXTRA = (*MIGRATIONS, ("colours", "CREATE TABLE colours (name TEXT)"))
MOUNTS = """\
21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
35 21 0:40 / /home rw,relatime - nfs4 server:/home rw,vers=4.2
36 35 0:41 / /home/local rw,relatime shared:9 master:2 - xfs /dev/sdb1 rw
37 21 0:42 / /mnt/my\\040share rw,relatime - cifs //server/share rw
38 21 0:43 / /home2 rw,relatime - ext4 /dev/sdc1 rw
"""


@pytest.fixture
def umask() -> Iterator[Callable[[int], None]]:
    before = os.umask(0o022)
    yield lambda mask: (os.umask(mask), None)[1]
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def fill(path: Path) -> None:
    connection = made(path)
    write(writer_on(connection), span(1), span(2, 1))
    connection.close()


def refused(path: Path, kind: type[StoreError]) -> str:
    """Open for writing; the refusal is one sentence, and not a byte of the file has changed."""
    before = path.read_bytes()
    with pytest.raises(kind) as caught:
        open_store(path)
    assert path.read_bytes() == before
    said = str(caught.value)
    assert str(path) in said and said.endswith(".") and "\n" not in said
    return said


def test_a_new_store_is_empty_ours_and_in_wal_mode(path: Path) -> None:
    connection = open_store(path)
    assert one(connection, "PRAGMA journal_mode") == "wal"
    assert one(connection, "PRAGMA application_id") == schema.APPLICATION_ID
    assert one(connection, "PRAGMA user_version") == len(MIGRATIONS)
    assert one(connection, "SELECT count(*) FROM spans") == 0
    connection.close()
    assert pending(path) == []
    assert sorted(file.name for file in path.parent.iterdir()) == ["store.db", "store.db.migrating"]


def test_opening_again_finds_what_was_written(path: Path) -> None:
    fill(path)
    connection = open_store(path)
    assert one(connection, "SELECT count(*) FROM spans") == 2
    connection.close()


def test_a_migration_after_the_first_is_preceded_by_a_copy(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(path)
    monkeypatch.setattr(schema, "MIGRATIONS", EXTRA)
    monkeypatch.setattr(read, "MIGRATIONS", EXTRA)
    with pytest.raises(StoreOlder, match="store migrate"):
        read.open_reader(path)
    assert pending(path) == ["colours"]
    connection = open_store(path)
    assert one(connection, "SELECT count(*) FROM colours") == 0
    assert one(connection, "SELECT count(*) FROM spans") == 2
    connection.close()
    copy = path.with_name(f"store.db.before-{NOW + 1}")
    assert mode(copy) == 0o600
    old = sqlite3.connect(copy)
    assert one(old, "PRAGMA user_version") == NOW
    assert one(old, "SELECT count(*) FROM spans") == 2
    assert one(old, "PRAGMA integrity_check") == "ok"
    old.close()
    assert pending(path) == []


def test_a_new_store_has_nothing_to_copy(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "MIGRATIONS", EXTRA)
    open_store(path).close()
    assert not list(path.parent.glob("*before*"))


def test_a_failed_migration_leaves_the_store_at_its_version(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(path)
    bad = (*MIGRATIONS, ("broken", "CREATE TABLE half (a); INSERT INTO nowhere VALUES (1)"))
    monkeypatch.setattr(schema, "MIGRATIONS", bad)
    for _ in range(2):
        with pytest.raises(StoreError, match=rf"no such table.* stays at version {NOW}\.$"):
            open_store(path)
    monkeypatch.undo()
    connection = open_store(path)
    assert one(connection, "SELECT count(*) FROM spans") == 2
    assert one(connection, "SELECT count(*) FROM sqlite_master WHERE name = 'half'") == 0
    connection.close()
    # the second attempt must not write over the first one's copy
    copies = sorted(file.name for file in path.parent.glob("*before*"))
    assert copies == [f"store.db.before-{NOW + 1}", f"store.db.before-{NOW + 1}.2"]


def test_a_copy_that_cannot_be_made_stops_the_migration(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(path)
    monkeypatch.setattr(schema, "MIGRATIONS", EXTRA)
    monkeypatch.setattr(
        schema, "_unused", lambda copy: copy.parent / "no" / "such" / "folder" / "copy.db"
    )
    with pytest.raises(StoreError, match="cannot be written: No such file"):
        open_store(path)
    assert pending(path) == ["colours"]


def test_a_newer_store_is_refused_by_writer_and_reader(path: Path) -> None:
    fill(path)
    raw = sqlite3.connect(path)
    raw.execute("PRAGMA user_version = 99")
    raw.close()
    assert "update AgentWatch" in refused(path, StoreNewer)
    with pytest.raises(StoreNewer):
        pending(path)
    with pytest.raises(StoreNewer, match="newer AgentWatch"):
        read.open_reader(path)


@pytest.mark.parametrize("where", ["head", "schema page"])
def test_a_damaged_store_is_refused_and_left(path: Path, where: str) -> None:
    fill(path)
    data = bytearray(path.read_bytes())
    at = 0 if where == "head" else 100
    data[at : at + 60] = b"\xff" * 60
    path.write_bytes(data)
    assert "damaged" in refused(path, StoreCorrupt)
    with pytest.raises(StoreCorrupt):
        list(rows(read.open_reader(path), TABLES["spans"], now_ns=0))


def test_a_text_file_is_no_store(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("Dear diary, " * 500)
    assert "restore a copy" in refused(path, StoreCorrupt)
    with pytest.raises(StoreCorrupt, match="damaged or no store"):
        read.open_reader(path)


@pytest.mark.parametrize(
    "statement", ["CREATE TABLE theirs (a)", "PRAGMA application_id = 7; PRAGMA user_version = 1"]
)
def test_a_database_of_another_program_is_left_as_it_is(path: Path, statement: str) -> None:
    path.parent.mkdir()
    foreign = sqlite3.connect(path)
    foreign.executescript(statement)
    foreign.close()
    assert "another program" in refused(path, StoreCorrupt)
    for opener in (pending, read.open_reader):
        before = path.read_bytes()
        with pytest.raises(StoreCorrupt):
            opener(path)
        assert path.read_bytes() == before
    assert sqlite3.connect(path).execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_an_empty_file_becomes_a_store_and_is_none_before(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    with pytest.raises(StoreMissing, match="agentwatch record"):
        read.open_reader(path)
    open_store(path).close()
    read.open_reader(path).close()


def test_a_locked_store_is_refused_after_a_while(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "BUSY_MS", 30)
    fill(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    assert "locked by another program" in refused(path, StoreLocked)
    other.close()
    open_store(path).close()


def test_a_missing_store_is_not_made_by_asking(path: Path) -> None:
    for opener in (pending, read.open_reader):
        with pytest.raises(StoreMissing, match=r"no store at .*`agentwatch record` makes one\."):
            opener(path)
    assert not path.parent.exists()


_AS_NOBODY = """
import os, sys
from pathlib import Path
import encodings.idna
from agentwatch.store.schema import *
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    with ProcessLock(Path(sys.argv[1]), "recorder"):
        open_store(Path(sys.argv[1])).close()
except StoreReadOnly as error:
    print(error)
try:
    open_store(Path(sys.argv[1])).close()
except StoreReadOnly as error:
    print(error)
"""


@pytest.mark.parametrize("closed", ["folder", "file", "no folder yet"])
def test_a_user_who_may_not_write_is_told_where(open_place: Path, closed: str) -> None:
    path = open_place / "s" / "store.db"
    if closed == "no folder yet":
        open_place.chmod(0o555)
    else:
        fill(path)
        path.parent.chmod(0o777 if closed == "file" else 0o555)
        path.chmod(0o444 if closed == "file" else 0o666)
    told = subprocess.run(
        [sys.executable, "-c", _AS_NOBODY, str(path)], capture_output=True, text=True, check=True
    )
    lines = told.stdout.splitlines()
    assert lines and not told.stderr
    assert all(line.startswith("This user may not write ") for line in lines)
    assert str(path if closed == "file" else open_place) in lines[-1]


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077, 0o777])
def test_folder_and_files_are_closed_to_others_whatever_the_umask(
    path: Path, umask: Callable[[int], None], mask: int
) -> None:
    path = path.parent / "deep" / "store.db"
    umask(mask)
    with ProcessLock(path, "recorder"):
        connection = made(path)
        write(writer_on(connection), span(1))
        assert mode(path.parent) == mode(path.parent.parent) == 0o700
        files = {file.name: mode(file) for file in path.parent.iterdir()}
        assert {"store.db", "store.db-wal", "store.db-shm"} <= set(files)
        assert set(files.values()) == {0o600}
        connection.close()
    assert os.umask(mask) == mask


@pytest.mark.parametrize("mask", [0o000, 0o077])
def test_a_group_reads_and_does_not_write(
    path: Path, umask: Callable[[int], None], mask: int
) -> None:
    umask(mask)
    with ProcessLock(path, "recorder"):
        connection = made(path, group=GROUP)
        write(writer_on(connection), span(1))
        assert mode(path.parent) == 0o2750
        for suffix in ("", "-wal", "-shm"):
            file = path.with_name(path.name + suffix)
            assert mode(file) == 0o640
            assert file.group() == path.parent.group() == GROUP
        connection.close()
    connection = made(path, group=GROUP)
    wal = path.with_name("store.db-wal")
    assert (mode(wal), wal.group()) == (0o640, GROUP)
    connection.close()


def test_a_folder_that_holds_other_things_is_not_opened_to_the_group(path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    (path.parent / "diary.txt").touch()
    open_store(path, group=GROUP).close()
    assert mode(path.parent) == 0o700
    assert mode(path) == 0o640


def test_an_unknown_group_is_one_sentence(path: Path) -> None:
    with pytest.raises(StoreError, match=r"no group 'no-such-group'; set store\.group"):
        open_store(path, group="no-such-group")


@pytest.mark.parametrize(
    ("where", "kind"),
    [
        ("/var/lib/store.db", None),
        ("/home/ann/store.db", "nfs4"),
        ("/home/local/store.db", None),
        ("/home2/store.db", None),
        ("/mnt/my share/x/store.db", "cifs"),
    ],
)
def test_network_file_systems_are_refused_by_the_innermost_mount(
    tmp_path: Path, where: str, kind: str | None
) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS)
    if kind is None:
        refuse_network(Path(where), mounts)
        return
    with pytest.raises(StoreOnNetwork, match=rf"\({kind}\).*one host; choose a local folder"):
        refuse_network(Path(where), mounts)


def test_without_a_mount_table_nothing_is_refused(tmp_path: Path) -> None:
    refuse_network(Path("/anywhere/store.db"), tmp_path / "none")


def test_a_network_store_is_refused_before_anything_is_made(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"1 0 0:1 / / rw - ext4 x rw\n2 1 0:2 / {tmp_path} rw - nfs x rw\n")
    monkeypatch.setattr(refuse_network, "__defaults__", (mounts,))
    with pytest.raises(StoreOnNetwork):
        open_store(path)
    with pytest.raises(StoreOnNetwork), ProcessLock(path, "recorder"):
        pass
    assert not path.parent.exists()


def test_the_second_of_a_role_is_refused_with_the_pid_of_the_first(path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from agentwatch.store.schema import ProcessLock\n"
        "with ProcessLock(Path(sys.argv[1]), 'recorder'): print('held', flush=True); input()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None and holder.stdout.readline() == "held\n"
    with pytest.raises(StoreLocked, match=rf"recorder \(pid {holder.pid}\) already serves"):
        ProcessLock(path, "recorder").__enter__()
    with ProcessLock(path, "responder"):
        pass
    holder.kill()  # a lock of the system's dies with its holder
    holder.communicate()
    with ProcessLock(path, "recorder"):
        pass


def test_a_copy_never_writes_over_a_file(store: sqlite3.Connection, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("precious")
    with pytest.raises(StoreError, match="exists and was left as it is"):
        schema.copy_to(store, target)
    assert target.read_text() == "precious"
