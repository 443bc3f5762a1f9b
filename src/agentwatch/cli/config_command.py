"""`agentwatch config`: where the configuration is, what it says, whether it holds."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import msgspec

from agentwatch.config import TEMPLATE, ConfigError, config_path, load
from agentwatch.feeds.url import parse_url
from agentwatch.untrusted import show


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("config", help="the configuration", allow_abbrev=False)
    parser.add_argument(
        "action",
        choices=("path", "show", "check", "init"),
        metavar="ACTION",
        help="path, show, check or init",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print, check or write the configuration."""
    path = options.config or config_path()
    if options.action == "path":
        print(show(str(path)))
    elif options.action == "init":
        _init(path)
    else:
        config = load(options.config)
        for feed in config.feed:
            parse_url(feed.url)
        if options.action == "show":
            print(json.dumps(msgspec.to_builtins(config), indent=2))
        else:
            held = f"{len(config.feed)} feeds, {len(config.agents)} agents"
            print(f"{show(str(path))}: {held}, nothing wrong")
    return 0


def _init(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with path.open("x", encoding="utf-8") as file:
            file.write(TEMPLATE)
    except FileExistsError:
        raise ConfigError(f"{path} exists and was left as it is.") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}.") from error
    print(show(str(path)))
