"""Runs in flight: what each does now, how long that usually takes, whose end nobody will see."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from agentwatch.filters import FilterError, parse
from agentwatch.model import Event, Facts, Waiting
from agentwatch.store.queries.activity import MOST_AN_AGENT, MOST_SPANS, Flights, in_flight
from agentwatch.store.schema import StoreError
from tests.store import stores
from tests.store.records import NS, SERVICE, T0, span, trace_id
from tests.store.stores import write, writer_on

NOW = T0 + 10 * NS
LATER = stores.NOW + 1


def flights(
    store: sqlite3.Connection, now_ns: int = NOW, where: str = "", seen: tuple[str, ...] = ()
) -> Flights:
    return in_flight(store, now_ns, parse(where) if where else None, seen)


def running(number: int, parent: int | None = None, **more: Any) -> Any:
    given: dict[str, Any] = {"state": "running", "end_ns": None, "operation": "invoke_agent"}
    return span(number, parent, **(given | more))


def waits(trace: int = 1) -> Event:
    return Event(
        name="agentwatch.waiting", at_ns=T0 + 9 * NS, resource=SERVICE, attributes={},
        trace_id=trace_id(trace), fact=Waiting("payments desk"),
    )  # fmt: skip


def test_open_runs_come_oldest_first_and_ended_ones_do_not_come(store: sqlite3.Connection) -> None:
    write(writer_on(store), running(5, trace=5), span(1, trace=1), running(3, trace=3))
    found = flights(store)
    assert [run.trace_id for run in found.runs] == [trace_id(3), trace_id(5)]
    (run, _) = found.runs
    assert (run.agent, run.state, run.start_ns, run.feed) == ("shop", "running", T0 + 3 * NS, "f")
    assert found.agents == ("shop",)


def test_a_run_does_what_its_newest_open_span_does(store: sqlite3.Connection) -> None:
    write(
        writer_on(store),
        running(1),
        running(2, 1, operation="chat", request_model="m1"),
        running(
            3, 1, operation="execute_tool", tool="pay.refund",
            attributes={"gen_ai.tool.call.arguments": '{"order": "55-1"}'},
        ),
        span(4, 1),
    )  # fmt: skip
    doing = flights(store).told[trace_id(1)]
    assert (doing.operation, doing.subject, doing.asked, doing.open) == (
        "execute_tool", "pay.refund", "order 55-1", True,
    )  # fmt: skip
    assert doing.since_ns == T0 + 3 * NS


def test_between_two_spans_a_run_is_said_to_have_done_the_last(store: sqlite3.Connection) -> None:
    write(writer_on(store), running(1), span(2, 1, request_model="m1"))
    doing = flights(store).told[trace_id(1)]
    assert (doing.subject, doing.open, doing.since_ns) == ("m1", False, T0 + 3 * NS)


def test_a_root_alone_is_what_the_run_does(store: sqlite3.Connection) -> None:
    write(writer_on(store), running(1, name="invoke_agent refund"))
    doing = flights(store).told[trace_id(1)]
    assert (doing.operation, doing.subject, doing.open, list(doing.pieces)) == (
        "invoke_agent", "refund", True, [],
    )  # fmt: skip


def test_the_strip_has_the_recent_spans_with_what_failed(store: sqlite3.Connection) -> None:
    write(
        writer_on(store),
        running(1),
        span(2, 1, state="error"),
        running(4, 1, operation="chat"),
        span(3, 1),
    )
    pieces = [(T0 + 2 * NS, T0 + 3 * NS, True), (T0 + 3 * NS, T0 + 4 * NS, False)]
    still = (T0 + 4 * NS, None, False)
    assert flights(store).told[trace_id(1)].pieces == [*pieces, still]
    assert flights(store, T0 + 90 * NS).told[trace_id(1)].pieces == [still]


def test_the_gravest_effect_so_far_is_told(store: sqlite3.Connection) -> None:
    irreversible, reversible = Facts(effect="irreversible"), Facts(effect="reversible")
    write(
        writer_on(store), running(1), span(2, 1, facts=irreversible), span(3, 1, facts=reversible)
    )
    write(writer_on(store), running(8, trace=2), span(9, 8, trace=2, attributes={"effect": "x"}))
    told = flights(store).told
    assert [told[trace_id(number)].effect for number in (1, 2)] == ["irreversible", None]


def test_usual_is_the_median_of_the_last_ended_runs(store: sqlite3.Connection) -> None:
    ended = [
        span(number, trace=number, start_ns=T0, end_ns=T0 + seconds * NS)
        for number, seconds in ((1, 1), (2, 3), (3, 9))
    ]
    write(writer_on(store), *ended, running(4, trace=4))
    usual = flights(store).usual["shop"]
    assert (usual.duration_ns, usual.runs) == (3 * NS, 3)


def test_a_first_run_has_no_usual(store: sqlite3.Connection) -> None:
    write(writer_on(store), running(1))
    usual = flights(store).usual["shop"]
    assert (usual.duration_ns, usual.runs) == (None, 0)


def test_a_run_that_waits_for_a_person_says_for_whom(store: sqlite3.Connection) -> None:
    write(writer_on(store), running(1), events=[waits()])
    (run,) = flights(store, T0 + 900 * NS).runs
    assert (run.state, run.waits_for) == ("waiting", "payments desk")


def test_a_run_of_a_silent_feed_is_stale_even_where_it_waits(store: sqlite3.Connection) -> None:
    write(writer_on(store), running(1), events=[waits()])
    store.execute("UPDATE feeds SET interval_s = 2.0, last_frame_ns = ?", (T0,))
    (run,) = flights(store, T0 + 60 * NS).runs
    assert (run.state, run.feed_silent, run.feed_last_ns) == ("stale", True, T0)


def test_a_run_that_has_gone_silent_is_stale_though_its_feed_is_heard(
    store: sqlite3.Connection,
) -> None:
    write(writer_on(store), running(1))
    store.execute("UPDATE agents SET interval_s = 2.0")
    assert [run.state for run in flights(store, T0 + 9 * NS).runs] == ["running"]
    (run,) = flights(store, T0 + 60 * NS).runs
    assert (run.state, run.feed_silent) == ("stale", False)


def test_a_run_of_a_failing_agent_is_marked(store: sqlite3.Connection) -> None:
    failed = [span(number, trace=number, state="error") for number in range(1, 6)]
    write(writer_on(store), *failed, running(9, trace=9))
    assert [run.state for run in flights(store).runs] == ["failing"]


def test_a_recording_has_its_own_now(store: sqlite3.Connection) -> None:
    store.execute("UPDATE feeds SET clock = 'event', last_record_ns = ?", (T0 + 4 * NS,))
    write(writer_on(store), running(1))
    assert [run.clock_ns for run in flights(store, T0 + 9_000 * NS).runs] == [T0 + 4 * NS]


@pytest.mark.parametrize(
    ("where", "expected"),
    [("state:waiting", [1]), ("state:running", [2]), ("shop", [1, 2]), ("trace:2", []),
     ("spans>1", [2])],
)  # fmt: skip
def test_a_filter_asks_for_what_the_rows_show(
    store: sqlite3.Connection, where: str, expected: list[int]
) -> None:
    write(writer_on(store), running(1), events=[waits()])
    write(writer_on(store), running(2, trace=2), span(3, 2, trace=2))
    found = [run.trace_id for run in flights(store, where=where).runs]
    assert found == [trace_id(number) for number in expected]


def test_a_key_that_runs_lack_is_refused(store: sqlite3.Connection) -> None:
    with pytest.raises(FilterError, match="tool"):
        flights(store, where="tool:x")


def test_what_is_looked_at_is_told_and_the_rest_is_only_listed(store: sqlite3.Connection) -> None:
    write(writer_on(store), *(running(number, trace=number) for number in range(1, 81)))
    found = flights(store, seen=(trace_id(80),))
    assert len(found.runs) == 80
    assert trace_id(80) in found.told
    assert trace_id(75) not in found.told


def test_of_one_agent_the_newest_open_runs_are_listed(store: sqlite3.Connection) -> None:
    count = MOST_AN_AGENT + 5
    write(writer_on(store), *(running(number, trace=number) for number in range(1, count + 1)))
    runs = flights(store).runs
    assert (len(runs), runs[0].trace_id) == (MOST_AN_AGENT, trace_id(6))


def test_a_very_long_run_is_seen_by_the_newest_spans_of_its_agent(
    store: sqlite3.Connection,
) -> None:
    writer = writer_on(store)
    write(writer, running(1), *(span(number, 1) for number in range(2, MOST_SPANS + 50)))
    write(writer, running(9_999, 1, operation="chat", request_model="m1"), at_ns=LATER)
    write(writer, running(8_888, trace=2, operation="chat"), at_ns=LATER)
    doing = flights(store).told[trace_id(1)]
    assert (doing.subject, doing.open) == ("m1", True)


def test_a_damaged_span_is_named(store: sqlite3.Connection) -> None:
    write(writer_on(store), running(1))
    store.execute("UPDATE spans SET detail = x'c1'")
    with pytest.raises(StoreError, match="is damaged"):
        flights(store)


def test_open_runs_are_found_by_an_index(store: sqlite3.Connection) -> None:
    told: list[str] = []
    write(writer_on(store), running(1))
    store.set_trace_callback(told.append)
    flights(store)
    store.set_trace_callback(None)
    (sql,) = [each for each in told if "MATERIALIZED" in each]
    steps = [row[3] for row in store.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert not any(step.startswith(("SCAN r", "SCAN o")) for step in steps), steps
    assert any("runs_by_end (agent=? AND end_ns=?)" in step for step in steps), steps
