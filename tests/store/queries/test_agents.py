"""Agents: their state as the contract words it, and figures that are null when not known."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from agentwatch.filters import parse
from agentwatch.model import Event, Resource, Waiting
from agentwatch.store.queries import TABLES, rows
from tests.store.queries.plans import plan
from tests.store.records import NS, SERVICE, T0, span, trace_id
from tests.store.stores import write, writer_on

FIELDS = (
    "agent name version owner state condition last_seen_ns runs_active error_ratio "
    "cost_usd_micros_per_run tokens_per_s accuracy off_switch identities"
)


def ask(store: sqlite3.Connection, now_ns: int = T0, where: str = "") -> list[dict[str, Any]]:
    filter_ = parse(where) if where else None
    return list(rows(store, TABLES["agents"], now_ns=now_ns, where=filter_))


def test_an_agent_has_the_fields_of_the_contract(store: sqlite3.Connection) -> None:
    service = Resource(attributes={}, service="shop", claimed_identities=("keycloak:shop",))
    for number, cost in ((1, 10), (2, 21)):
        told = span(
            number, trace=number, resource=service, agent_version="3", cost_usd_micros=cost,
            state="error" if number == 1 else "ok", tokens=40,
        )  # fmt: skip
        write(writer_on(store), told, at_ns=T0 + 90 * NS)
    (row,) = ask(store, T0 + 90 * NS)
    assert " ".join(row) == FIELDS
    assert row == {
        "agent": "shop", "name": None, "version": "3", "owner": None, "state": "idle",
        "condition": None, "last_seen_ns": T0 + 3 * NS, "runs_active": 0, "error_ratio": 0.5,
        "cost_usd_micros_per_run": 16, "tokens_per_s": 2.0, "accuracy": None,
        "off_switch": "unknown", "identities": ["keycloak:shop"],
    }  # fmt: skip


def test_figures_without_runs_are_null(store: sqlite3.Connection) -> None:
    write(writer_on(store), span(2, 1))
    (row,) = ask(store, T0 + 9 * 86_400 * NS)
    unknown = ("error_ratio", "cost_usd_micros_per_run", "tokens_per_s", "accuracy")
    assert [row[name] for name in unknown] == [None] * 4
    assert row["runs_active"] == 1


def asked() -> Event:
    return Event(
        name="agentwatch.waiting", at_ns=T0 + 90 * NS, resource=SERVICE, attributes={},
        trace_id=trace_id(1), fact=Waiting("desk"),
    )  # fmt: skip


OPEN = [span(1, state="running", end_ns=None)]
TALK = [span(n * 4, 1) for n in range(2, 12)]
ENDED = [span(1)]


@pytest.mark.parametrize(
    ("spans", "events", "silent_s", "state"),
    [
        (ENDED, [], 1, "idle"),
        (ENDED, [], 10**6, "idle"),  # an agent without an open run is never marked
        (OPEN, [], 1, "running"),
        (OPEN, [], 10**6, "running"),  # nothing is expected of it yet
        (OPEN + TALK, [], 45, "running"),
        (OPEN + TALK, [], 60, "stale"),
        (OPEN + TALK, [asked()], 10**6, "waiting"),
    ],
)
def test_the_state_is_what_the_contract_says(
    store: sqlite3.Connection, spans: list[Any], events: list[Event], silent_s: int, state: str
) -> None:
    writer = writer_on(store)
    for told in spans:
        write(writer, told)
    write(writer, events=events)
    newest_ns = store.execute("SELECT max(last_seen_ns) FROM agents").fetchone()[0]
    (row,) = ask(store, newest_ns + silent_s * NS)
    assert (row["state"], row["condition"]) == (state, None)


@pytest.mark.parametrize(
    ("states", "failing"),
    [
        ("eeee", True),
        ("eee", False),  # too few to judge
        ("eeoo", True),
        ("eeooo", False),
        ("oooooooooo" + "eeeee", True),  # the last ten
        ("eeeeeeeeee" + "oooooo", False),
    ],
)
def test_half_of_the_last_ten_ended_runs_in_error_is_failing(
    store: sqlite3.Connection, states: str, failing: bool
) -> None:
    writer = writer_on(store)
    for number, state in enumerate(states, 1):
        told = span(number, trace=number, state="error" if state == "e" else "ok")
        write(writer, told, at_ns=T0 + number * NS)
    (row,) = ask(store)
    expected = ("failing", "errors") if failing else ("idle", None)
    assert (row["state"], row["condition"]) == expected


def test_an_agent_is_stale_when_its_feed_is(store: sqlite3.Connection) -> None:
    write(writer_on(store), *ENDED)
    store.execute("UPDATE feeds SET interval_s = 2, last_frame_ns = ?", (T0,))
    assert ask(store, T0 + 10 * NS)[0]["state"] == "idle"
    assert ask(store, T0 + 11 * NS)[0]["state"] == "stale"


def test_a_recording_lives_in_its_own_past(store: sqlite3.Connection) -> None:
    write(writer_on(store), *OPEN, *TALK)
    store.execute("UPDATE feeds SET clock = 'event', last_record_ns = ?", (T0 + 46 * NS,))
    assert ask(store, T0 + 10**9 * NS)[0]["state"] == "running"


def test_agents_are_found_by_name_state_and_age(store: sqlite3.Connection) -> None:
    writer = writer_on(store)
    write(writer, span(1, trace=1))
    write(writer, span(2, trace=2, agent_name="Clerk", state="running", end_ns=None))
    for where, found in (("clerk", 1), ("agent:SHOP", 0), ("agent:shop", 1), ("state:idle", 1),
                         ("state:idle,running", 2), ("age<1h", 2), ("age>1h", 0)):  # fmt: skip
        assert len(ask(store, T0 + 60 * NS, where)) == found, where


def test_an_agents_row_costs_the_same_however_many_runs_there_were(
    store: sqlite3.Connection,
) -> None:
    told: list[str] = []
    store.set_trace_callback(told.append)
    ask(store)
    store.set_trace_callback(None)
    steps = [row[3] for row in store.execute(f"EXPLAIN QUERY PLAN {told[0]}")]
    assert not [step for step in steps if step.startswith("SCAN") and step[5] in "ru"]
    assert any("runs_by_end (agent=? AND end_ns>?)" in step for step in steps)
    assert plan(store, "agents")[0] == "SCAN a"
