"""A path in, an open store out: made, migrated and safe to write, or one sentence why not.

Only a writing process calls this; readers use agentwatch.store.read and change nothing.
"""

from __future__ import annotations

import fcntl
import os
import shutil
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
CHECKPOINT_PAGES = 8_000
"""32 MiB of log before it is written back: every batch touches the same pages of the indices."""

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


class StoreOlder(StoreError):
    """The store waits for a migration; a reader makes none."""


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
    with _umask(0o027 if group else 0o077), _migration_lock(path):
        connection = _connect(path)
        try:
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
        return [name for name, _ in MIGRATIONS[_version(connection) :]]
    finally:
        connection.close()


def copy_to(connection: sqlite3.Connection, target: Path, mode: int = 0o600) -> None:
    """Copy a whole store into a new file while it is in use; an existing file is left alone."""
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
    except FileExistsError:
        raise StoreError(f"{target} exists and was left as it is.") from None
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror}.") from error
    copy = sqlite3.connect(target)
    try:
        connection.backup(copy)
    except sqlite3.DatabaseError as error:
        target.unlink()
        raise StoreError(f"The copy {target} could not be made: {error}.") from error
    finally:
        copy.close()


def refusal(path: Path, error: sqlite3.Error) -> StoreError:
    """Return what SQLite said of a store as one sentence, under the name of what is wrong."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreLocked(f"{path} is locked by another program; end it first.")
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StoreCorrupt(
            f"{path} is damaged or no store ({error}); it was left as it is: "
            "restore a copy, or choose another file with --store."
        )
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return _unwritable(path)
    return StoreError(f"{path} cannot be used: {error}; choose another with --store.")


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
            with _umask(0o077):
                self._fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _unwritable(self._path) from error
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
            with _umask(0o022 if group else 0o077):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            folder.chmod(0o700)
        if group and _holds_only(folder, path):
            _give(folder, group)
            folder.chmod(0o2750)
    except OSError as error:
        raise _unwritable(folder) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _unwritable(folder)


def _holds_only(folder: Path, path: Path) -> bool:
    """Say whether a folder is this store's own; another's is not ours to open to a group."""
    owned = folder.stat().st_uid == os.geteuid()
    return owned and all(entry.name.startswith(path.name) for entry in folder.iterdir())


def _give(file: Path, group: str) -> None:
    try:
        shutil.chown(file, group=group)
    except LookupError as error:
        raise StoreError(
            f"There is no group {group!r}; set store.group to one there is."
        ) from error
    except PermissionError as error:
        raise StoreError(
            f"This user may not give {file} to the group {group!r}; join it."
        ) from error


@contextmanager
def _umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def _migration_lock(path: Path) -> Iterator[None]:
    lock = path.with_name(path.name + ".migrating")
    try:
        fd = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise _unwritable(lock) from error
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
    except sqlite3.Error as error:
        raise refusal(path, error) from error
    try:
        # before anything is set: WAL mode is a change of the file, and it may be another's
        _check_ours(connection, path)
        connection.execute("PRAGMA journal_mode = WAL").fetchone()
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        connection.execute("PRAGMA temp_store = MEMORY")
    except sqlite3.Error as error:
        connection.close()
        raise refusal(path, error) from error
    except StoreError:
        connection.close()
        raise
    return connection


def _check_ours(connection: sqlite3.Connection, path: Path) -> None:
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if owner != APPLICATION_ID and (owner or tables):
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
    found = _version(connection)
    for number, (_, statements) in enumerate(MIGRATIONS[found:], found + 1):
        if found:
            copy_to(connection, _unused(path.with_name(f"{path.name}.before-{number}")), 0o666)
        try:
            connection.executescript(
                f"BEGIN IMMEDIATE;\n{statements};\n"
                f"PRAGMA application_id = {APPLICATION_ID};\n"
                f"PRAGMA user_version = {number};\nCOMMIT;"
            )
        except sqlite3.DatabaseError as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise StoreError(
                f"{path} could not be migrated to version {number}: {error}; "
                f"it stays at version {number - 1}."
            ) from error


def _unused(path: Path) -> Path:
    """Return the path, numbered where an earlier copy has it: that one may be the last good one."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}.{number}")
    return free


def _protect(path: Path, group: str | None) -> None:
    mode = 0o640 if group else 0o600
    for suffix in ("", "-wal", "-shm"):
        file = path.with_name(path.name + suffix)
        try:
            if group:
                _give(file, group)
            file.chmod(mode)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise _unwritable(file) from error


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _unwritable(where: Path) -> StoreReadOnly:
    return StoreReadOnly(f"This user may not write {where}; choose another store with --store.")
