"""Rows of runs in flight: colour only where one departs, folds where nobody will see the end."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from agentwatch.clock import NS_PER_S
from agentwatch.console.cells import width_of_line
from agentwatch.console.flights import (
    COLUMNS,
    GIVEN_UP_NS,
    Fold,
    Item,
    fold_of,
    fold_row,
    key_of,
    row_of,
    sort_key,
)
from agentwatch.console.glyphs import UTF8
from agentwatch.store.queries.activity import Doing, Flight, Flights, Usual

NOW = 1_800_000_000 * NS_PER_S
RUN = Flight(
    trace_id="9f31", agent="pay/refund", state="running", waits_for=None,
    start_ns=NOW - 10 * NS_PER_S, seen_ns=NOW, cost_usd_micros=41_200, span_count=3, feed="f",
    feed_silent=False, feed_last_ns=NOW, clock_ns=None,
)  # fmt: skip
DOING = Doing(
    operation="execute_tool", subject="pay.refund", asked="96.50 EUR", open=True, since_ns=NOW,
    pieces=(), effect=None,
)  # fmt: skip
SECOND = NS_PER_S


def run(**more: Any) -> Flight:
    return msgspec.structs.replace(RUN, **more)


def cells(
    flight: Flight, doing: Doing | None = DOING, usual: Usual | None = None
) -> dict[str, tuple[str, str]]:
    """The text of each cell, and its last role."""
    told = {flight.trace_id: doing} if doing else {}
    found = Flights([flight], told, {flight.agent: usual} if usual else {}, (flight.agent,))
    row = row_of(flight, found, {"pay/refund": "refund"}, NOW, UTF8)
    lines = {
        name: ((cell,) if isinstance(cell[0], str) else cell) for name, cell in row.cells.items()
    }
    return {name: ("".join(text for text, _ in line), line[-1][1]) for name, line in lines.items()}


def test_a_run_says_what_it_does_now() -> None:
    found = cells(run())
    assert (found["agent"][0], found["run"][0], found["state"][0]) == ("refund", "9f31", "run")
    assert found["now"][0] == "tool pay.refund  96.50 EUR"
    assert (found["ran"], found["cost"][0], found["effect"][0]) == (("10s", "text"), "0.0412", "-")


def test_what_is_no_more_open_is_told_as_the_last_thing() -> None:
    assert cells(run(), msgspec.structs.replace(DOING, open=False))["now"][0].startswith("after ")
    assert cells(run(), None)["now"] == ("-", "dim")


def test_a_run_that_waits_says_for_whom_and_is_held() -> None:
    found = cells(run(state="waiting", waits_for="payments desk"))
    assert (found["state"][0], found["now"][0], found["effect"][0]) == (
        "wait", "person: payments desk", "held",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("usual", "told", "role"),
    [
        (Usual(4 * SECOND, 20), "4.00s", "text"),
        (Usual(3 * SECOND, 20), "3.00s", "warn"),
        (Usual(1 * SECOND, 4), "n 4", "text"),
        (Usual(None, 0), "-", "text"),
    ],
)
def test_only_a_run_three_times_as_long_as_usual_departs(
    usual: Usual, told: str, role: str
) -> None:
    found = cells(run(), usual=usual)
    assert (found["usual"][0], found["ran"][1]) == (told, role)
    assert found["mark"] == (("^", "warn") if role == "warn" else (" ", "dim"))


def test_a_person_who_takes_long_is_no_departure() -> None:
    slow = run(state="waiting", start_ns=NOW - 900 * SECOND)
    assert cells(slow, usual=Usual(SECOND, 20))["ran"] == ("15m", "text")


def test_a_run_of_a_silent_feed_has_no_life_left() -> None:
    found = cells(run(state="stale", feed_silent=True))
    assert {role for _, role in (found[id] for id in ("agent", "state", "ran", "cost", "now"))} == {
        "stale"
    }
    assert found["effect"] == ("unseen", "stale")


def test_an_irreversible_effect_is_said_and_a_reversible_one_is_not() -> None:
    for effect, told in (("irreversible", "irrev"), ("compensable", "compens"), ("none", "-")):
        assert cells(run(), msgspec.structs.replace(DOING, effect=effect))["effect"][0] == told


def test_runs_fold_with_their_feed_or_when_their_end_was_lost() -> None:
    assert fold_of(run(), NOW) is None
    assert fold_of(run(state="stale"), NOW) is None
    assert fold_of(run(state="stale", feed_silent=True), NOW) == "f"
    assert fold_of(run(state="stale", seen_ns=NOW - GIVEN_UP_NS - 1), NOW) == ""
    replayed = run(state="stale", seen_ns=5, clock_ns=GIVEN_UP_NS)
    assert fold_of(replayed, NOW) is None


def test_what_is_wrong_stands_first_and_folds_last() -> None:
    fold = Fold(feed="f", count=2, open=True)
    states = ("running", "failing", "stale", "waiting")
    items: list[Item] = [run(trace_id=state, state=state) for state in states]
    items.append(fold)
    folded = run(trace_id="folded", state="stale", feed_silent=True)
    keys = {key_of(item): sort_key(item, None, None) for item in items}
    keys["folded"] = sort_key(folded, None, "f")
    order = sorted(keys, key=lambda key: keys[key])
    assert order == ["failing", "waiting", "running", "stale", "fold f", "folded"]


def test_the_strip_of_a_fold_stands_below_the_others() -> None:
    row = fold_row(Fold(feed="prod-us", count=6, open=False), COLUMNS[:10], UTF8)
    effect = COLUMNS[9]
    assert width_of_line(row.note_right) == 21 + effect.gap + effect.width
    assert row.note[0][0] == "in flight when the feed fell silent; end unseen"
    narrow = fold_row(Fold(feed="", count=1, open=True), COLUMNS[:6], UTF8)
    assert "".join(text for text, _ in narrow.note_right) == "l fold"
    assert narrow.cells["agent"] == ("1 run", "stale")
