"""A rate in; a websocket server with that many spans a second, and a recorder fed by it, out."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from agentwatch.clock import NS_PER_S, now_ns
from benchmarks.spans import SPANS_A_FRAME, SPANS_A_S, Fleet
from tests.program import environment

WAIT_S = 60.0


@contextmanager
def flooded(store: Path, spans_a_s: int, seconds: float, agents: int) -> Iterator[None]:
    """Let a recorder write so many spans a second to a new store, until the block ends."""
    sending = [sys.executable, "-m", "benchmarks.flood", str(spans_a_s), str(seconds), str(agents)]
    server = subprocess.Popen(sending, stdout=subprocess.PIPE)
    recorder = None
    try:
        assert server.stdout is not None
        feed = server.stdout.readline().decode().strip()
        recorder = subprocess.Popen(
            [sys.executable, "-m", "agentwatch", "--store", store, "record", "--feed", feed],
            env=environment(store.parent),
        )
        _wait_for(store, agents)
        yield
    finally:
        for process in (recorder, server):
            if process is not None:
                process.terminate()
                process.wait()


def stored_spans(store: Path) -> int:
    """Return how many spans a store holds."""
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as connection:
        return int(connection.execute("SELECT count(*) FROM spans").fetchone()[0])


def _wait_for(store: Path, agents: int) -> None:
    until_s = time.monotonic() + WAIT_S
    while not (store.exists() and _agents(store) >= agents):
        assert time.monotonic() < until_s, "the recorder has not stored the whole fleet"
        time.sleep(0.2)


def _agents(store: Path) -> int:
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as connection:
        try:
            return int(connection.execute("SELECT count(*) FROM agents").fetchone()[0])
        except sqlite3.OperationalError:  # its recorder is about to make it
            return 0


async def _serve(spans_a_s: int, seconds: float, agents: int) -> None:
    spans = int(spans_a_s * seconds)
    # the fleet's clock is slower than the flood: it ends at about the present
    fleet = Fleet(agents, began_ns=now_ns() - spans * NS_PER_S // SPANS_A_S)
    frames = list(fleet.frames(spans))

    async def send(client: ServerConnection) -> None:
        loop = asyncio.get_running_loop()
        due_s = loop.time()
        for frame in frames:
            due_s += SPANS_A_FRAME / spans_a_s
            await asyncio.sleep(due_s - loop.time())
            await client.send(frame.decode())

    async def handle(client: ServerConnection) -> None:
        try:
            await send(client)
            await client.wait_closed()
        except ConnectionClosed:
            return

    async with serve(handle, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
        print(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/", flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])))
