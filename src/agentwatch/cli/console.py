"""`agentwatch` without a command: the console."""

from __future__ import annotations

import argparse
import os
import sys

from agentwatch.cli.launch import recorder_runs, start_recorder, watching
from agentwatch.clock import now_ns
from agentwatch.config import load
from agentwatch.plain import watch

NO_FEED = """\
agentwatch: there is no feed yet. Add one to {path}:

    [[feed]]
    name = "prod"
    url = "ws://localhost:12001"

or look at the demo world: agentwatch demo"""


def run(options: argparse.Namespace) -> int:
    """Watch the store; start its recorder where there are feeds and none runs."""
    from agentwatch.config import config_path

    config = load(options.config)
    if not config.feed and not options.store.exists():
        print(NO_FEED.format(path=options.config or config_path()), file=sys.stderr)
        return 2
    if options.read_only or not config.feed or not _may_write(options.store):
        return watch(options.store, out=sys.stdout, clock=now_ns)
    with watching(options.store):
        if not recorder_runs(options.store):
            arguments = ["--config", str(options.config)] if options.config else []
            start_recorder(options.store, [*arguments, "record", "--while-watched"])
        return watch(options.store, out=sys.stdout, clock=now_ns)


def _may_write(store: os.PathLike[str]) -> bool:
    return not os.path.exists(store) or os.access(store, os.W_OK)  # noqa: PTH110 - a PathLike
