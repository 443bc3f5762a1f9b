"""The registry of actions in, the key table of the manual out; `python -m` prints it.

`python -m agentwatch.console.key_table FILE` writes it between the marks of a Markdown file.
"""

from __future__ import annotations

import sys
from pathlib import Path

from agentwatch.console.keys import ACTIONS, GROUPS, Action, spelled

BEGIN, END = "<!-- keys: begin -->", "<!-- keys: end -->"
TITLES = {"MOVE": "Move", "VIEWS": "Views", "LOOK": "Look", "CONSOLE": "Console"}


def key_table() -> str:
    """Return the table, a row an action, in the order of the help sheet."""
    rows = ["| | key | name after `:` | what it does |", "|---|---|---|---|"]
    for group in GROUPS:
        actions = [action for action in ACTIONS if action.group == group]
        rows += [_row(action, group if not number else "") for number, action in enumerate(actions)]
    return "\n".join(rows) + "\n"


def put_into(text: str) -> str:
    """Return a Markdown text with the table in place of what stood between its marks."""
    before, _, rest = text.partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise ValueError(f"The text has no {BEGIN} with {END} after it.")
    return f"{before}{BEGIN}\n\n{key_table()}\n{END}{after}"


def _row(action: Action, group: str) -> str:
    keys = " ".join(f"`{spelled(key)}`" for key in action.keys)
    name = f"`{action.id}{f' {action.argument}' if action.argument else ''}`"
    title = f"**{TITLES.get(group, group.title())}**" if group else ""
    return f"| {title} | {keys} | {name} | {action.about.replace('|', chr(92) + '|')} |"


def main(arguments: list[str]) -> int:
    """Print the table, or write it into a file."""
    if not arguments:
        print(key_table(), end="")
        return 0
    path = Path(arguments[0])
    path.write_text(put_into(path.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
