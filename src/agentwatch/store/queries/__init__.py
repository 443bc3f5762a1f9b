"""What a reader asks of the store: each query is data, so that any kind of connection can run it.

`TABLES` lists what `agentwatch query` offers. A query's rows have the fields of the command line's
contract, newest first.
"""

from __future__ import annotations

from agentwatch.store.queries import agents, feeds, runs, spans
from agentwatch.store.queries.table import Table, rows

TABLES: dict[str, Table] = {
    "agents": agents.TABLE,
    "runs": runs.TABLE,
    "spans": spans.TABLE,
    "feeds": feeds.TABLE,
}

__all__ = ["TABLES", "Table", "rows"]
