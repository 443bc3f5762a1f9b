"""`agentwatch find`: the runs that hold a value, such as the order number that a customer names."""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from agentwatch.cli.times import count, moment_ns
from agentwatch.clock import now_ns

if TYPE_CHECKING:
    from agentwatch.store.queries.unsearched import Unsearched


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "find",
        help="print the runs that hold a value",
        description="Print, as JSON lines, the runs whose arguments, results, messages or ids "
        "hold TEXT, whatever its case, with the places that hold it; newest first.",
        allow_abbrev=False,
    )
    parser.add_argument("text", metavar="TEXT", help="3 characters or more, taken literally")
    parser.add_argument("--since", type=moment_ns, metavar="T", help="received at T or later")
    parser.add_argument("--limit", type=count, metavar="N", help="at most N runs")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the runs as they are found; say on standard error what was not searched."""
    from agentwatch.store.queries.unsearched import unsearched
    from agentwatch.store.read import open_reader

    connection = open_reader(options.store)
    try:
        for number, record in enumerate(runs(connection, options.text, options.since), 1):
            sys.stdout.write(json.dumps(record, ensure_ascii=True, allow_nan=False) + "\n")
            if number == options.limit:
                break
        sys.stdout.flush()
        for sentence in remarks(unsearched(connection)):
            print(f"agentwatch: {sentence}", file=sys.stderr)
    finally:
        connection.close()
    return 0


def runs(
    connection: sqlite3.Connection, text: str, since_ns: int | None
) -> Iterator[dict[str, Any]]:
    """Yield each run once, with all its places, in the order of the newest of them."""
    from agentwatch.filters import parse
    from agentwatch.store.queries import TABLES, rows
    from agentwatch.store.queries.find import find, in_run

    seen: set[str] = set()
    for hit in find(connection, text, since_ns=since_ns):
        if hit.trace_id is None or hit.trace_id in seen:
            continue
        seen.add(hit.trace_id)
        where = parse(f"trace:{hit.trace_id}")
        for record in rows(connection, TABLES["runs"], now_ns=now_ns(), where=where):
            places = [hit] if hit.key == "trace_id" else []
            places += in_run(connection, text, hit.trace_id)
            record["hits"] = [
                {"span_id": place.span_id, "where": place.where, "snippet": place.snippet}
                for place in places
            ]
            yield record


def remarks(missed: list[Unsearched]) -> Iterator[str]:
    """Yield a sentence for each kind of thing that was not searched."""
    for kind, sentence in _SENTENCES.items():
        of_kind = [each for each in missed if each.kind == kind]
        if of_kind:
            yield sentence.format(
                records=sum(each.records or 0 for each in of_kind),
                gaps=len(of_kind),
                feeds=", ".join(dict.fromkeys(each.feed for each in of_kind if each.feed)),
            )


_SENTENCES = {
    "waiting": "not searched: up to {records:,} records that wait for the index.",
    "too_old": "not searched: what is too old to be kept.",
    "gap": "not searched: {gaps:,} times that nobody saw, of {feeds}.",
    "lost": "not searched: {records:,} frames that were dropped or refused, of {feeds}.",
}
