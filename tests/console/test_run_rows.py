"""Rows of an agent's runs: what grows, what is partial, what nobody saw."""

from __future__ import annotations

from typing import Any

import pytest

from agentwatch.console.glyphs import UTF8
from agentwatch.console.run_rows import (
    COLUMNS,
    SORTED_BY,
    GapRow,
    gap_row,
    key_of,
    run_row,
    sort_expression,
    told_of,
    with_gaps,
)
from agentwatch.store.queries.card import Figures, Who
from agentwatch.store.queries.page import Count, Part
from agentwatch.store.queries.run_list import Gap, RunList
from tests.store.records import NS, T0

RUN: dict[str, Any] = {
    "trace_id": "9f31".ljust(32, "0"), "agent": "a", "state": "ok", "outcome": None,
    "task_id": "order 55", "conversation_id": "c-1", "start_ns": T0 - 7 * NS, "end_ns": T0 - 2 * NS,
    "span_count": 5, "error_count": 0, "input_tokens": 1_200, "output_tokens": None,
    "cost_usd_micros": None, "complete": True, "received_ns": T0 - 2 * NS,
}  # fmt: skip
OPEN: dict[str, Any] = {"state": "running", "end_ns": None, "complete": False}
ROOTLESS: dict[str, Any] = OPEN | {"state": "unknown"}


def who(**fields: Any) -> Who:
    given: dict[str, Any] = {
        "agent": "a", "name": None, "service": None, "version": None, "identities": "[]",
        "first_seen_ns": 0, "interval_s": 10.0, "feed_id": 1, "feed": "prod", "feed_state": "live",
        "feed_last_ns": T0, "feed_interval_s": 2.0, "clock": "wall", "now_ns": T0,
    }  # fmt: skip
    return Who(**(given | fields))


def found(
    of: Who | None = None,
    figures: Figures | None = None,
    asked: dict[str, str | None] | None = None,
) -> RunList:
    part = Part(rows=[], offset=Count(0), total=Count(0), at_top=True, at_end=True)
    return RunList(part, of or who(), figures or Figures(), asked or {}, [])


def cell(column: str, run: dict[str, Any], in_list: RunList | None = None) -> Any:
    return run_row(RUN | run, in_list or found(), T0, UTF8).cells[column]


def gap(since: int, until: int | None = None) -> Gap:
    return Gap(since, "prod", T0 + since * NS, None if until is None else T0 + until * NS, "x")


@pytest.mark.parametrize(
    ("run", "column", "shown"),
    [
        ({}, "ran", ("5.00s", "dim")),
        (OPEN, "ran", ("7s", "text")),
        ({}, "spans", (("5", "dim"), (" ", "stale"))),
        ({"complete": False}, "spans", (("5", "dim"), ("*", "stale"))),
        (OPEN, "spans", (("5", "dim"), (" ", "stale"))),
        (ROOTLESS, "spans", (("5", "dim"), ("*", "stale"))),
        (ROOTLESS, "state", ("-", "dim")),
        ({"state": "error"}, "state", ("error", "error")),
        ({"state": "error"}, "mark", ("!", "error")),
        ({"error_count": 2}, "errors", ("2", "warn")),
        ({"error_count": 2, "state": "error"}, "errors", ("2", "error")),
        ({}, "errors", ("0", "dim")),
        ({}, "tokens", ("1.2k", "dim")),
        ({"input_tokens": None}, "tokens", ("-", "dim")),
        ({}, "cost", ("-", "dim")),
        ({"cost_usd_micros": 0}, "cost", ("0.0000", "dim")),
        ({}, "outcome", ("-", "dim")),
        ({"task_id": None}, "task", (("c-1", "dim"),)),
    ],
)
def test_a_run_shows_what_is_known_of_it(run: dict[str, Any], column: str, shown: Any) -> None:
    assert cell(column, run) == shown


def test_a_run_that_waits_says_whom_it_has_asked() -> None:
    waiting = found(asked={RUN["trace_id"]: "payments desk"})
    assert cell("state", OPEN, waiting) == ("wait", "text")
    assert cell("task", OPEN, waiting) == (("asked ", "dim"), ("payments desk", "text"))


def test_a_run_in_flight_of_a_silent_feed_does_not_look_alive() -> None:
    silent = found(who(feed_state="stale"))
    assert cell("state", OPEN, silent) == ("run", "stale")
    assert cell("ran", OPEN, silent)[1] == "stale"
    assert cell("state", {}, silent) == ("ok", "dim")


def test_a_run_in_flight_ages_by_its_agents_interval() -> None:
    old = {"received_ns": T0 - 60 * NS}
    assert cell("age", OPEN | old)[1] == "stale"
    assert cell("age", old)[1] == "dim"


def test_a_recording_grows_in_its_own_time() -> None:
    recorded = found(who(clock="event", now_ns=T0 - 5 * NS))
    assert cell("ran", OPEN, recorded) == ("2s", "text")


def test_a_gap_stands_between_the_runs_that_it_parts() -> None:
    runs = [RUN | {"received_ns": T0 + second * NS, "n": second} for second in (30, 20, 10)]
    items = with_gaps(runs, [gap(35), gap(25, 26), gap(22, 23), gap(5, 6)])
    assert [item.get("n", item.get("id")) for item in items] == [35, 30, 25, 22, 20, 10, 5]
    assert len({key_of(item) for item in with_gaps([RUN], [gap(1), gap(2)])}) == 3
    assert with_gaps(runs, []) == runs


@pytest.mark.parametrize(
    ("until", "told"),
    [
        (1, "prod: nobody saw it 08:00:00Z to 08:00:01Z; what was missed is lost"),
        (None, "prod: nobody sees it since 08:00:00Z; what is missed is lost"),
    ],
)
def test_a_gap_says_when_and_that_it_is_lost(until: int | None, told: str) -> None:
    (item,) = with_gaps([], [gap(0, until)])
    assert isinstance(item, GapRow)
    text = "".join(piece for piece, _ in gap_row(item, 120, UTF8).note)
    assert text.strip("░ ") == told
    assert len(text) == 112


def test_what_is_not_known_sorts_last_whichever_way_round() -> None:
    assert {column.id for column in COLUMNS if column.sorts} == set(SORTED_BY)
    assert sort_expression("cost", rising=False) == "coalesce(r.cost_usd_micros, -1)"
    assert sort_expression("cost", rising=True) == f"coalesce(r.cost_usd_micros, {2**62})"
    assert sort_expression(None, rising=False) is None
    assert sort_expression("no such column", rising=True) is None


def test_what_stands_above_the_list_is_of_the_agents_last_runs() -> None:
    told = Figures(200, 3, 41_200, 900, 3_880_000_000, 4_610_000_000)
    line = "".join(text for text, _ in told_of(found(None, told, {"a": "desk", "b": None}), T0))
    assert line == (
        "prod 0s  2 in flight  1 waits for a person"
        "  err% 1.5  $/run 0.0412  p50 3.88s  p95 4.61s  n 200"
    )
