"""The card of an agent: figures that are bounded, grounds that were read, people who are asked."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from agentwatch.model import Evaluation, Event, Facts, Resource, Waiting
from agentwatch.store.queries.card import (
    BUCKET_NS,
    BUCKETS,
    HOUR_NS,
    MOST_ENDED,
    MOST_OPEN,
    MOST_RUNS,
    MOST_SPANS,
    Card,
    Read,
    card,
    figures,
    live,
    who,
)
from tests.store.queries.many_runs import many_runs
from tests.store.records import NS, SERVICE, T0, span, trace_id
from tests.store.stores import NOW, write, writer_on

AT = T0 + 10 * NS
PAY: dict[str, Any] = {"operation": "execute_tool", "tool": "pay.refund"}
SENT: dict[str, Any] = {"operation": "execute_tool", "tool": "mail.send"}
PRICES: dict[str, Any] = {"operation": "retrieval", "data_source": "kb-prices"}


def of(store: sqlite3.Connection, agent: str = "shop", now_ns: int = AT) -> Card:
    found = card(store, agent, now_ns, {})
    assert found is not None
    return found


def version(number: str, as_of_s: int) -> Facts:
    return Facts(data_source_version=number, data_source_as_of_ns=T0 + as_of_s * NS)


def test_nobody_has_heard_of_an_agent(store: sqlite3.Connection) -> None:
    assert who(store, "shop", AT) is None
    assert card(store, "shop", AT, {}) is None
    found = live(store, "shop", AT)
    assert (found.open_runs, found.waits_for, found.last) == (0, None, [])


def test_an_agent_stands_with_its_feed_and_the_identities_that_it_claims(
    store: sqlite3.Connection,
) -> None:
    claims = ("spiffe:spiffe://fleet.example/shop", "x509:4f91")
    resource = Resource(
        attributes={}, service="shop", service_name="shop", service_version="2.14.1",
        claimed_identities=claims,
    )  # fmt: skip
    write(writer_on(store), span(1, resource=resource))
    found = who(store, "shop", AT)
    assert found is not None
    assert (found.agent, found.version, found.feed, found.feed_state) == (
        "shop", "2.14.1", "f", "live",
    )  # fmt: skip
    assert found.claimed == list(claims)


def test_a_recording_lives_in_its_own_time(store: sqlite3.Connection) -> None:
    write(writer_on(store), span(1))
    store.execute("UPDATE feeds SET clock = 'event', last_record_ns = ?", (T0 + 5 * NS,))
    found = who(store, "shop", AT)
    assert found is not None
    assert found.now_ns == T0 + 5 * NS


def test_figures_are_of_the_ended_runs(store: sqlite3.Connection) -> None:
    writer = writer_on(store)
    for number in range(1, 21):
        state = "error" if number == 1 else "ok"
        write(
            writer,
            span(
                number, trace=number, start_ns=AT - number * NS, end_ns=AT, state=state,
                tokens=100 * number, cost_usd_micros=number * 10,
            ),
        )  # fmt: skip
    write(writer, span(99, trace=99, state="running", end_ns=None))
    found = figures(store, "shop")
    assert (found.runs, found.errors) == (20, 1)
    assert (found.p50_ns, found.p95_ns) == (10 * NS, 19 * NS)
    assert found.cost_usd_micros_per_run == 105  # the mean of 10 to 200, rounded to even
    assert found.tokens_per_run == 1_575


def test_what_is_not_known_is_not_zero(store: sqlite3.Connection) -> None:
    write(writer_on(store), span(1))
    found = figures(store, "shop")
    assert (found.runs, found.cost_usd_micros_per_run, found.tokens_per_run) == (1, None, None)
    assert figures(store, "nobody").p50_ns is None


def test_the_trend_is_of_whole_buckets_and_says_what_nobody_saw(
    store: sqlite3.Connection,
) -> None:
    now_ns = T0 // BUCKET_NS * BUCKET_NS + BUCKET_NS // 2
    writer = writer_on(store)
    for number, (buckets_ago, state) in enumerate([(1, "error"), (1, "ok"), (4, "ok")], 1):
        end_ns = now_ns - buckets_ago * BUCKET_NS
        write(writer, span(number, trace=number, start_ns=end_ns - NS, end_ns=end_ns, state=state))
    store.execute(
        "INSERT INTO gaps (feed_id, since_ns, until_ns, reason) VALUES (1, ?, ?, 'closed')",
        (now_ns - 3 * BUCKET_NS, now_ns - 3 * BUCKET_NS + NS),
    )
    found = of(store, now_ns=now_ns)
    assert (found.ended, found.failed, found.whole_hour) == (3, 1, True)
    assert found.trend[-4:] == [0.0, None, 0.0, 0.5]
    assert found.trend_blank == BUCKETS - 4


def test_runs_of_more_than_an_hour_ago_are_no_part_of_the_hour(store: sqlite3.Connection) -> None:
    many_runs(store, "shop", range(10))
    assert of(store, now_ns=T0 + HOUR_NS + 5 * NS).ended == 4


def test_the_last_read_of_each_source_is_told_with_its_version(store: sqlite3.Connection) -> None:
    writer = writer_on(store)
    write(writer, span(1, facts=version("v40", 0), **PRICES))
    write(writer, span(2, facts=version("v41", 1), **PRICES), at_ns=NOW + 1)
    write(writer, span(3, operation="retrieval", data_source="crm"), at_ns=NOW + 2)
    assert of(store).reads == [
        Read("crm", None, None, T0 + 3 * NS),
        Read("kb-prices", "v41", T0 + NS, T0 + 2 * NS),
    ]


def test_a_newer_version_that_another_agent_reads_is_named(store: sqlite3.Connection) -> None:
    writer, other = writer_on(store), Resource(attributes={}, service="desk", service_name="desk")
    write(writer, span(1, facts=version("v41", 1), **PRICES))
    write(writer, span(2, trace=2, resource=other, facts=version("v42", 2), **PRICES))
    assert [read.newer for read in of(store).reads] == ["v42"]
    assert [read.newer for read in of(store, "desk").reads] == [None]


def test_a_newest_version_is_remembered_when_its_reads_are_long_ago(
    store: sqlite3.Connection,
) -> None:
    write(writer_on(store), span(1, facts=version("v41", 1), **PRICES))
    versions = {"kb-prices": (T0 + 9 * NS, "v42")}
    found = card(store, "shop", AT, versions)
    assert found is not None
    assert found.reads[0].newer == "v42"


def test_effects_are_counted_by_kind_for_an_hour(store: sqlite3.Connection) -> None:
    writer = writer_on(store)
    for number in range(1, 4):
        write(writer, span(number, facts=Facts(effect="irreversible"), **PAY))
    write(writer, span(4, facts=Facts(effect="compensable"), **SENT))
    write(writer, span(5, facts=Facts(effect="none"), **SENT))
    found = of(store)
    assert found.effects == {"irreversible": 3, "compensable": 1}
    assert found.effects_since_ns == AT - HOUR_NS
    assert of(store, now_ns=AT + HOUR_NS).effects == {}


def test_more_spans_than_are_looked_at_shorten_the_time_that_effects_cover(
    store: sqlite3.Connection,
) -> None:
    spans = [span(number, facts=Facts(effect="reversible"), **PAY) for number in range(1, 500)]
    write(writer_on(store), *spans)
    found = of(store, now_ns=T0 + 600 * NS)
    assert found.effects == {"reversible": MOST_SPANS}
    assert found.effects_since_ns > T0


def test_models_and_tools_are_the_most_used_first(store: sqlite3.Connection) -> None:
    writer = writer_on(store)
    write(writer, span(1, **PAY), span(2, **SENT), span(3, **SENT))
    write(writer, span(4, request_model="m1"))
    found = of(store)
    assert (found.models, found.tools) == (["m1"], ["mail.send", "pay.refund"])


@pytest.mark.parametrize(
    ("fact", "counts"),
    [
        (Evaluation(name="user_feedback", label="thumbs_up", human=True), (1, 0)),
        (Evaluation(name="user_feedback", label="thumbs_down", human=True), (0, 1)),
        (Evaluation(name="user_feedback", score=0.9, human=True), (1, 0)),
        (Evaluation(name="user_feedback", score=0.0, human=True), (0, 1)),
        (Evaluation(name="user_feedback", explanation="hm", human=True), (0, 0)),
        (Evaluation(name="accuracy", score=1.0), (0, 0)),
    ],
)
def test_what_people_say_is_counted(
    store: sqlite3.Connection, fact: Evaluation, counts: tuple[int, int]
) -> None:
    said = Event(
        name="e", at_ns=AT, resource=SERVICE, attributes={}, trace_id=trace_id(1), fact=fact
    )
    write(writer_on(store), span(1), events=[said])
    found = of(store)
    assert (found.up, found.down) == counts


def test_runs_in_flight_say_for_whom_they_wait(store: sqlite3.Connection) -> None:
    writer = writer_on(store)
    running: dict[str, Any] = {"state": "running", "end_ns": None}
    asks = Event(
        name="w", at_ns=AT, resource=SERVICE, attributes={}, trace_id=trace_id(2),
        fact=Waiting("payments desk"),
    )  # fmt: skip
    write(writer, span(1, **running), span(2, trace=2, **running), events=[asks])
    write(writer, span(3, trace=3))
    found = live(store, "shop", AT)
    assert (found.open_runs, len(found.waiting), found.waits_for) == (2, 1, "payments desk")
    assert len(found.last) == 3


def test_nothing_is_read_without_bounds(store: sqlite3.Connection) -> None:
    many_runs(store, "shop", range(MOST_ENDED + 100), together=100)
    store.execute("UPDATE runs SET end_ns = NULL WHERE id <= ?", (MOST_OPEN + 50,))
    assert live(store, "shop", AT).open_runs == MOST_OPEN
    store.execute("UPDATE runs SET end_ns = received_ns")
    found = of(store, now_ns=T0 + 60 * NS)
    assert (found.ended, found.whole_hour, found.figures.runs) == (MOST_ENDED, False, MOST_RUNS)


def test_every_question_is_answered_from_an_index(store: sqlite3.Connection) -> None:
    write(writer_on(store), span(1, facts=version("v41", 1), **PRICES))
    told: list[str] = []
    store.set_trace_callback(told.append)
    of(store)
    live(store, "shop", AT)
    store.set_trace_callback(None)
    for sql in told:
        steps = [step[3] for step in store.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()]
        scans = [step for step in steps if step.startswith("SCAN") and "INDEX" not in step]
        assert all("subquery" in step or step == "SCAN r" for step in scans), (sql, steps)
        assert not any("TEMP B-TREE" in step for step in steps), (sql, steps)
