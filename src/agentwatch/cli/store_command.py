"""`agentwatch store`: look after the store."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from agentwatch.store import health
from agentwatch.store.schema import ProcessLock, open_store, pending
from agentwatch.untrusted import show


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("store", help="look after the store", allow_abbrev=False)
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    for name, told, act in (
        ("info", "what it holds, as JSON", _info),
        ("check", "whether it is sound", _check),
        ("backup", "copy it while it is in use", _backup),
        ("migrate", "bring it to this version", _migrate),
    ):
        actions.add_parser(name, help=told, allow_abbrev=False).set_defaults(run=act)
    backup, migrate = actions.choices["backup"], actions.choices["migrate"]
    backup.add_argument("file", type=Path, metavar="FILE")
    migrate.add_argument("--dry-run", action="store_true", help="only name what would be done")


def _info(options: argparse.Namespace) -> int:
    print(json.dumps(health.info(options.store), indent=2))
    return 0


def _check(options: argparse.Namespace) -> int:
    faults = health.check(options.store)
    for fault in faults:
        print(show(fault))
    if not faults:
        print(f"{show(str(options.store))} is sound")
    return 1 if faults else 0


def _backup(options: argparse.Namespace) -> int:
    health.backup(options.store, options.file)
    print(show(str(options.file)))
    return 0


def _migrate(options: argparse.Namespace) -> int:
    names = pending(options.store)
    if names and not options.dry_run:
        with ProcessLock(options.store, "recorder"):
            open_store(options.store).close()
    for name in names:
        print(name)
    if not names:
        print(f"{show(str(options.store))} is up to date")
    return 0
