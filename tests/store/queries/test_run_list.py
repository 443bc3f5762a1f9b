"""The list of an agent's runs: what stands among them, and who is asked."""

from __future__ import annotations

import sqlite3
from typing import Any

from agentwatch.model import Event, Waiting
from agentwatch.store.queries import TABLES
from agentwatch.store.queries.card import Figures
from agentwatch.store.queries.page import Request, Rows
from agentwatch.store.queries.run_list import MOST_GAPS, RunList, run_list
from tests.store.queries.many_runs import many_runs
from tests.store.records import NS, SERVICE, T0, span, trace_id
from tests.store.stores import write, writer_on


def listed(store: sqlite3.Connection, request: Request, **more: object) -> RunList:
    rows = Rows(table=TABLES["runs"], now_ns=T0, equal={"agent": "shop"}, **more)  # type: ignore[arg-type]
    return run_list(store, rows, request, "shop")


def gap(store: sqlite3.Connection, since_s: float, until_s: float | None, feed: int = 1) -> None:
    store.execute(
        "INSERT INTO gaps (feed_id, since_ns, until_ns, reason) VALUES (?, ?, ?, 'closed')",
        (feed, T0 + int(since_s * NS), None if until_s is None else T0 + int(until_s * NS)),
    )


def since(found: RunList) -> list[float]:
    return [(gap.since_ns - T0) / NS for gap in found.gaps]


def test_gaps_are_those_of_the_agents_feed_between_the_rows(store: sqlite3.Connection) -> None:
    many_runs(store, "shop", range(100))
    store.execute(
        "INSERT INTO feeds (id, name, url, kind, clock, state) "
        "VALUES (2, 'g', 'ws://y', 'agents', 'wall', 'live')"
    )
    for second in (10.5, 50.5, 90.5, 200.5):
        gap(store, second, second + 0.1)
    gap(store, 60.5, None, feed=2)
    top = listed(store, Request(limit=60))
    assert since(top) == [200.5, 90.5, 50.5]
    middle = Request(limit=20, first=top.part.rows[39][0])
    assert since(listed(store, middle)) == [50.5]
    assert since(listed(store, Request(limit=60, from_end=True))) == [50.5, 10.5]


def test_in_another_order_there_is_no_place_for_a_gap(store: sqlite3.Connection) -> None:
    many_runs(store, "shop", range(10))
    gap(store, 5.5, 5.6)
    assert listed(store, Request(limit=60), by="r.span_count").gaps == []


def test_a_feed_that_comes_and_goes_fills_no_screen(store: sqlite3.Connection) -> None:
    many_runs(store, "shop", range(2))
    for number in range(200):
        gap(store, number / 1_000, number / 1_000 + 0.0005)
    assert len(listed(store, Request(limit=60)).gaps) == MOST_GAPS


def test_open_runs_say_whom_they_have_asked(store: sqlite3.Connection) -> None:
    running: dict[str, Any] = {"state": "running", "end_ns": None}
    asks = Event(
        name="w", at_ns=T0 + 9 * NS, resource=SERVICE, attributes={}, trace_id=trace_id(2),
        fact=Waiting("desk"),
    )  # fmt: skip
    write(
        writer_on(store), span(1, **running), span(2, trace=2, **running), span(3, trace=3),
        events=[asks],
    )  # fmt: skip
    found = listed(store, Request(limit=9))
    assert found.open_runs == {trace_id(1): None, trace_id(2): "desk"}


def test_figures_that_are_known_are_not_made_anew(store: sqlite3.Connection) -> None:
    many_runs(store, "shop", range(10))
    rows = Rows(table=TABLES["runs"], now_ns=T0, equal={"agent": "shop"})
    known = Figures(runs=7)
    assert run_list(store, rows, Request(limit=1), "shop", known).figures is known
    assert run_list(store, rows, Request(limit=1), "shop").figures.runs == 10


def test_an_agent_that_nobody_heard_of_has_an_empty_list(store: sqlite3.Connection) -> None:
    found = listed(store, Request(limit=9))
    assert (found.who, found.part.rows, found.gaps) == (None, [], [])
