"""What the console sends down the line, by the byte: an engineer on a slow link is waiting."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from agentwatch.clock import NS_PER_S, now_ns
from tests.console.live_store import LiveStore
from tests.console.ptys import Pty, console_on_pty

pytestmark = pytest.mark.long

ROWS_A_TICK = 13
TICK_S = 0.25
SECONDS = 8.0
VISIBLE = 20


def rate(pty: Pty, live: LiveStore) -> tuple[float, float]:
    """Return (bytes, changed rows) a second while the fleet's visible agents go on changing."""
    pty.read(2.0)
    before, changed, began_s = len(pty.written), 0, time.monotonic()
    while time.monotonic() - began_s < SECONDS:
        live.runs([(changed + each) % VISIBLE for each in range(ROWS_A_TICK)])
        changed += ROWS_A_TICK
        pty.read(TICK_S)
    took_s = time.monotonic() - began_s
    return (len(pty.written) - before) / took_s, changed / took_s


@pytest.mark.parametrize(
    ("theme", "follows", "slow", "most"),
    [
        ("night", False, False, 10_000),
        ("16", False, False, 6_000),
        ("night", False, True, 4_000),
        ("night", True, False, 15_000),
    ],
)
def test_fifty_changed_rows_a_second(
    theme: str, follows: bool, slow: bool, most: int, tmp_path: Path
) -> None:
    store, config = tmp_path / "s" / "s.db", tmp_path / "config.toml"
    config.write_text(f"[console]\nlow_bandwidth = {str(slow).lower()}\n")
    live = LiveStore(store)
    arguments = ("--store", store, "--config", config, "--theme", theme, "--read-only")
    with console_on_pty(*arguments, home=tmp_path) as pty:
        pty.read_until("agent-005")
        if not follows:
            pty.send("F")
        sent, rows = rate(pty, live)
    assert rows > 40
    assert b"agent-0" in pty.written
    assert 100 < sent <= most, f"{sent:.0f} bytes/s for {rows:.0f} rows/s"


def test_one_changed_cell_costs_its_cell(tmp_path: Path) -> None:
    store = tmp_path / "s" / "s.db"
    live = LiveStore(store, agents=30)
    with console_on_pty("--store", store, "--read-only", home=tmp_path) as pty:
        pty.read_until("agent-005")
        pty.send("F")
        pty.read(12.0)  # ages move in steps of five seconds from here on
        quiet = [pty.read(1.0) for _ in range(2)]
        live.runs([3])
        told = pty.read(1.0)
    rows = [part for part in re.split(rb"\x1b\[\d+;\d+H", told) if part]
    assert rows, quiet
    assert max(map(len, rows)) <= 300


def test_an_idle_screen_is_silent(tmp_path: Path) -> None:
    store = tmp_path / "s" / "s.db"
    LiveStore(store, at_ns=now_ns() - 200 * NS_PER_S)
    with console_on_pty("--store", store, "--read-only", home=tmp_path) as pty:
        pty.read_until("agent-005")
        pty.read(2.0)
        before, began_s = len(pty.written), time.monotonic()
        pty.read(20.0)
        while time.monotonic() - began_s < 20.0:
            pty.read(1.0)
        sent = (len(pty.written) - before) / (time.monotonic() - began_s)
    assert sent <= 200
