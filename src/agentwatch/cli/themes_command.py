"""`agentwatch themes`: which looks there are, which one is in force, and whether a file holds."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from agentwatch.config import ConfigError, config_path
from agentwatch.untrusted import show


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("themes", help="the console's looks", allow_abbrev=False)
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    every = actions.add_parser("list", help="every theme, and the one in force", allow_abbrev=False)
    every.set_defaults(run=list_themes)
    check = actions.add_parser("check", help="judge a theme's file", allow_abbrev=False)
    check.add_argument("file", type=Path, metavar="FILE")
    check.set_defaults(run=check_theme)


def list_themes(options: argparse.Namespace) -> int:
    """Print a line a theme: its name, what it is, where it comes from."""
    from agentwatch.console.themes import available, bundled, colours, in_force, load

    folder = (options.config or config_path()).parent
    current, refused = in_force(None, folder, os.environ, colours(os.environ))
    if refused is not None:
        print(f"agentwatch: {show(refused)}", file=sys.stderr)
    for name, path in available(folder).items():
        try:
            title = load(path).title
        except ConfigError as error:
            title = f"refused: {error}"
        where = "built in" if path == bundled(name) else str(path)
        mark = "in force" if name == current.name else ""
        print(f"{show(name):<16} {mark:<8} {show(title):<30} {show(where)}")
    return 0


def check_theme(options: argparse.Namespace) -> int:
    """Print a line a warning; a file that cannot be used is refused."""
    from agentwatch.console.palette import fit, shown
    from agentwatch.console.theme_check import findings, is_measured
    from agentwatch.console.themes import load

    theme = load(options.file)
    found = findings(theme)
    found += [f"in 256 colours {each}" for each in findings(shown(fit(theme)))] if not found else []
    for finding in found:
        print(f"warning: {finding}")
    name = show(str(options.file))
    if found:
        print(f"{name} can be used, with {len(found)} warnings")
    elif is_measured(theme):
        print(f"{name}: nothing wrong")
    else:
        print(f"{name}: nothing wrong; its colours are the terminal's, so none was measured")
    return 0
