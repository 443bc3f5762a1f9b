"""What a batch changes of the agents' rows: first and last sight, version, expected interval."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

import pytest

from agentwatch.model import Resource
from agentwatch.store import agents
from agentwatch.store.agents import MIN_GAPS, MIN_INTERVAL_S, Agents
from tests.store.records import NS, T0, span
from tests.store.stores import NOW, one, write, writer_on


def row(store: sqlite3.Connection, columns: str) -> Any:
    return store.execute(f"SELECT {columns} FROM agents").fetchone()  # noqa: S608


def test_first_and_last_sight_are_on_the_records_clock_in_any_order(
    store: sqlite3.Connection,
) -> None:
    writer = writer_on(store)
    write(writer, span(5), span(2, 5), span(9, 5))
    write(writer, span(7, 5), at_ns=NOW + NS)
    told = row(store, "first_seen_ns, last_seen_ns, received_ns, span_count")
    assert told == (T0 + 3 * NS, T0 + 10 * NS, NOW + NS, 4)


@pytest.mark.parametrize("batches", [1, 3])
def test_the_newest_span_tells_the_version(store: sqlite3.Connection, batches: int) -> None:
    told = [span(1, agent_version="1"), span(9, 1, agent_version="3"), span(5, 1)]
    told.append(span(4, 1, agent_version="2"))
    writer = writer_on(store)
    for at in range(0, 4, 4 // batches + (batches > 1)):
        write(writer, *told[at : at + 4 // batches + (batches > 1)])
    assert row(store, "version") == ("3",)


def test_a_version_is_not_forgotten_by_spans_without_one(store: sqlite3.Connection) -> None:
    writer = writer_on(store)
    write(writer, span(1, agent_version="1"))
    write(writer, span(2, 1))
    assert row(store, "version") == ("1",)


def test_claimed_identities_are_kept_until_others_are_claimed(store: sqlite3.Connection) -> None:
    writer = writer_on(store)
    for number, claimed in enumerate([("keycloak:a",), (), ("x509:b", "x509:c")], 1):
        service = Resource(attributes={"n": number}, service="shop", claimed_identities=claimed)
        write(writer, span(number, trace=number, resource=service))
        expected = ["keycloak:a"] if number < 3 else ["x509:b", "x509:c"]
        assert json.loads(row(store, "identities")[0]) == expected


def test_the_expected_interval_is_the_p95_of_the_gaps_inside_runs(
    store: sqlite3.Connection,
) -> None:
    writer = writer_on(store)
    for number in range(MIN_GAPS + 1):
        assert row(store, "interval_s") in (None, (None,))
        write(writer, span(number * 20 + 1, 1 if number else None))
    assert row(store, "interval_s") == (20.0,)


def test_between_runs_no_interval_is_learnt_and_none_is_under_its_least(
    store: sqlite3.Connection,
) -> None:
    writer = writer_on(store)
    for number in range(1, 30):
        write(writer, span(number * 1000, trace=number))
    assert row(store, "interval_s") == (None,)
    for number in range(2, 30):
        write(writer, span(number, 1, trace=99))
    assert row(store, "interval_s") == (MIN_INTERVAL_S,)


def test_the_agents_whose_gaps_are_remembered_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agents, "MAX_AGENTS", 10)
    held = Agents()
    for number in range(1000):
        held.gap(f"agent {number}", NS)
    assert len(held._gaps) == 10


def test_an_agent_that_lost_every_span_is_gone(store: sqlite3.Connection) -> None:
    writer = writer_on(store)
    write(writer, span(2, 1), span(3, 1))
    assert row(store, "agent, span_count") == ("shop", 2)
    write(writer, span(1, operation="invoke_agent", agent_name="clerk"))
    assert store.execute("SELECT agent, span_count FROM agents").fetchall() == [("shop/clerk", 3)]
    assert one(store, "SELECT count(*) FROM rollups WHERE agent = 'shop' AND spans != 0") == 0
