"""Run the console on a real pseudo-terminal: keys in, every byte that it writes out."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.program import environment

ASKS_WHERE = b"\x1b[6n"


class Pty:
    """A terminal with the console in it."""

    def __init__(self, master: int, process: subprocess.Popen[bytes]) -> None:
        self._master = master
        self.process = process
        self.written = bytearray()
        self._answered = 0

    def send(self, keys: str) -> None:
        """Press keys."""
        os.write(self._master, keys.encode())

    def read(self, seconds: float) -> bytes:
        """Return what is written in the next seconds."""
        began, until_s = len(self.written), time.monotonic() + seconds
        while (left_s := until_s - time.monotonic()) > 0:
            if not select.select([self._master], [], [], left_s)[0]:
                break
            try:
                self.written += os.read(self._master, 65536)
            except OSError:  # the program has closed its end
                break
            self._answer()
        return bytes(self.written[began:])

    def until(self, mark: str, seconds: float = 20.0) -> float:
        """Return when (monotonic, in s) a text was written after all that has been read."""
        began, until_s = len(self.written), time.monotonic() + seconds
        while mark.encode() not in self.written[max(0, began - len(mark)) :]:
            left_s = max(0.0, until_s - time.monotonic())
            assert select.select([self._master], [], [], left_s)[0], f"{mark!r} never came"
            self.written += os.read(self._master, 65536)
            self._answer()
        return time.monotonic()

    def read_until(self, text: str, seconds: float = 20.0) -> bytes:
        """Read until a text stands in what was written; a text that never comes fails the test."""
        until_s = time.monotonic() + seconds
        while text.encode() not in self.written:
            assert time.monotonic() < until_s, (
                f"{text!r} never came: {bytes(self.written[-2000:])!r}"
            )
            self.read(0.1)
        return bytes(self.written)

    def resize(self, width: int, height: int) -> None:
        """Change the terminal's size."""
        set_size(self._master, width, height)
        self.process.send_signal(signal.SIGWINCH)

    def _answer(self) -> None:
        """Say where the cursor stands, as a terminal with narrow signs does."""
        asked = self.written.count(ASKS_WHERE)
        for _ in range(asked - self._answered):
            self.send("\x1b[1;7R")
        self._answered = asked


def set_size(fd: int, width: int, height: int) -> None:
    """Set a terminal's size."""
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))


@contextmanager
def console_on_pty(
    *arguments: object,
    home: Path,
    size: tuple[int, int] = (120, 40),
    variables: Mapping[str, str] | None = None,
) -> Iterator[Pty]:
    """Start the console on a terminal; it is ended with the block."""
    command = ("-m", "agentwatch", *map(str, arguments))
    with python_on_pty(command, home, size, variables) as pty:
        yield pty


@contextmanager
def python_on_pty(
    command: Sequence[str],
    home: Path,
    size: tuple[int, int] = (120, 40),
    variables: Mapping[str, str] | None = None,
) -> Iterator[Pty]:
    """Start any Python program on a terminal; it is ended with the block."""
    master, slave = os.openpty()
    set_size(slave, *size)
    process = subprocess.Popen(
        [sys.executable, *command],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        env=environment(home)
        | {"COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        | dict(variables or {}),
    )
    os.close(slave)
    try:
        yield Pty(master, process)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        os.close(master)
