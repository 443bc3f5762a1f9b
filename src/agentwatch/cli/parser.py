"""The one parser: the program, its completions and its manual page come from it."""

from __future__ import annotations

import argparse
import difflib
import itertools
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from agentwatch import __version__
from agentwatch.cli import (
    config_command,
    console,
    demo,
    doctor_command,
    find_command,
    query,
    record,
    store_command,
    themes_command,
)
from agentwatch.config import store_path

COMMANDS = (
    demo,
    record,
    query,
    find_command,
    doctor_command,
    store_command,
    themes_command,
    config_command,
)
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
        "--store",
        type=_store,
        default=store_path(),
        metavar="FILE",
        help="the store ($XDG_STATE_HOME/agentwatch/agentwatch.db)",
    )
    whole.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="the configuration ($XDG_CONFIG_HOME/agentwatch/config.toml)",
    )
    whole.add_argument("--read-only", action="store_true", help="start no recorder")
    whole.add_argument(
        "--plain", action="store_true", help="a line a change: for pipes and screen readers"
    )
    whole.add_argument("--theme", metavar="NAME", help="the colours; see `themes list`")
    whole.add_argument("--version", action="version", version=f"agentwatch {__version__}")
    _offer_completions(whole)
    whole.set_defaults(run=console.run)
    commands = whole.add_subparsers(title="commands", metavar="COMMAND", parser_class=_Parser)
    for command in COMMANDS:
        command.add(commands)
    return whole


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Return the options. Raises UsageError; an option that nothing knows is named first."""
    whole = parser()
    known = _options(whole)
    for word in itertools.takewhile(lambda word: word != "--", argv):
        name = word.partition("=")[0]
        if name.startswith("--") and " " not in word and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else "--help lists what there is."
            raise UsageError(f"There is no option {name!r}; {hint}")
    return whole.parse_args(argv)


def _options(parser: argparse.ArgumentParser) -> set[str]:
    """Return every long option of a parser and of its commands."""
    found: set[str] = set()
    for action in parser._actions:
        found.update(name for name in action.option_strings if name.startswith("--"))
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                found |= _options(command)
    return found


def _store(text: str) -> Path:
    path = Path(text)
    if not path.name or path.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is a folder; name a file, such as {text}/s.db")
    return path


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
