"""`agentwatch` without a command and without a terminal: the plain console."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

from agentwatch.cli.launch import recorder_runs
from tests.cli.conftest import SAMPLE, Cli
from tests.feeds.servers import Server, serving
from tests.program import agentwatch, ended, start


async def line(process: asyncio.subprocess.Process, kind: str) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(20):
        while text := (await process.stdout.readline()).decode():
            if text.split()[1] == kind:
                return text
    raise AssertionError(f"no line of {kind!r}")


def test_without_a_feed_it_says_what_to_add_and_starts_nothing(cli: Cli, home: Path) -> None:
    done = cli()
    assert (done.code, done.out) == (2, "")
    assert f"Add one to {home}/.config/agentwatch/config.toml:" in done.err
    assert "agentwatch demo" in done.err
    assert not home.exists()


async def test_with_a_feed_it_starts_a_recorder_and_shows_what_comes(tmp_path: Path) -> None:
    store, config = tmp_path / "s" / "s.db", tmp_path / "c.toml"
    frames = SAMPLE.read_text().splitlines()
    async with serving(Server(frames, pause_s=0.01)) as server:
        config.write_text(f'[[feed]]\nname = "prod"\nurl = "{server.url()}"\n')
        console = await start("--store", store, "--config", config, "--plain", home=tmp_path)
        try:
            assert "agents=" in await line(console, "head")
            assert "prod" in await line(console, "feed")
            assert "run=" in await line(console, "run")
            assert recorder_runs(store)
        finally:
            console.send_signal(signal.SIGTERM)
            done = await ended(console)
            beat = (await agentwatch("--store", store, "store", "info", home=tmp_path)).out
            stop_recorder(beat)
    assert (done.code, done.err) == (0, "")


def stop_recorder(info: str) -> None:
    import json
    import os

    os.kill(json.loads(info)["recorder"]["pid"], signal.SIGTERM)


async def test_read_only_starts_no_recorder_and_ctrl_c_ends_it(
    recorded: Path, tmp_path: Path
) -> None:
    config = tmp_path / "c.toml"
    config.write_text('[[feed]]\nname = "prod"\nurl = "ws://127.0.0.1:1"\n')
    console = await start(
        "--store", recorded, "--config", config, "--read-only", "--plain", home=tmp_path
    )
    assert "agents=" in await line(console, "head")
    assert not recorder_runs(recorded)
    console.send_signal(signal.SIGINT)
    done = await ended(console)
    assert (done.code, done.err) == (0, "")
