"""A store that grows tenfold in; what each query takes before and after out.

A query whose time grows with the table would freeze a console one day: the ratio should be near 1.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from agentwatch.filters import parse
from agentwatch.store.queries import TABLES, rows
from agentwatch.store.read import open_reader
from benchmarks.figures import Figure, cpu_s, median
from benchmarks.spans import T0_NS, Fleet, fill, new_store, new_writer

AGENTS = 500
ROUNDS = 15


def run(quick: bool) -> list[Figure]:
    """Measure at a tenth of the size, then at the whole."""
    small, large = (10_000, 100_000) if quick else (100_000, 1_000_000)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store" / "agentwatch.db"
        connection = new_store(path)
        writer, fleet = new_writer(connection), Fleet(AGENTS)
        fill(connection, writer, fleet, small)
        before = _times_ms(path)
        fill(connection, writer, fleet, large - small)
        after = _times_ms(path)
        connection.close()
    control = f"at {small:,} spans"
    return [
        Figure(f"{name}, at {large:,} spans", after[name], "ms", before[name], control, aim)
        for name, aim in AIMS.items()
    ]


AIMS: Mapping[str, str] = {
    "last 200 spans": "",
    "one trace": "",
    "one agent's runs": "",
    f"all {AGENTS} agents": "30 ms",
}


def _times_ms(path: Path) -> dict[str, float]:
    reader = open_reader(path)
    trace_id, agent = reader.execute(
        "SELECT lower(hex(trace_id)), agent FROM runs ORDER BY id LIMIT 1 OFFSET 200"
    ).fetchone()
    queries = (
        lambda: _read(reader, "spans", limit=200),
        lambda: _read(reader, "spans", where=f"trace:{trace_id}"),
        lambda: _read(reader, "runs", where=f"agent:{agent}", limit=50),
        lambda: _read(reader, "agents"),
    )
    times = {name: _ms(query) for name, query in zip(AIMS, queries, strict=True)}
    reader.close()
    return times


def _read(
    reader: sqlite3.Connection, table: str, where: str | None = None, limit: int | None = None
) -> int:
    condition = parse(where) if where is not None else None
    return len(list(rows(reader, TABLES[table], now_ns=T0_NS, where=condition, limit=limit)))


def _ms(query: Callable[[], int]) -> float:
    if not query():
        raise RuntimeError("a query that finds nothing measures nothing")
    return median(cpu_s(query) for _ in range(ROUNDS)) * 1_000
