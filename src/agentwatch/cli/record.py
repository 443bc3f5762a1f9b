"""`agentwatch record`: the recorder."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence

from agentwatch.cli.launch import watched
from agentwatch.cli.times import seconds
from agentwatch.config import Config, ConfigError, FeedConfig, config_path, load


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "record", help="follow the feeds and store what they send", allow_abbrev=False
    )
    parser.add_argument(
        "--feed", action="append", default=[], metavar="URL", help="ws:, wss: or replay:FILE"
    )
    parser.add_argument(
        "--until-idle", type=seconds, metavar="S", help="end S seconds after the last frame"
    )
    parser.add_argument("--duration", type=seconds, metavar="S", help="end after S seconds")
    parser.add_argument("--stats-json", action="store_true", help="print the account at the end")
    parser.add_argument("--while-watched", action="store_true", help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Record until told to stop."""
    from agentwatch.recorder import Ending, record

    config = load(options.config)
    feeds = chosen_feeds(config, options.feed)
    ending = Ending(
        options.until_idle,
        options.duration,
        watched(options.store) if options.while_watched else None,
    )
    outcome = asyncio.run(
        record(
            config,
            options.store,
            feeds,
            ending,
            prices=(options.config or config_path()).with_name("prices.toml"),
            reload=lambda: load(options.config),
            complain=_complain,
        )
    )
    if options.stats_json:
        print(json.dumps(outcome.stats))
    if outcome.reason is not None:
        _complain(outcome.reason)
    return outcome.exit_code


def chosen_feeds(config: Config, urls: Sequence[str]) -> list[FeedConfig]:
    """Return the feeds of the command line, else those of the configuration."""
    feeds = [
        FeedConfig(name=_name(url, number), url=url) for number, url in enumerate(urls, 1)
    ] or list(config.feed)
    if not feeds:
        raise ConfigError(
            "There is no feed: give --feed URL, or a [[feed]] in the configuration "
            "(`agentwatch config init`)."
        )
    return feeds


def _name(url: str, number: int) -> str:
    return f"feed-{number}" if number > 1 else "feed"


def _complain(sentence: str) -> None:
    print(f"agentwatch: {sentence}", file=sys.stderr, flush=True)
