"""`agentwatch doctor`: what works now, what does not, and what to do."""

from __future__ import annotations

import argparse
import json

from msgspec import to_builtins

from agentwatch.clock import now_ns
from agentwatch.config import load
from agentwatch.doctor import checks
from agentwatch.untrusted import show


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("doctor", help="what works, what does not", allow_abbrev=False)
    parser.add_argument("--json", action="store_true", help="a JSON object a line")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print a line a check; exit code 1 on a failure."""
    found = checks(load(options.config), options.store, now_ns)
    for check in found:
        if options.json:
            print(json.dumps(to_builtins(check)))
            continue
        remedy = f" → {check.remedy}" if check.remedy else ""
        print(f"{check.state:<8} {show(check.check, 24):<16} {show(check.detail)}{show(remedy)}")
    return 1 if any(check.state == "failure" for check in found) else 0
