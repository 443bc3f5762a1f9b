"""A path in, an open store out: made, migrated and safe to write, or one sentence why not.

Only a writing process calls this; readers use agentwatch.store.read and change nothing.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from agentwatch.store.tables import MIGRATIONS

APPLICATION_ID = 0x41575431
"""Marks the file as ours: "AWT1"."""

BUSY_MS = 5_000
CACHE_KIB = 64 * 1024
NETWORK_FILE_SYSTEMS = frozenset(
    {
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "glusterfs", "lustre", "gpfs",
        "beegfs", "ocfs2", "fuse.sshfs", "fuse.glusterfs", "fuse.ceph", "fuse.s3fs", "ncpfs",
    }
)  # fmt: skip


class StoreError(Exception):
    """A store that cannot be used: one sentence with what, where and what to do."""


class StoreMissing(StoreError):
    """There is no store at the path."""


class StoreNewer(StoreError):
    """The store was written by a newer AgentWatch."""


class StoreLocked(StoreError):
    """Another process holds what only one may hold."""


class StoreCorrupt(StoreError):
    """The file is damaged, or no store at all. It is never overwritten."""


class StoreReadOnly(StoreError):
    """This user may not write the store."""


class StoreOnNetwork(StoreError):
    """WAL needs all its readers and its writer on one host."""


def open_store(path: Path, *, group: str | None = None) -> sqlite3.Connection:
    """Open for writing, made and migrated if need be; transactions are the caller's."""
    refuse_network(path)
    _make_folder(path, group)
    with _umask(group), _migration_lock(path):
        connection = _connect(path)
        try:
            _check_ours(connection, path)
            _migrate(connection, path)
            _protect(path, group)
        except BaseException:
            connection.close()
            raise
    return connection


def pending(path: Path) -> list[str]:
    """Return the names of the migrations that the store has not seen."""
    if not path.exists():
        raise StoreMissing(f"There is no store at {path}; `agentwatch record` makes one.")
    connection = _connect(path)
    try:
        _check_ours(connection, path)
        return [name for name, _ in MIGRATIONS[_version(connection) :]]
    finally:
        connection.close()


class ProcessLock:
    """Held by the one process of a role; the second is refused with the first one's pid."""

    def __init__(self, store: Path, role: str) -> None:
        self._path = store.with_name(f"{store.name}.{role}.lock")
        self._store = store
        self._role = role
        self._fd = -1

    def __enter__(self) -> ProcessLock:
        refuse_network(self._store)
        _make_folder(self._store, None)
        try:
            self._fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except PermissionError as error:
            raise _unwritable(self._store) from error
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(self._fd, 32, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(self._fd)
            raise StoreLocked(
                f"A {self._role} (pid {holder}) already serves {self._store}; stop it first."
            ) from error
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, f"{os.getpid()}\n".encode(), 0)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._fd)


def refuse_network(path: Path, mountinfo: Path = Path("/proc/self/mountinfo")) -> None:
    """Raise StoreOnNetwork where the store would stand on a network file system."""
    kind = _file_system(path, mountinfo)
    if kind in NETWORK_FILE_SYSTEMS:
        raise StoreOnNetwork(
            f"{path} is on a network file system ({kind}), and SQLite's WAL needs one host; "
            "choose a local folder with --store."
        )


def _file_system(path: Path, mountinfo: Path) -> str | None:
    try:
        lines = mountinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    where = str(path.absolute().parent.resolve())
    best, kind = "", None
    for line in lines:
        fields, _, rest = line.partition(" - ")
        mount = fields.split()[4].replace("\\040", " ")
        inside = where == mount or where.startswith(mount.rstrip("/") + "/")
        if inside and len(mount) >= len(best):
            best, kind = mount, rest.split()[0]
    return kind


def _make_folder(path: Path, group: str | None) -> None:
    folder = path.parent
    try:
        if not folder.exists():
            folder.mkdir(parents=True, mode=0o700)
            folder.chmod(0o2750 if group else 0o700)
    except OSError as error:
        raise _unwritable(path) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _unwritable(path)


@contextmanager
def _umask(group: str | None) -> Iterator[None]:
    before = os.umask(0o027 if group else 0o077)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def _migration_lock(path: Path) -> Iterator[None]:
    try:
        fd = os.open(path.with_name(path.name + ".migrating"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise _unwritable(path) from error
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def _connect(path: Path) -> sqlite3.Connection:
    if path.exists() and not os.access(path, os.W_OK):
        raise _unwritable(path)
    try:
        connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_MS / 1000)
        connection.execute("PRAGMA journal_mode = WAL").fetchone()
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise StoreLocked(f"{path} is locked by another program; end it first.") from error
        raise StoreError(f"{path} cannot be opened: {error}.") from error
    except sqlite3.DatabaseError as error:
        raise _corrupt(path, error) from error
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    connection.execute("PRAGMA temp_store = MEMORY")
    return connection


def _check_ours(connection: sqlite3.Connection, path: Path) -> None:
    try:
        owner = connection.execute("PRAGMA application_id").fetchone()[0]
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise _corrupt(path, error) from error
    if owner != APPLICATION_ID and tables:
        raise StoreCorrupt(
            f"{path} is a database of another program; choose another file with --store."
        )
    version = _version(connection)
    if version > len(MIGRATIONS):
        raise StoreNewer(
            f"{path} was written by a newer AgentWatch (store version {version}, "
            f"this one knows {len(MIGRATIONS)}); update AgentWatch or choose another --store."
        )


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    version = _version(connection)
    for number, (_, statements) in enumerate(MIGRATIONS[version:], version + 1):
        if number > 1:
            _copy(connection, path.with_name(f"{path.name}.before-{number}"))
        try:
            connection.executescript(
                f"BEGIN IMMEDIATE;\n{statements}\n"
                f"PRAGMA application_id = {APPLICATION_ID};\n"
                f"PRAGMA user_version = {number};\nCOMMIT;"
            )
        except sqlite3.DatabaseError as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise StoreError(
                f"{path} could not be migrated to version {number}: {error}."
            ) from error


def _copy(connection: sqlite3.Connection, target: Path) -> None:
    copy = sqlite3.connect(target)
    try:
        connection.backup(copy)
    finally:
        copy.close()


def _protect(path: Path, group: str | None) -> None:
    import shutil

    for suffix in ("", "-wal", "-shm"):
        file = path.with_name(path.name + suffix)
        if file.exists():
            file.chmod(0o640 if group else 0o600)
            if group:
                shutil.chown(file, group=group)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _corrupt(path: Path, error: Exception) -> StoreCorrupt:
    return StoreCorrupt(
        f"{path} is damaged or no store ({error}); it was left as it is: "
        "restore a copy, or choose another file with --store."
    )


def _unwritable(path: Path) -> StoreReadOnly:
    return StoreReadOnly(f"This user may not write {path.parent}; choose another with --store.")
