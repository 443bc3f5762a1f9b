"""`agentwatch query`: rows of the store, for other programs and for people."""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import sys
from collections.abc import Iterator
from typing import Any

from agentwatch.cli.times import count, moment_ns
from agentwatch.clock import now_ns
from agentwatch.untrusted import show

TABLE_ROWS = 200
WIDEST = 40
_SAMPLE = 200


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("query", help="print rows of the store", allow_abbrev=False)
    parser.add_argument(
        "table",
        choices=("agents", "runs", "spans", "feeds"),
        metavar="TABLE",
        help="agents, runs, spans or feeds",
    )
    parser.add_argument("--where", metavar="EXPR", help="a filter such as state:error agent:NAME")
    parser.add_argument("--since", type=moment_ns, metavar="T", help="received at T or later")
    parser.add_argument("--until", type=moment_ns, metavar="T", help="received before T")
    parser.add_argument("--limit", type=count, metavar="N", help="at most N rows; a table has 200")
    parser.add_argument(
        "--format",
        choices=("jsonl", "table", "csv"),
        default="jsonl",
        help="%(default)s by default",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the rows, newest first."""
    from agentwatch.filters import parse
    from agentwatch.store.queries import TABLES, rows
    from agentwatch.store.read import open_reader

    limit = options.limit or (TABLE_ROWS if options.format == "table" else None)
    where = parse(options.where) if options.where else None
    connection = open_reader(options.store)
    try:
        records = rows(
            connection,
            TABLES[options.table],
            now_ns=now_ns(),
            where=where,
            since_ns=options.since,
            until_ns=options.until,
            limit=limit,
        )
        PRINTERS[options.format](records)
    finally:
        connection.close()
    return 0


def _jsonl(records: Iterator[dict[str, Any]]) -> None:
    for record in records:
        sys.stdout.write(json.dumps(record, ensure_ascii=True, allow_nan=False) + "\n")


def _csv(records: Iterator[dict[str, Any]]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    for number, record in enumerate(records):
        if not number:
            writer.writerow(record)
        writer.writerow([_cell(value) for value in record.values()])


def _cell(value: Any) -> Any:
    """Return a value that no spreadsheet runs as a formula."""
    text = show(_text(value))
    return f"'{text}" if isinstance(value, str) and text[:1] in ("=", "+", "-", "@") else text


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=True)


def _table(records: Iterator[dict[str, Any]]) -> None:
    first = list(itertools.islice(records, _SAMPLE))
    if not first:
        return
    names = [name for name in first[0] if name != "attributes"]
    cells = [[show(_text(record[name]), WIDEST) for name in names] for record in first]
    widths = [max(map(len, column)) for column in zip(names, *cells, strict=True)]
    numeric = [
        all(isinstance(record[name], int | float | None) for record in first) for name in names
    ]

    def line(values: list[str]) -> str:
        padded = (
            value.rjust(width) if right else value.ljust(width)
            for value, width, right in zip(values, widths, numeric, strict=True)
        )
        return "  ".join(padded).rstrip()

    print(line(names))
    for row in cells:
        print(line(row))
    for record in records:
        print(line([show(_text(record[name]), WIDEST) for name in names]))


PRINTERS = {"jsonl": _jsonl, "csv": _csv, "table": _table}
