"""Run the program as its user does: another process, its exit code, its two streams."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Ended:
    """What a run of the program left."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


def environment(home: Path) -> dict[str, str]:
    """Return an environment in which nothing of this user's is found."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return kept | {"HOME": str(home), "TERM": "xterm-256color", "PYTHONDONTWRITEBYTECODE": "1"}


async def start(*arguments: object, home: Path) -> asyncio.subprocess.Process:
    """Start the program."""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "agentwatch", *map(str, arguments),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE, env=environment(home), preexec_fn=_heeds_ctrl_c,
    )  # fmt: skip


def _heeds_ctrl_c() -> None:
    """Undo what a shell does to a job in its background: there ctrl-c is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


async def agentwatch(*arguments: object, home: Path, within_s: float = 120.0) -> Ended:
    """Run the program to its end."""
    process = await start(*arguments, home=home)
    return await ended(process, within_s)


async def ended(process: asyncio.subprocess.Process, within_s: float = 120.0) -> Ended:
    """Wait for the program's end; one that does not come fails the test."""
    try:
        async with asyncio.timeout(within_s):
            out, err = await process.communicate()
    except TimeoutError:
        process.kill()
        raise
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())
