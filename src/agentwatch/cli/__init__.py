"""The command line: argv in, one command a file, an exit code out."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from agentwatch.cli.parser import UsageError, parser
from agentwatch.config import ConfigError
from agentwatch.demo.scenarios import DemoError
from agentwatch.feeds.url import FeedError
from agentwatch.filters import FilterError
from agentwatch.kpi.prices import PriceError
from agentwatch.store.schema import StoreError

REFUSALS = (UsageError, ConfigError, DemoError, FeedError, FilterError, PriceError, StoreError)


def run(argv: Sequence[str]) -> int:
    """Run one command; whatever is refused is one line on standard error and exit code 2."""
    try:
        options = parser().parse_args(argv)
        code: int = options.run(options)
        return code
    except REFUSALS as error:
        print(f"agentwatch: {error}", file=sys.stderr)
        return 2
    except BaseExceptionGroup as group:
        refusals, others = group.split(REFUSALS)
        if refusals is None or others is not None:
            raise
        print(f"agentwatch: {refusals.exceptions[0]}", file=sys.stderr)
        return 2
