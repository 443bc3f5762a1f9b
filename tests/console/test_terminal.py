"""A terminal is asked once how wide it draws and how far away it is; silence is no harm."""

from __future__ import annotations

import os
import termios
import threading
from collections.abc import Iterator

import pytest

from agentwatch.console import terminal
from agentwatch.console.terminal import SIGNS, Terminal, probe


@pytest.fixture
def pty() -> Iterator[tuple[int, int]]:
    """The terminal's own end, and the program's."""
    master, slave = os.openpty()
    yield master, slave
    for fd in (master, slave):
        try:
            os.close(fd)
        except OSError:
            continue


def answering(master: int, answer: bytes, after_s: float = 0.0) -> threading.Thread:
    """Answer as a terminal does, once it is asked."""

    def run() -> None:
        heard = b""
        while b"\x1b[6n" not in heard:
            heard += os.read(master, 100)
        threading.Event().wait(after_s)
        os.write(master, answer)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.parametrize(
    ("answer", "wide"),
    [
        (b"\x1b[5;7R", False),
        (b"\x1b[5;12R", True),
        (b"\x1b[5;8R", True),
        (b"jj\x1b[5;7R", False),  # keys that were typed meanwhile
    ],
)
def test_the_column_tells_how_wide_our_signs_are(
    pty: tuple[int, int], answer: bytes, wide: bool
) -> None:
    master, slave = pty
    before = termios.tcgetattr(slave)
    thread = answering(master, answer)
    found = probe(slave, slave)
    thread.join()
    assert found.wide is wide
    assert found.round_trip_s is not None and not found.is_far
    assert termios.tcgetattr(slave) == before
    assert len(SIGNS) == 6


def test_a_slow_answer_means_a_slow_link(
    pty: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "SLOW_S", 0.05)
    thread = answering(pty[0], b"\x1b[1;7R", after_s=0.1)
    assert probe(pty[1], pty[1]).is_far
    thread.join()


def test_a_terminal_that_does_not_answer_is_waited_for_no_longer(
    pty: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "WAIT_S", 0.05)
    assert probe(pty[1], pty[1]) == Terminal(None, None)
    assert not Terminal().is_far


def test_what_is_no_terminal_is_not_asked() -> None:
    read, write = os.pipe()
    assert probe(read, write) == Terminal()
    os.close(write)
    assert os.read(read, 10) == b""
    os.close(read)


def test_the_line_that_was_asked_on_is_left_empty(pty: tuple[int, int]) -> None:
    master, slave = pty
    thread = answering(master, b"\x1b[1;7R")
    probe(slave, slave)
    thread.join()
    assert os.read(master, 100).endswith(b"\r\x1b[K")
