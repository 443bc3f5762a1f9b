"""The console on this terminal, or the plain one where there is none to draw on."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from agentwatch.cli.screen import wants_plain
from agentwatch.console import session
from tests.console.live_store import LiveStore
from tests.console.ptys import console_on_pty
from tests.program import ended, start


def test_without_a_terminal_it_is_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    assert wants_plain(plain=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    assert not wants_plain(plain=False)
    assert wants_plain(plain=True)
    monkeypatch.setenv("TERM", "dumb")
    assert wants_plain(plain=False)


def test_a_bad_key_map_theme_and_session_are_named_and_it_starts(tmp_path: Path) -> None:
    store, config = tmp_path / "s" / "s.db", tmp_path / "config.toml"
    LiveStore(store, agents=3)
    config.write_text('[console]\ntheme = "nigth"\n')
    config.with_name("keymap.toml").write_text('freez = "x"\n')
    state = tmp_path / ".local" / "state" / "agentwatch"
    state.mkdir(parents=True)
    (state / "console.json").write_text("{")
    with console_on_pty("--store", store, "--config", config, "--read-only", home=tmp_path) as pty:
        pty.read_until("keymap.toml")
        pty.read_until("freeze")
        pty.read_until("night")
        pty.read_until("console.json")
        pty.send(" ")
        pty.read_until("agent-001")


async def test_a_pipe_is_no_terminal_and_gets_lines(tmp_path: Path) -> None:
    store = tmp_path / "s" / "s.db"
    LiveStore(store, agents=3)
    process = await start("--store", store, "--read-only", home=tmp_path)
    assert process.stdout is not None
    async with asyncio.timeout(20):
        line = await process.stdout.readline()
    process.terminate()
    done = await ended(process)
    assert line.decode().split()[1] == "head"
    assert "\x1b" not in line.decode() + done.out + done.err


def test_sigterm_keeps_how_it_was_left_as_q_does(tmp_path: Path) -> None:
    store = tmp_path / "s" / "s.db"
    LiveStore(store, agents=3)
    with console_on_pty("--store", store, "--read-only", home=tmp_path) as pty:
        pty.read_until("agent-001")
        pty.send(":sort cost\r/agent-00\r")
        pty.read_until("esc clears it")
        pty.process.terminate()
        until_s = time.monotonic() + 15
        while pty.process.poll() is None and time.monotonic() < until_s:
            pty.read(0.2)
    left = session.load(tmp_path / ".local" / "state" / "agentwatch")
    assert (left.views["fleet"].sorted_by, left.views["fleet"].filter) == ("cost", "agent-00")


def test_the_terminal_is_given_back_at_the_end(tmp_path: Path) -> None:
    store = tmp_path / "s" / "s.db"
    LiveStore(store, agents=3)
    with console_on_pty("--store", store, "--read-only", home=tmp_path) as pty:
        pty.read_until("agent-001")
        pty.process.terminate()
        until_s = time.monotonic() + 15
        while pty.process.poll() is None and time.monotonic() < until_s:
            pty.read(0.2)
        pty.read(0.5)
        assert pty.process.returncode == 0
    written = bytes(pty.written)
    assert written.rindex(b"\x1b[?1049l") > written.rindex(b"\x1b[?1049h")
    assert written.rindex(b"\x1b[?25h") > written.rindex(b"\x1b[?25l")
