"""The command line: argv in, one command a file, an exit code out."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Sequence

from agentwatch.cli.parser import UsageError, parse
from agentwatch.config import ConfigError
from agentwatch.demo.scenarios import DemoError
from agentwatch.feeds.url import FeedError
from agentwatch.filters import FilterError
from agentwatch.kpi.prices import PriceError
from agentwatch.store.queries.needle import FindError
from agentwatch.store.schema import StoreError
from agentwatch.untrusted import show

REFUSALS = (
    UsageError, ConfigError, DemoError, FeedError, FilterError, FindError, PriceError, StoreError,
    sqlite3.DatabaseError,
)  # fmt: skip
"""What a person can mend; anything else is a fault of the program and shows its traceback."""


def run(argv: Sequence[str]) -> int:
    """Run one command; whatever is refused is one line on standard error and exit code 2."""
    try:
        options = parse(argv)
        code: int = options.run(options)
        return code
    except REFUSALS as error:
        return _refused(error)
    except BrokenPipeError:
        raise
    except OSError as error:
        return _refused(error)
    except BaseExceptionGroup as group:
        refusals, others = group.split(REFUSALS)
        if refusals is None or others is not None:
            raise
        return _refused(refusals.exceptions[0])


def _refused(error: BaseException) -> int:
    sentence = str(error)
    if isinstance(error, FilterError):
        sentence = f"--where, at character {error.position + 1}: {sentence}"
    elif isinstance(error, sqlite3.Error):
        sentence = f"The store cannot be read: {error}; see `agentwatch store check`."
    elif isinstance(error, OSError) and error.strerror:
        sentence = f"{error.filename or 'The output'}: {error.strerror}."
    print(f"agentwatch: {show(sentence)}", file=sys.stderr)
    return 2
