"""A websocket server in; what the recorder's process makes of it out, beside a bare insert.

The server runs in a process of its own, and so does the recorder: `agentwatch record --stats-json`.
Frames are offered as quickly as the recorder takes them, and never more than its queue holds.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from websockets.asyncio.server import ServerConnection, serve

from benchmarks.bare import insert
from benchmarks.figures import Figure, cpu_s
from benchmarks.spans import SPANS_A_FRAME, Fleet, new_store

CHUNK_FRAMES = 200
AHEAD_FRAMES = 800
"""Frames that may wait in the recorder's queue, which holds 128 MiB."""

POLL_S = 0.02
PATIENCE_S = 600.0


def run(quick: bool) -> list[Figure]:
    """Record, then the control, which commits as often."""
    spans = 20_000 if quick else 200_000
    with tempfile.TemporaryDirectory() as folder:
        stats = _recorded(Path(folder), spans)
        bare_s = _bare_s(Path(folder), spans, round(stats["frames"] / stats["commits"]))
    ours = stats["spans_new"] / stats["cpu_s"]
    control = spans / bare_s
    return [
        Figure(
            "recorder, end to end with rollups", ours, "spans a CPU-second", control,
            "bare decode + executemany", "0.45 and 12,000",
        ),
        Figure("its memory at most", stats["max_rss_bytes"] / 1e6, "MB"),
        Figure("its commits", stats["spans_new"] / stats["commits"], "spans"),
    ]  # fmt: skip


def _bare_s(folder: Path, spans: int, batch_frames: int) -> float:
    frames = Fleet().frames(spans)
    connection = new_store(folder / "bare.db")
    spent_s = 0.0
    while chunk := list(islice(frames, CHUNK_FRAMES)):
        spent_s += cpu_s(lambda chunk=chunk: insert(connection, chunk, batch_frames))  # type: ignore[misc]
    connection.close()
    return spent_s


def _recorded(folder: Path, spans: int) -> dict[str, Any]:
    """Return the account of a recorder that was sent so many spans."""
    store = folder / "store" / "agentwatch.db"
    ours, theirs = multiprocessing.Pipe()
    spawn = multiprocessing.get_context("spawn")
    server = spawn.Process(target=_serve, args=(theirs, spans // SPANS_A_FRAME))
    server.start()
    try:
        recorder = subprocess.Popen(
            [
                sys.executable, "-m", "agentwatch", "--store", str(store), "record",
                "--feed", f"ws://127.0.0.1:{ours.recv()}/", "--until-idle", "2", "--stats-json",
            ],
            stdout=subprocess.PIPE, env={**os.environ, "HOME": str(folder)},
        )  # fmt: skip
        _offer(ours, recorder, store, spans // SPANS_A_FRAME)
        out, _ = recorder.communicate(timeout=PATIENCE_S)
    finally:
        server.kill()
        server.join()
    stats: dict[str, Any] = json.loads(out)
    if stats["spans_new"] != spans:
        raise RuntimeError(f"of {spans} spans {stats['spans_new']} were stored: {stats}")
    return stats


def _offer(server: Connection, recorder: subprocess.Popen[bytes], store: Path, frames: int) -> None:
    """Let the server send while little enough waits to be stored."""
    deadline_s = time.monotonic() + PATIENCE_S
    sent = 0
    while sent < frames and recorder.poll() is None and time.monotonic() < deadline_s:
        if sent - _stored_frames(store) + CHUNK_FRAMES <= AHEAD_FRAMES:
            server.send(CHUNK_FRAMES)
            sent += CHUNK_FRAMES
        time.sleep(POLL_S)


def _stored_frames(store: Path) -> int:
    try:
        connection = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
        try:
            row = connection.execute("SELECT max(id) FROM spans").fetchone()
        finally:
            connection.close()
    except sqlite3.OperationalError:
        return 0
    return (row[0] or 0) // SPANS_A_FRAME


def _serve(allowance: Connection, frames: int) -> None:
    """Send so many frames in all, as many at a time as `allowance` grants."""
    asyncio.run(_served(allowance, frames))


async def _served(allowance: Connection, frames: int) -> None:
    told = iter(list(Fleet().frames(frames * SPANS_A_FRAME)))

    async def send(client: ServerConnection) -> None:
        while True:
            granted = await asyncio.to_thread(allowance.recv)
            for frame in islice(told, granted):
                await client.send(frame, text=True)

    async with serve(send, "127.0.0.1", 0, compression=None) as server:
        allowance.send(next(iter(server.sockets)).getsockname()[1])
        await asyncio.Future()
