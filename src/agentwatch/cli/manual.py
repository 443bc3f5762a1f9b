"""The one parser in, its manual page out: `make man` writes docs/agentwatch.1 from it.

Needs argparse-manpage, which is there for development alone.
"""

from __future__ import annotations

import os

from agentwatch import __version__
from agentwatch.cli.parser import parser

COLUMNS = 80


def page() -> str:
    """Return the page as roff: the same on every machine and every day."""
    from argparse_manpage.manpage import Manpage

    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = str(COLUMNS)  # argparse folds its usage lines by it
    try:
        manual = Manpage(
            parser(),
            {
                "project_name": "agentwatch",
                "version": __version__,
                "description": "watch a fleet of AI agents, and switch a rogue one off",
                "manual_title": "AgentWatch",
                "date": f"version {__version__}",
            },
        )
        return str(manual)
    finally:
        del os.environ["COLUMNS"]
        if before is not None:
            os.environ["COLUMNS"] = before


if __name__ == "__main__":
    print(page(), end="")
