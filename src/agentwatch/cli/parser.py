"""The one parser: the program, its completions and its manual page come from it."""

from __future__ import annotations

import argparse
import difflib
import re
from pathlib import Path
from typing import NoReturn

from agentwatch import __version__
from agentwatch.cli import (
    config_command,
    console,
    demo,
    doctor_command,
    query,
    record,
    store_command,
)
from agentwatch.config import store_path

COMMANDS = (demo, record, query, doctor_command, store_command, config_command)
"""In the order of the help. Each module has `add(commands)`, which names it and its options."""


class UsageError(Exception):
    """Words on the command line that cannot be followed: one sentence."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        choice = re.search(r"invalid choice: '([^']*)' \(choose from (.*)\)", message)
        if choice is not None:
            known = [word.strip("' ") for word in choice[2].split(",")]
            near = difflib.get_close_matches(choice[1], known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}."
            message = f"There is no {choice[1]!r} here; {hint}"
        raise UsageError(message if message.endswith((".", "?")) else f"{message}.")


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    whole = _Parser(
        prog="agentwatch",
        description="Watch a fleet of AI agents, and switch a rogue one off.",
        epilog="Without a command it opens the console. Times: 15m, 7d, or RFC 3339.",
        allow_abbrev=False,
    )
    whole.add_argument(
        "--store", type=Path, default=store_path(), metavar="FILE", help="the store (%(default)s)"
    )
    whole.add_argument("--config", type=Path, metavar="FILE", help="the configuration")
    whole.add_argument("--read-only", action="store_true", help="start no recorder")
    whole.add_argument(
        "--plain", action="store_true", help="a line a change: for pipes and screen readers"
    )
    whole.add_argument("--version", action="version", version=f"agentwatch {__version__}")
    _offer_completions(whole)
    whole.set_defaults(run=console.run)
    commands = whole.add_subparsers(title="commands", metavar="COMMAND", parser_class=_Parser)
    for command in COMMANDS:
        command.add(commands)
    return whole


class _Completion(argparse.Action):
    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: object,
        values: object,
        option: object = None,
    ) -> NoReturn:
        import shtab

        print(shtab.complete(parser, str(values)))
        raise SystemExit(0)


def _offer_completions(whole: argparse.ArgumentParser) -> None:
    whole.add_argument(
        "--print-completion",
        choices=("bash", "zsh", "tcsh"),
        action=_Completion,
        help="print a completion script for this shell",
    )
