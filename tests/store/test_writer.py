"""The writer on a real store: idempotence, replacement, re-attribution, and sums that recount."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentwatch.attribution import agent_key
from agentwatch.kpi.prices import Prices
from agentwatch.kpi.rollups import FIGURES
from agentwatch.model import Event, Facts, OutcomeStated, Point, Records, Resource, Span, Waiting
from agentwatch.store.masking import Mask
from agentwatch.store.schema import open_store
from agentwatch.store.writer import Inserted, Writer
from agentwatch.untrusted import Redactor
from tests.store.records import NS, SERVICE, T0, span, trace_id

SECRET = "AKIAIOSFODNN7EXAMPLE"  # noqa: S105 - the vendor's documented example

RECOUNT = """
SELECT agent, coalesce(agent_version, ''), coalesce(response_model, request_model, ''),
    coalesce(tool, ''), count(*), sum(state = 'error'), sum(coalesce(end_ns - start_ns, 0)),
    sum(counts * coalesce(input_tokens, 0)), sum(counts * coalesce(output_tokens, 0)),
    sum(counts * coalesce(cache_read_tokens, 0)), sum(counts * coalesce(cache_creation_tokens, 0)),
    sum(counts * coalesce(reasoning_tokens, 0)), sum(counts * coalesce(cost_usd_micros, 0)),
    sum(counts * (cost_usd_micros IS NULL AND coalesce(input_tokens, output_tokens) IS NOT NULL))
