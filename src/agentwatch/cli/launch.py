"""A store in; a recorder in a session of its own, so that no lost terminal ends it."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


def start_recorder(store: Path, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start `agentwatch record`; what it says goes to a log beside the store."""
    store.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    log = os.open(
        store.with_name(f"{store.name}.recorder.log"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600
    )
    try:
        return subprocess.Popen(  # noqa: S603 - our own program
            # -P: a module that lies in the present folder must not run in place of ours
            [sys.executable, "-P", "-m", "agentwatch", "--store", str(store), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    finally:
        os.close(log)


def recorder_runs(store: Path) -> bool:
    """Say whether a recorder holds the store's lock."""
    return _is_held(store.with_name(f"{store.name}.recorder.lock"))


def watched(store: Path) -> Callable[[], bool]:
    """Return the function that says whether any console watches the store."""
    path = store.with_name(f"{store.name}.watchers")
    return lambda: _is_held(path)


@contextmanager
def watching(store: Path) -> Iterator[None]:
    """Hold the lock that keeps a started recorder going."""
    store.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fd = os.open(store.with_name(f"{store.name}.watchers"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_SH)
        yield
    finally:
        os.close(fd)


def _is_held(path: Path) -> bool:
    try:
        fd = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(fd)
    return False
