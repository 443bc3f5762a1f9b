"""Old telemetry goes in small chunks; evidence, rollups and what is named stay."""

from __future__ import annotations

import sqlite3

import pytest

from agentwatch.model import Event, Point
from agentwatch.store.detail import unpack, unpack_event
from agentwatch.store.read import texts
from agentwatch.store.retention import CHUNK, DAY_NS, prune, used_bytes
from agentwatch.store.texts import USE_STEP_NS
from tests.store.records import NS, SERVICE, span, trace_id
from tests.store.stores import NOW, one, write, writer_on

TABLES = ("spans", "runs", "events", "points")


def said(number: int) -> str:
    return f"{number}: " + f"{number * 7919 % 104729} " * 60


def log(number: int, trace: int | None = None, **fields: object) -> Event:
    given: dict[str, object] = {"attributes": {"text": said(10**6 + number)}}
    return Event(
        name="log", at_ns=number, resource=SERVICE,
        trace_id=None if trace is None else trace_id(trace), **(given | fields),  # type: ignore[arg-type]
    )  # fmt: skip


def fill(store: sqlite3.Connection, days: int, a_day: int = 10) -> None:
    """Runs of one span with a text of its own, a log record and a data point a day."""
    writer = writer_on(store)
    for day in range(days):
        numbers = range(day * a_day + 1, (day + 1) * a_day + 1)
        at_ns = NOW + day * DAY_NS
        point = Point(
            name="p", unit="1", kind="gauge", at_ns=at_ns, resource=SERVICE, attributes={}, value=1
        )
        write(
            writer,
            *(span(n, trace=n, attributes={"text": said(n)}, tokens=10) for n in numbers),
            events=[log(day, day * a_day + 1)],
            points=[point],
            at_ns=at_ns,
        )


def counts(store: sqlite3.Connection) -> dict[str, int]:
    return {table: one(store, f"SELECT count(*) FROM {table}") for table in (*TABLES, "texts")}  # noqa: S608


def missing(store: sqlite3.Connection) -> int:
    """Texts that a stored span or log record names and the store lacks."""
    named: set[bytes] = set()

    def note(digest: bytes) -> str:
        named.add(digest)
        return ""

    for (detail,) in store.execute("SELECT detail FROM spans"):
        unpack(detail, note)
    for (content,) in store.execute("SELECT content FROM events"):
        unpack_event(content, note)
    text_of = texts(store)
    return sum(text_of(digest) == "‹not stored›" for digest in named)


def test_what_is_older_than_its_days_goes_with_its_texts(store: sqlite3.Connection) -> None:
    fill(store, days=6)
    now_ns = NOW + 5 * DAY_NS
    gone = prune(store, now_ns, retain_days=2.5, retain_bytes=None)
    assert counts(store) == {"spans": 30, "runs": 30, "events": 3, "points": 3, "texts": 33}
    assert gone == 30 + 30 + 3 + 3 + 33
    assert missing(store) == 0
    assert prune(store, now_ns, retain_days=2.5, retain_bytes=None) == 0


def test_nothing_goes_without_a_limit(store: sqlite3.Connection) -> None:
    fill(store, days=2)
    assert prune(store, NOW + 1000 * DAY_NS, None, None) == 0
    assert counts(store)["spans"] == 20


def test_rollups_and_agents_outlive_their_spans(store: sqlite3.Connection) -> None:
    fill(store, days=2)
    before = store.execute("SELECT * FROM rollups").fetchall()
    prune(store, NOW + 100 * DAY_NS, retain_days=1, retain_bytes=None)
    assert counts(store) == dict.fromkeys((*TABLES, "texts"), 0)
    assert store.execute("SELECT * FROM rollups").fetchall() == before
    assert one(store, "SELECT sum(span_count) FROM agents") == 20


@pytest.mark.parametrize("late", [0, 400])
def test_evidence_is_spared_with_its_run_its_log_records_and_its_texts(
    store: sqlite3.Connection, late: int
) -> None:
    fill(store, days=4)
    writer = writer_on(store)
    store.execute("INSERT INTO evidence VALUES (?, 'INC-1')", (bytes.fromhex(trace_id(1)),))
    if late:  # a span that comes when the trace is evidence already is evidence too
        write(writer, span(late, trace=1, attributes={"text": said(late)}), at_ns=NOW + DAY_NS)
    kept = 1 + bool(late)
    for day in (100, 200):
        fill(store, days=1)  # something to delete, and nothing that is evidence
        prune(store, NOW + day * DAY_NS, retain_days=1, retain_bytes=None)
        assert counts(store) == {
            "spans": kept, "runs": 1, "events": 1, "points": 0, "texts": kept + 1,
        }  # fmt: skip
        assert missing(store) == 0


def test_texts_go_while_there_is_evidence(store: sqlite3.Connection) -> None:
    fill(store, days=4)
    store.execute("INSERT INTO evidence VALUES (?, 'INC-1')", (bytes.fromhex(trace_id(1)),))
    prune(store, NOW + 3 * DAY_NS, retain_days=1.5, retain_bytes=None)
    assert counts(store)["texts"] == 2 + 20 + 2
    assert missing(store) == 0