FROM spans GROUP BY 1, 2, 3, 4, at_ns / (:width * 1000000000) ORDER BY 1, 2, 3, 4, min(at_ns)
"""
ROLLED_UP = f"""
SELECT agent, version, model, tool, {", ".join(FIGURES)} FROM rollups
WHERE width_s = :width AND spans > 0 ORDER BY 1, 2, 3, 4, bucket_ns
"""  # noqa: S608 - names of our own


def key_of(resource: Resource, name: str | None, agent_id: str | None) -> str:
    return agent_key(resource, None, name, agent_id)


def writer_on(connection: sqlite3.Connection) -> Writer:
    prices = Prices({"m1": (1.0, 2.0, 0.5, 1.0)})
    return Writer(connection, key_of=key_of, prices=prices, mask=Mask(Redactor()))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = open_store(tmp_path / "s" / "store.db")
    connection.execute(
        "INSERT INTO feeds (id, name, url, kind, clock, state) "
        "VALUES (1, 'f', 'ws://x', 'agents', 'wall', 'live')"
    )
    yield connection
    connection.close()


def write(writer: Writer, *spans: Span, at_ns: int = T0 + 10**6 * NS, **more: Any) -> Inserted:
    writer.begin(at_ns)
    inserted = writer.add(1, Records(spans=list(spans), **more), at_ns)
    writer.commit()
    return inserted


def test_a_batch_sent_twice_is_stored_once(store: sqlite3.Connection) -> None:
    writer = writer_on(store)
    spans = [span(n, n - 1 if n > 1 else None, tokens=10) for n in range(1, 20)]
    assert write(writer, *spans).spans_new == 19
    for again in (writer, writer_on(store)):
        said = write(again, *spans)
        assert (said.spans_new, said.spans_equal, said.collisions) == (0, 19, 0)
    assert store.execute("SELECT count(*) FROM spans").fetchone() == (19,)
    assert store.execute("SELECT sum(spans) FROM rollups WHERE width_s = 60").fetchone() == (19,)


def test_the_first_of_two_different_finished_spans_wins(store: sqlite3.Connection) -> None:
    writer = writer_on(store)
    write(writer, span(1))
    assert write(writer, span(1, name="forged")).collisions == 1
    assert store.execute("SELECT name FROM spans").fetchall() == [("span 1",)]


@pytest.mark.parametrize("restarted", [False, True])
def test_finished_replaces_running_with_a_newer_id(
    store: sqlite3.Connection, restarted: bool
) -> None:
    writer = writer_on(store)
    write(writer, span(1, state="running", end_ns=None), span(2, 1, trace=1))
    said = write(writer_on(store) if restarted else writer, span(1, state="error"))
    assert (said.spans_new, said.spans_replaced) == (0, 1)
    rows = store.execute("SELECT id, state FROM spans ORDER BY id").fetchall()
    assert rows == [(2, "unset"), (3, "error")]
    run = store.execute("SELECT state, span_count, error_count, running_count FROM runs")
    assert run.fetchall() == [("error", 2, 1, 0)]


def test_a_later_ancestor_renames_its_descendants_and_leaves_no_ghost_agent(
    store: sqlite3.Connection,
) -> None:
    writer = writer_on(store)
    write(writer, span(2, 1))
    assert store.execute("SELECT agent FROM agents").fetchall() == [("shop",)]
    write(writer, span(1, operation="invoke_agent", agent_name="clerk"))
    assert store.execute("SELECT DISTINCT agent FROM spans").fetchall() == [("shop/clerk",)]
    assert store.execute("SELECT agent, span_count FROM agents").fetchall() == [("shop/clerk", 2)]
    assert store.execute("SELECT agent FROM runs").fetchall() == [("shop/clerk",)]


def test_outcome_and_waiting_reach_the_run_before_and_after_its_spans(
    store: sqlite3.Connection,
) -> None:
    writer = writer_on(store)
    stated = Event(
        name="agentwatch.run.outcome",
        at_ns=T0 + 50 * NS,
        resource=SERVICE,
        attributes={},
        trace_id=trace_id(1),
        fact=OutcomeStated("resolved"),
    )
    asked = Event(
        name="agentwatch.waiting",
        at_ns=T0 + 5 * NS,
        resource=SERVICE,
        attributes={},
        trace_id=trace_id(1),
        fact=Waiting("payments desk"),
    )
    write(writer, events=[stated])
    write(writer, span(1, facts=Facts(outcome="escalated")))
    assert store.execute("SELECT outcome, waits_for FROM runs").fetchall() == [("resolved", None)]
    write(writer, events=[asked, asked])
    assert store.execute("SELECT waits_for FROM runs").fetchall() == [("payments desk",)]
    write(writer, span(9, 1))
    assert store.execute("SELECT waits_for FROM runs").fetchall() == [(None,)]
    assert store.execute("SELECT count(*) FROM events").fetchone() == (2,)


def test_metrics_are_stored_once(store: sqlite3.Connection) -> None:
    point = Point(
        name="coverage", unit="1", kind="gauge", at_ns=T0, resource=SERVICE, attributes={}, value=1
    )
    assert write(writer_on(store), points=[point, point]).points_new == 1


def test_no_secret_reaches_the_file(store: sqlite3.Connection, tmp_path: Path) -> None:
    writer = writer_on(store)
    long = "word " * 100 + SECRET
    write(writer, span(1, attributes={"short": f"key {SECRET}", "long": long, "in": [SECRET]}))
    store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert SECRET.encode() not in (tmp_path / "s" / "store.db").read_bytes()
    texts = store.execute("SELECT count(*) FROM texts").fetchone()
    assert texts == (1,)


def test_costs_are_reported_priced_or_unknown(store: sqlite3.Connection) -> None:
    write(
        writer_on(store),
        span(1, trace=1, tokens=100, request_model="m1"),
        span(2, trace=2, tokens=100, cost_usd_micros=7, request_model="m1"),
        span(3, trace=3, tokens=100, request_model="nobody-prices-this"),
    )
    rows = store.execute("SELECT cost_usd_micros, cost_source FROM spans ORDER BY id").fetchall()
    assert rows == [(200, "priced"), (7, "reported"), (None, "unknown")]
    assert store.execute("SELECT sum(unpriced_count) FROM runs").fetchone() == (1,)


def test_a_batch_that_fails_leaves_nothing(store: sqlite3.Connection) -> None:
    writer = writer_on(store)
    writer.begin(T0)
    writer.add(1, Records(spans=[span(1)]), T0)
    writer.rollback()
    assert store.execute("SELECT count(*) FROM spans").fetchone() == (0,)
    assert write(writer, span(1)).spans_new == 1


def one_fleet(seed: int) -> list[Span]:
    """Some runs with nested agents, usage at several levels, running twins and repeats."""
    rng = random.Random(seed)
    spans: list[Span] = []
    for trace in range(1, 5):
        for number in range(1, 9):
            parent = rng.randrange(1, number) if number > 1 else None
            fields: dict[str, Any] = {
                "operation": rng.choice(["chat", "invoke_agent", "execute_tool"]),
                "agent_name": rng.choice([None, None, "boss", "clerk"]),
                "request_model": rng.choice([None, "m1", "m2"]),
                "tool": rng.choice([None, "t"]),
                "tokens": rng.choice([None, None, 10, 50]),
                "state": rng.choice(["unset", "ok", "error"]),
                "trace": trace,
            }
            told = span(number, parent, **fields)
            spans.append(told)
            if rng.random() < 0.3:
                spans.append(
                    span(number, parent, **(fields | {"state": "running", "end_ns": None}))
                )
            if rng.random() < 0.2:
                spans.append(told)
    return spans


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6), order=st.randoms(), size=st.integers(1, 12))
def test_rollups_equal_a_recount_under_any_order_of_arrival(
    seed: int, order: random.Random, size: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    spans = one_fleet(seed)
    order.shuffle(spans)
    store = open_store(tmp_path_factory.mktemp("s") / "store.db")
    writer = writer_on(store)
    for at in range(0, len(spans), size):
        if order.random() < 0.2:
            writer = writer_on(store)
        write(writer, *spans[at : at + size])
    for width in (60, 3600):
        counted = store.execute(RECOUNT, {"width": width}).fetchall()
        assert counted == store.execute(ROLLED_UP, {"width": width}).fetchall()
    sums = "SELECT sum(span_count), sum(error_count), sum(coalesce(input_tokens, 0)) FROM runs"
    recount = "SELECT count(*), sum(state = 'error'), sum(counts * coalesce(input_tokens, 0))"
    assert store.execute(sums).fetchone() == store.execute(f"{recount} FROM spans").fetchone()
    store.close()
