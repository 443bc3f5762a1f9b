"""The writer on a real store: idempotence, replacement, re-attribution, and sums that recount."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentwatch.model import (
    Event,
    Facts,
    OutcomeStated,
    Point,
    Records,
    Resource,
    SpanEvent,
    Waiting,
)
from agentwatch.store.read import open_reader
from tests.store.fleet import Truth, one_fleet
from tests.store.records import NS, SERVICE, T0, span, trace_id
from tests.store.stores import NOW, SECRET, made, one, write, writer_on


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


def test_no_secret_reaches_the_file(store: sqlite3.Connection, path: Path) -> None:
    writer = writer_on(store)
    long = "word " * 100 + SECRET
    write(writer, span(1, attributes={"short": f"key {SECRET}", "long": long, "in": [SECRET]}))
    store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert SECRET.encode() not in path.read_bytes()
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


@pytest.mark.parametrize("records", ["spans", "texts", "log records", "resources"])
def test_on_a_full_disk_a_batch_is_undone_whole_and_the_same_writer_goes_on(
    store: sqlite3.Connection, path: Path, records: str
) -> None:
    writer = writer_on(store)
    write(writer, span(1, state="running", end_ns=None), span(2, 1, tokens=10, request_model="m1"))
    before = contents(store)
    pages = one(store, "PRAGMA page_count")
    one(store, f"PRAGMA max_page_count = {pages + 2}")
    batch = big_batch(records)
    with pytest.raises(sqlite3.OperationalError, match="full"):
        try:
            write(writer, *batch.spans, events=batch.events)
        finally:
            writer.rollback()  # as the recorder does, where the error came before the commit
    assert not store.in_transaction
    assert contents(store) == before
    other = open_reader(path)
    assert contents(other) == before
    assert one(other, "PRAGMA integrity_check") == "ok"
    other.close()
    one(store, f"PRAGMA max_page_count = {pages + 100_000}")
    said = write(writer, *batch.spans, events=batch.events)
    assert (said.spans_new, said.spans_replaced) == (len(batch.spans) - 1, 1)
    assert said.events_new == len(batch.events)
    assert_sums_are_a_recount(store)


def contents(connection: sqlite3.Connection) -> dict[str, list[Any]]:
    """Every row of what a batch writes."""
    tables = ("spans", "runs", "events", "points", "texts", "resources", "agents", "rollups")
    return {
        table: connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()  # noqa: S608
        for table in tables
    }


def big_batch(records: str) -> Records:
    """The finished twin of a running span, and more of one kind than the disk has room for."""
    spans = [span(1)]
    events: list[Event] = []
    for number in range(3, 600):
        fields: dict[str, Any] = {}
        if records == "texts":
            fields["attributes"] = {"t": random.Random(number).randbytes(400).hex()}
        elif records == "resources":
            fields["resource"] = Resource(attributes={"pod": f"pod {number} " * 20}, service="s")
        if records == "log records":
            said = f"{number} " * 50
            events.append(Event(name="e", at_ns=T0, resource=SERVICE, attributes={}, body=said))
        else:
            spans.append(span(number, 1, **fields))
    return Records(spans=spans, events=events)


def test_a_collision_is_counted_whoever_was_first(store: sqlite3.Connection) -> None:
    writer = writer_on(store)
    write(writer, span(1, tokens=5))
    for other in (
        span(1, tokens=6, attributes={"n": 2}),
        span(1, state="error"),
        span(1, end_ns=T0),
        span(1, events=[SpanEvent("e", T0, {})]),
        span(1, attributes={"n": 1, "text": "x" * 500}),
    ):
        for again in (writer, writer_on(store)):
            said = write(again, other)
            assert (said.spans_new, said.spans_replaced, said.spans_equal) == (0, 0, 0)
            assert said.collisions == said.spans_duplicate == 1
    assert one(store, "SELECT count(*) FROM spans") == 1
    assert_sums_are_a_recount(store)


def test_running_after_finished_changes_nothing(store: sqlite3.Connection) -> None:
    writer = writer_on(store)
    write(writer, span(1))
    for again in (writer, writer_on(store)):
        assert write(again, span(1, state="running", end_ns=None)).spans_equal == 1
    assert one(store, "SELECT state FROM spans") == "unset"


def test_all_that_became_of_a_span_in_one_batch_is_said(store: sqlite3.Connection) -> None:
    running = span(1, state="running", end_ns=None)
    said = write(writer_on(store), running, running, span(1), span(1), span(1, name="other"))
    told = (said.spans_new, said.spans_replaced, said.spans_equal, said.collisions)
    assert told == (1, 1, 2, 1)
    assert one(store, "SELECT count(*) FROM spans") == 1
    assert_sums_are_a_recount(store)


def test_no_record_of_a_live_feed_is_newer_than_its_receipt(store: sqlite3.Connection) -> None:
    writer = writer_on(store)
    late = span(1, end_ns=NOW + 86_400 * NS)
    write(writer, late)
    assert one(store, "SELECT at_ns FROM spans") == NOW
    writer.begin(NOW)
    writer.add(1, Records(spans=[span(2, trace=2, end_ns=NOW + 9 * NS)]), NOW, wall_clock=False)
    writer.commit()
    assert one(store, "SELECT max(at_ns) FROM spans") == NOW + 9 * NS


def test_old_runs_leave_the_memory_and_are_read_back(
    store: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agentwatch.store.writer.CACHED_SPANS", 10)
    writer = writer_on(store)
    for trace in range(1, 50):
        write(writer, span(2, 1, trace=trace, tokens=10), span(3, 2, trace=trace, tokens=10))
        assert writer._cached_spans == sum(len(t.nodes) for t in writer._traces.values()) <= 10
    for trace in range(1, 50):
        root = span(1, trace=trace, operation="invoke_agent", agent_name="clerk", tokens=10)
        write(writer, root)
    runs = store.execute("SELECT DISTINCT agent, orphan_count, input_tokens FROM runs")
    assert runs.fetchall() == [("shop/clerk", 0, 10)]
    assert_sums_are_a_recount(store)


def rolled_up(store: sqlite3.Connection) -> dict[tuple[Any, ...], tuple[int, ...]]:
    """The rollups, without rows that every span has left: of those nothing may be left over."""
    rows = {row[:6]: row[6:] for row in store.execute("SELECT * FROM rollups")}
    return {key: figures for key, figures in rows.items() if any(figures)}


def assert_sums_are_a_recount(store: sqlite3.Connection) -> None:
    """Rollups, runs and agents are what their spans add up to, by the store's own columns."""
    for width in (60, 3600):
        counted = store.execute(RECOUNT, {"width": width}).fetchall()
        kept = [(*k[1:], *v) for k, v in sorted(rolled_up(store).items()) if k[0] == width]
        assert counted == kept
    sums = "SELECT sum(span_count), sum(error_count), sum(coalesce(input_tokens, 0)) FROM runs"
    recount = "SELECT count(*), sum(state = 'error'), sum(counts * coalesce(input_tokens, 0))"
    assert store.execute(sums).fetchone() == store.execute(f"{recount} FROM spans").fetchone()
    agents = "SELECT agent, span_count FROM agents ORDER BY 1"
    recount = "SELECT agent, count(*) FROM spans GROUP BY 1 ORDER BY 1"
    assert store.execute(agents).fetchall() == store.execute(recount).fetchall()