def test_a_text_that_a_kept_row_names_again_stays(store: sqlite3.Connection) -> None:
    writer = writer_on(store)
    for day in range(3):
        write(writer, span(day + 1, attributes={"t": said(1)}), at_ns=NOW + day * DAY_NS)
    prune(store, NOW + 2 * DAY_NS, retain_days=0.5, retain_bytes=None)
    assert counts(store)["spans"] == 1
    assert counts(store)["texts"] == 1


def test_texts_that_only_log_records_name_stay_with_them(store: sqlite3.Connection) -> None:
    writer = writer_on(store)
    write(writer, events=[log(1)], at_ns=NOW)
    write(writer, span(1, attributes={"t": said(5)}), at_ns=NOW + 3 * DAY_NS)
    write(writer, span(2, attributes={"t": said(6)}), at_ns=NOW + 9 * DAY_NS)
    store.execute("DELETE FROM spans WHERE received_ns < ?", (NOW + 5 * DAY_NS,))
    prune(store, NOW + 9 * DAY_NS, retain_days=100, retain_bytes=None)
    assert missing(store) == 0


def test_by_size_the_oldest_go_until_it_fits(store: sqlite3.Connection) -> None:
    fill(store, days=10, a_day=300)
    wanted = used_bytes(store) * 2 // 3
    while used_bytes(store) > wanted:
        assert prune(store, NOW + 9 * DAY_NS, None, wanted) > 0
    left = counts(store)
    assert 0 < left["spans"] < 3000
    newest = [one(store, f"SELECT max(received_ns) FROM {table}") for table in TABLES]  # noqa: S608
    assert newest == [NOW + 9 * DAY_NS] * 4
    oldest = one(store, "SELECT min(received_ns) FROM spans")
    assert one(store, "SELECT min(received_ns) FROM runs") == oldest
    assert missing(store) == 0
    assert prune(store, NOW + 9 * DAY_NS, None, wanted) == 0


def test_by_size_texts_of_today_go_with_their_spans(store: sqlite3.Connection) -> None:
    writer = writer_on(store)
    for batch in range(12):
        numbers = range(batch * 100 + 1, batch * 100 + 101)
        write(
            writer,
            *(span(n, trace=n, attributes={"t": said(n) * 20}) for n in numbers),
            at_ns=NOW + batch * USE_STEP_NS,
        )
    now_ns = NOW + 11 * USE_STEP_NS
    wanted = used_bytes(store) * 4 // 5
    while prune(store, now_ns, None, wanted):
        pass
    assert used_bytes(store) <= wanted
    left = counts(store)
    assert left["spans"] == 700
    assert left["texts"] < 1200
    assert missing(store) == 0


def test_by_size_a_store_of_log_records_alone_shrinks_too(store: sqlite3.Connection) -> None:
    writer = writer_on(store)
    for day in range(20):
        logs = [log(day * 100 + n, attributes={"t": "x" * 120}) for n in range(100)]
        write(writer, events=logs, at_ns=NOW + day * DAY_NS)
    wanted = used_bytes(store) * 3 // 4
    while prune(store, NOW + 19 * DAY_NS, None, wanted):
        pass
    assert used_bytes(store) <= wanted
    assert counts(store)["events"] > 500


def test_by_size_evidence_alone_is_kept_even_over_the_limit(store: sqlite3.Connection) -> None:
    fill(store, days=1, a_day=50)
    store.execute("INSERT INTO evidence SELECT trace_id, 'INC-1' FROM runs")
    store.execute("DELETE FROM points")
    assert prune(store, NOW + 100 * DAY_NS, None, 1) == 0
    assert counts(store)["spans"] == 50


def test_a_call_without_time_left_deletes_one_chunk_a_table_and_the_next_goes_on(
    store: sqlite3.Connection,
) -> None:
    writer = writer_on(store)
    for batch in range(3):
        numbers = range(batch * CHUNK + 1, (batch + 1) * CHUNK + 1)
        write(writer, *(span(n, trace=1) for n in numbers), at_ns=NOW + batch * NS)
    prune(store, NOW + 9 * DAY_NS, retain_days=1, retain_bytes=None, budget_s=0)
    assert counts(store)["spans"] == 2 * CHUNK
    assert one(store, "SELECT min(received_ns) FROM spans") == NOW + NS
    while prune(store, NOW + 9 * DAY_NS, retain_days=1, retain_bytes=None, budget_s=0):
        pass
    assert counts(store)["spans"] == 0


def test_a_span_that_was_deleted_may_be_told_of_again(store: sqlite3.Connection) -> None:
    writer = writer_on(store)
    write(writer, span(1, state="running", end_ns=None))
    prune(store, NOW + 9 * DAY_NS, retain_days=1, retain_bytes=None)
    assert counts(store)["spans"] == 0
    for teller in (writer, writer_on(store)):
        write(teller, span(1), at_ns=NOW + 9 * DAY_NS)
        assert counts(store)["spans"] == counts(store)["runs"] == 1
