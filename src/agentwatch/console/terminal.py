"""A terminal in; how far away it is, and how wide it draws our signs, out. Asked once, at start.

The signs are written on a line of their own, then the terminal is asked where its cursor stands:
the answer tells their width, and the time that it took tells how slow the link is.
"""

from __future__ import annotations

import os
import re
import select
import termios
import time
import tty

from msgspec import Struct

WAIT_S = 1.5
SLOW_S = 0.25
"""A key that takes so long to be answered wants fewer bytes behind it."""

SIGNS = "▌…›←░▸"
"""One cell each where the terminal takes ambiguous widths as narrow."""

_ANSWER = re.compile(rb"\x1b\[(\d+);(\d+)R")


class Terminal(Struct, frozen=True):
    """What is known of it. None: it did not say."""

    round_trip_s: float | None = None
    wide: bool | None = None

    @property
    def is_far(self) -> bool:
        """Whether the link is slow."""
        return self.round_trip_s is not None and self.round_trip_s > SLOW_S


def probe(stdin: int = 0, stdout: int = 1) -> Terminal:
    """Ask the terminal; what it does not answer in time stays unknown."""
    try:
        before = termios.tcgetattr(stdin)
    except termios.error:
        return Terminal()
    try:
        tty.setcbreak(stdin, termios.TCSANOW)
        asked_s = time.monotonic()
        os.write(stdout, f"\r{SIGNS}\x1b[6n".encode())
        answer = _answer(stdin, asked_s + WAIT_S)
        took_s = time.monotonic() - asked_s
        os.write(stdout, b"\r\x1b[K")
    except OSError:
        return Terminal()
    finally:
        termios.tcsetattr(stdin, termios.TCSANOW, before)
    if answer is None:
        return Terminal()
    return Terminal(took_s, answer - 1 > len(SIGNS))


def _answer(stdin: int, deadline_s: float) -> int | None:
    """Return the column that the cursor stands in, None where no answer came."""
    heard = b""
    while (left_s := deadline_s - time.monotonic()) > 0:
        if not select.select([stdin], [], [], left_s)[0]:
            return None
        chunk = os.read(stdin, 64)
        if not chunk:  # the terminal is gone
            return None
        heard += chunk
        if (match := _ANSWER.search(heard)) is not None:
            return int(match[2])
    return None
