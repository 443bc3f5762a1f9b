"""`agentwatch` without a command: the console."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys

from agentwatch.cli.launch import recorder_runs, start_recorder, watching
from agentwatch.cli.screen import make_console, run_console, wants_plain
from agentwatch.clock import now_ns
from agentwatch.config import Config, load
from agentwatch.plain import watch
from agentwatch.untrusted import show

NO_FEED = """\
agentwatch: there is no feed yet. Add one to {path}:

    [[feed]]
    name = "prod"
    url = "ws://localhost:12001"

or look at the demo world: agentwatch demo"""


def run(options: argparse.Namespace) -> int:
    """Watch the store until ctrl-c or SIGTERM; start its recorder where one is wanted."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return _watch(options)
    except KeyboardInterrupt:
        return 0


def _watch(options: argparse.Namespace) -> int:
    from agentwatch.config import config_path

    config = load(options.config)
    plain = wants_plain(options.plain)
    if plain and not config.feed and not options.store.exists():
        print(NO_FEED.format(path=show(str(options.config or config_path()))), file=sys.stderr)
        return 2
    looks = options.read_only or not config.feed or not _may_write(options.store)
    with contextlib.nullcontext() if looks else watching(options.store):
        if not looks and not recorder_runs(options.store):
            arguments = ["--config", str(options.config)] if options.config else []
            start_recorder(options.store, [*arguments, "record", "--while-watched"])
        if plain:
            return watch(options.store, out=sys.stdout, clock=now_ns)
        return _draw(options, config)


def _draw(options: argparse.Namespace, config: Config) -> int:
    console = make_console(
        config,
        options.store,
        theme=options.theme,
        config_file=options.config,
        badges=["READ-ONLY"] if options.read_only else [],
    )
    return asyncio.run(run_console(console))


def _may_write(store: os.PathLike[str]) -> bool:
    return not os.path.exists(store) or os.access(store, os.W_OK)  # noqa: PTH110 - a PathLike
