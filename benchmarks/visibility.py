"""Commits in; how long until a reader in another process has seen one out."""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from agentwatch.decode import decode
from agentwatch.store.read import changes, open_reader
from benchmarks.figures import Figure, cpu_s, median
from benchmarks.spans import SPANS_A_FRAME, T0_NS, Fleet, new_store, new_writer

POLLS = 2_000


def run(quick: bool) -> list[Figure]:
    """Commit a frame at a time; the control is a byte through a pipe, which nothing can beat."""
    commits = 50 if quick else 500
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store" / "agentwatch.db"
        connection = new_store(store)
        writer = new_writer(connection)
        frames = Fleet().frames(commits * SPANS_A_FRAME)

        began_ns = 0

        def note(statement: str) -> None:
            nonlocal began_ns
            if statement == "COMMIT":
                began_ns = time.monotonic_ns()

        def commit() -> int:
            writer.begin(T0_NS)
            writer.add(1, decode(next(frames)), T0_NS)
            writer.commit()
            return began_ns

        connection.set_trace_callback(note)
        commit_us = _delays_us(_watch, (store,), commit, commits)
        reader = open_reader(store)
        poll_us = cpu_s(lambda: [changes(reader) for _ in range(POLLS)]) * 1e6 / POLLS
        select_us = cpu_s(lambda: [reader.execute("SELECT 1").fetchone() for _ in range(POLLS)])
        reader.close()
        connection.close()
    pipe_us = _delays_us(_echo, (), None, commits)
    control = "a byte through a pipe"
    return [
        Figure("commit to a reader, median", median(commit_us), "µs", median(pipe_us), control),
        Figure("commit to a reader, p95", _p95(commit_us), "µs", _p95(pipe_us), control),
        Figure("one poll of data_version", poll_us, "µs", select_us * 1e6 / POLLS, "SELECT 1"),
    ]


def _delays_us(
    target: Callable[..., None], given: tuple[object, ...], commit: Callable[[], int] | None,
    times: int,
) -> list[float]:  # fmt: skip
    """Return the time from each COMMIT, or byte sent, to when the other process saw it."""
    ours, theirs = multiprocessing.Pipe()
    other = multiprocessing.get_context("spawn").Process(target=target, args=(theirs, *given))
    other.start()
    try:
        ours.recv()
        delays = []
        for _ in range(times):
            if commit is not None:
                sent_ns = commit()
            else:
                sent_ns = time.monotonic_ns()
                ours.send_bytes(b"x")
            delays.append((ours.recv() - sent_ns) / 1_000)
    finally:
        other.kill()
        other.join()
    return delays


def _watch(told: Connection, store: Path) -> None:
    """Tell when new spans were seen; monotonic time is the same in every process."""
    reader = open_reader(store)
    version, newest = changes(reader), None
    told.send(0)
    while True:
        if changes(reader) == version:
            continue
        version = changes(reader)
        found = reader.execute("SELECT max(id) FROM spans").fetchone()
        if found != newest:
            told.send(time.monotonic_ns())
            newest = found


def _echo(told: Connection) -> None:
    told.send(0)
    while True:
        told.recv_bytes()
        told.send(time.monotonic_ns())


def _p95(values: list[float]) -> float:
    return sorted(values)[int(0.95 * len(values))]
