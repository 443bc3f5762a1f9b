"""`agentwatch demo`: the demo world in a throw-away store, on the path of live feeds."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import tempfile
import threading
from pathlib import Path

from agentwatch.cli.launch import start_recorder
from agentwatch.cli.screen import make_console, run_console, wants_plain
from agentwatch.cli.times import seconds
from agentwatch.clock import now_ns
from agentwatch.config import Config
from agentwatch.plain import watch

HEADLESS_S = 30.0


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("demo", help="a fleet of agents to look at", allow_abbrev=False)
    parser.add_argument("--headless", action="store_true", help="print the plain console")
    parser.add_argument("--duration", type=seconds, metavar="S", help="end after S seconds")
    parser.add_argument("--speed", type=float, default=1.0, metavar="X", help="2 is twice as fast")
    parser.add_argument("--seed", type=int, metavar="N", help="another fleet of the same kind")
    parser.add_argument("--scenario", metavar="NAME", help="see --list")
    parser.add_argument("--tour", action="store_true", help="six cards on what to look at")
    parser.add_argument("--list", action="store_true", help="name the scenarios")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve the world on loopback, record it with a real recorder, and show it."""
    from agentwatch.demo.world import SCENARIOS

    if options.list:
        for name, line in SCENARIOS.items():
            print(f"{name:24} {line}")
        return 0
    with tempfile.TemporaryDirectory(prefix="agentwatch-demo-") as folder:
        return asyncio.run(_play(options, Path(folder) / "store" / "demo.db"))


async def _play(options: argparse.Namespace, store: Path) -> int:
    from agentwatch.demo.world import demo_world

    plain = options.headless or wants_plain(options.plain)
    async with demo_world(options.scenario, options.seed, options.speed) as feeds:
        config = store.parent.parent / "config.toml"
        config.write_text(
            "".join(f'[[feed]]\nname = "{name}"\nurl = "{url}"\n' for name, url in feeds)
        )
        recorder = start_recorder(store, ["--config", str(config), "record", "--stats-json"])
        try:
            await (_print if plain else _draw)(options, store)
        finally:
            recorder.terminate()
            code = await asyncio.to_thread(recorder.wait, 30)
    log = store.with_name(f"{store.name}.recorder.log").read_text()
    if code:
        print(f"agentwatch: the recorder ended with {code}: {log.strip()}", file=sys.stderr)
        return code
    print(_summary(store, log))
    return 0


async def _print(options: argparse.Namespace, store: Path) -> None:
    duration_s = options.duration
    if duration_s is None and (options.headless or not sys.stdout.isatty()):
        duration_s = HEADLESS_S
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await asyncio.to_thread(
        watch, store, out=sys.stdout, clock=now_ns, duration_s=duration_s, stop=stop
    )


async def _draw(options: argparse.Namespace, store: Path) -> None:
    console = make_console(
        Config(),
        store,
        theme=options.theme,
        config_file=options.config,
        state_folder=store.parent.parent,
        badges=["DEMO"],
        tour=options.tour,
    )
    if options.duration is not None:
        asyncio.get_running_loop().call_later(options.duration, console.exit, 0)
    await run_console(console)


def _summary(store: Path, log: str) -> str:
    import json

    from agentwatch.store.read import open_reader

    account = json.loads(log.strip().splitlines()[-1])
    connection = open_reader(store)
    try:
        agents, runs, errors = (
            connection.execute(f"SELECT {what}").fetchone()[0]
            for what in (
                "count(*) FROM agents",
                "count(*) FROM runs",
                "coalesce(sum(error_count), 0) FROM runs",
            )
        )
    finally:
        connection.close()
    return (
        f"demo ended: {agents} agents, {runs} runs, {account['spans_new']} spans, {errors} errors; "
        f"{account['frames']} frames = {account['frames_stored']} stored + "
        f"{account['frames_empty']} empty + {account['frames_rejected']} rejected + "
        f"{account['frames_dropped']} dropped"
    )