RECOUNT = """
SELECT at_ns / (:width * 1000000000) * (:width * 1000000000), agent, coalesce(agent_version, ''),
    coalesce(response_model, request_model, ''), coalesce(tool, ''),
    count(*), sum(state = 'error'), sum(coalesce(end_ns - start_ns, 0)),
    sum(counts * coalesce(input_tokens, 0)), sum(counts * coalesce(output_tokens, 0)),
    sum(counts * coalesce(cache_read_tokens, 0)), sum(counts * coalesce(cache_creation_tokens, 0)),
    sum(counts * coalesce(reasoning_tokens, 0)), sum(counts * coalesce(cost_usd_micros, 0)),
    sum(counts * (cost_usd_micros IS NULL AND coalesce(input_tokens, output_tokens,
        cache_read_tokens, cache_creation_tokens, reasoning_tokens) IS NOT NULL))
FROM spans GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6), order=st.randoms(), size=st.integers(1, 12))
def test_sums_are_a_recount_under_any_order_of_arrival(
    seed: int, order: random.Random, size: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    spans = one_fleet(seed)
    order.shuffle(spans)
    truth = Truth(spans)
    store = made(tmp_path_factory.mktemp("s") / "store.db")
    writer = writer_on(store)
    for at in range(0, len(spans), size):
        chance = order.random()
        if chance < 0.2:
            writer = writer_on(store)  # the recorder was started anew
        elif chance < 0.4:
            writer.begin(NOW)  # a batch that failed and is tried again
            writer.add(1, Records(spans=spans[at : at + size]), NOW)
            writer.rollback()
        said = write(writer, *spans[at : at + size])
        assert said.collisions == 0
    assert rolled_up(store) == {key: row for key, row in truth.rollups().items() if any(row)}
    runs = store.execute(
        "SELECT lower(hex(trace_id)), state, span_count, error_count, running_count, orphan_count, "
        "coalesce(input_tokens, 0), unpriced_count FROM runs"
    )
    assert set(runs) == truth.runs()
    stored = dict(
        store.execute("SELECT lower(hex(trace_id)) || lower(hex(span_id)), agent FROM spans")
    )
    assert stored == {"".join(key): truth.agent(told) for key, told in truth.spans.items()}
    store.close()
