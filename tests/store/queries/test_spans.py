"""Spans with the fields of the command line's contract, found by an index."""

from __future__ import annotations

import base64
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from agentwatch.filters import parse
from agentwatch.model import Usage
from agentwatch.store.queries import TABLES, rows
from agentwatch.store.read import open_reader
from tests.store.queries.plans import plan
from tests.store.records import NS, T0, span, span_id, trace_id
from tests.store.stores import NOW, write, writer_on

FIELDS = (
    "trace_id span_id parent_span_id agent agent_claimed_id agent_version conversation_id "
    "operation name state start_ns end_ns duration_ns provider model tool data_source "
    "input_tokens output_tokens cache_read_tokens cache_creation_tokens reasoning_tokens "
    "cost_usd_micros cost_source error_type dialect feed received_ns attributes"
)


def ask(store: sqlite3.Connection, where: str = "") -> list[dict[str, Any]]:
    filter_ = parse(where) if where else None
    return list(rows(store, TABLES["spans"], now_ns=NOW, where=filter_))


def test_a_span_has_the_fields_of_the_contract(store: sqlite3.Connection) -> None:
    long = "word " * 100
    told = span(
        2, 1, trace=0xABC, operation="execute_tool", agent_id="a", agent_version="3",
        conversation_id="c", provider="p", request_model="asked", response_model="m1", tool="t",
        data_source="kb", error_type="e", dialect="gen_ai", state="error",
        usage=Usage(input_tokens=100, output_tokens=0, cache_read_tokens=10),
        attributes={"long": long, "bytes": b"\xff", "list": [1, {"deep": long}], "none": None},
    )  # fmt: skip
    write(writer_on(store), told)
    (row,) = ask(store)
    assert " ".join(row) == FIELDS
    assert row == {
        "trace_id": trace_id(0xABC), "span_id": span_id(2), "parent_span_id": span_id(1),
        "agent": "shop", "agent_claimed_id": "a", "agent_version": "3", "conversation_id": "c",
        "operation": "execute_tool", "name": "span 2", "state": "error", "start_ns": T0 + 2 * NS,
        "end_ns": T0 + 3 * NS, "duration_ns": NS, "provider": "p", "model": "m1", "tool": "t",
        "data_source": "kb", "input_tokens": 100, "output_tokens": 0, "cache_read_tokens": 10,
        "cache_creation_tokens": None, "reasoning_tokens": None, "cost_usd_micros": 95,
        "cost_source": "priced", "error_type": "e", "dialect": "gen_ai", "feed": "f",
        "received_ns": NOW,
        "attributes": {
            "long": long, "bytes": base64.b64encode(b"\xff").decode(),
            "list": [1, {"deep": long}], "none": None,
        },
    }  # fmt: skip


def test_what_is_not_known_is_null_never_zero(store: sqlite3.Connection) -> None:
    write(writer_on(store), span(1, state="running", end_ns=None))
    (row,) = ask(store)
    known = {name for name, value in row.items() if value is not None}
    assert known == {
        "trace_id", "span_id", "agent", "operation", "name", "state", "start_ns", "cost_source",
        "dialect", "feed", "received_ns", "attributes",
    }  # fmt: skip
    assert row["cost_source"] == "unknown"


@pytest.fixture
def fleet(store: sqlite3.Connection) -> sqlite3.Connection:
    writer = writer_on(store)
    write(
        writer,
        span(1, trace=0x10, tool="Send", cost_usd_micros=50_000),
        span(2, trace=0x11, agent_name="Clerk", tokens=2000, operation="invoke_agent"),
        span(3, trace=0x11, state="error", end_ns=T0 + 63 * NS),
    )
    return store


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("", [3, 2, 1]),
        (f"trace:{trace_id(0x11)}", [3, 2]),
        (f"trace:{trace_id(0x10)[:31]}", [3, 2, 1]),
        (f"trace:{trace_id(0x10).upper()}", [1]),
        ("trace:f", []),
        (f"span:{span_id(3)}", [3]),
        (f"span:{span_id(3)[:-1]}", [3, 2, 1]),
        ("agent:shop", [3, 1]),
        ("agent:shop/clerk", [2]),  # one key, in whatever case it is written
        ("agent:shop/Clerk", [2]),
        ("agent:shop/CLERK", []),
        ("agent:shop,shop/clerk", [3, 2, 1]),
        ("agent!:shop", [2]),
        ("agent:nobody", []),
        ("tool:send", [1]),
        ("tool!:send", [3, 2]),
        ("state:error", [3]),
        ("cost>=0.05", [1]),
        ("tokens>1k", [2]),
        ("duration>30s", [3]),
        ("clerk | send", [2, 1]),
        ("/^span [12]$/", [2, 1]),
        ("feed:f state:unset", [2, 1]),
    ],
)
def test_a_filter_finds_its_spans(
    fleet: sqlite3.Connection, path: Path, where: str, found: list[int]
) -> None:
    reader = open_reader(path)
    assert [int(row["span_id"], 16) for row in ask(reader, where)] == found
    reader.close()


@pytest.mark.parametrize(
    ("where", "step"),
    [
        ("", "SCAN s USING INDEX spans_by_received"),
        ("agent:shop/clerk", "SEARCH s USING INDEX spans_by_agent (agent=?)"),
        ("agent:shop/Clerk", "SEARCH s USING INDEX spans_by_agent (agent=?)"),
        ("agent:shop state:error", "SEARCH s USING INDEX spans_by_agent (agent=?)"),
    ],
)
def test_the_last_200_and_one_agents_are_read_in_order_from_an_index(
    fleet: sqlite3.Connection, where: str, step: str
) -> None:
    assert plan(fleet, "spans", where, limit=200) == [step]


def test_a_span_of_time_is_read_in_order_from_an_index(fleet: sqlite3.Connection) -> None:
    (step,) = plan(fleet, "spans", since_ns=5, until_ns=9, limit=200)
    assert step == "SEARCH s USING INDEX spans_by_received (received_ns>? AND received_ns<?)"


@pytest.mark.parametrize("digits", [8, 31, 32])
def test_one_trace_is_found_by_an_index_and_only_its_rows_are_sorted(
    fleet: sqlite3.Connection, digits: int
) -> None:
    steps = plan(fleet, "spans", f"trace:{trace_id(0x11)[:digits]}", limit=200)
    assert steps == [
        "SEARCH s USING INDEX spans_by_id (trace_id>? AND trace_id<?)",
        "USE TEMP B-TREE FOR ORDER BY",
    ]
