"""A value is found wherever a run holds it: exactly there, newest first, and nothing else."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from agentwatch.model import Evaluation, Event, Facts
from agentwatch.store.findable import Ref, unpacked
from agentwatch.store.indexing import BLOCK_ROWS, SOURCES, Indexer
from agentwatch.store.queries.find import _ROWS, SNIPPET_CHARS, find, in_run, snippet
from agentwatch.store.queries.needle import FindError
from agentwatch.store.queries.unsearched import TAIL_ROWS
from agentwatch.store.read import open_reader, texts
from agentwatch.untrusted import mend
from tests.program import environment
from tests.store.records import NS, SERVICE, span, span_id, trace_id
from tests.store.stores import NOW, SECRET, write, writer_on

ORDER = "55-20417"
HOSTILE = (
    '" OR "', "*:*", "NEAR(55 20417, 2)", "order AND 55", "text : 55", "{text} : x", "-order",
    "^order", "'; DROP TABLE spans; --", "%%%", "___", "\\\\\\", "(((", "a'b\"c", "NOT 55",
    "\x1b[31m", "\udce9\udce9\udce9", "‮55", "5" * 1000,
)  # fmt: skip


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Path:
    """A store into which a real recorder has put real airline conversations."""
    folder = tmp_path_factory.mktemp("corpus")
    feed = shared_data / "tau_bench" / "tau_airline_trials01.jsonl"
    subprocess.run(
        [sys.executable, "-m", "agentwatch", "--store", str(folder / "s.db"), "record",
         "--feed", f"replay:{feed}?speed=0"],
        check=True, env=environment(folder), timeout=120,
    )  # fmt: skip
    return folder / "s.db"


def index(store: sqlite3.Connection) -> None:
    """Fill the last block, and index everything."""
    numbers = range(900_000, 900_000 + BLOCK_ROWS)
    write(writer_on(store), *(span(n, trace=n) for n in numbers), at_ns=1)
    assert Indexer(store).finish(60)


def whole_text(store: sqlite3.Connection) -> list[tuple[str | None, str | None, str]]:
    """Every string of the store by trace and span, without the index."""
    text_of, found = texts(store), []
    for source in SOURCES:
        for _, trace, span_, _, _, _, _, blob, name, *columns in store.execute(_ROWS[source.table]):
            for _, value in source.strings(name, *columns, unpacked(blob)):
                text = text_of(value.digest) if isinstance(value, Ref) else value
                found.append((trace and trace.hex(), span_ and span_.hex(), text))
    return found


@pytest.mark.parametrize("indexed", [False, True])
def test_a_hit_says_where_it_is_and_what_stands_around_it(
    store: sqlite3.Connection, indexed: bool
) -> None:
    call = span(
        2, 1, trace=3, operation="execute_tool", tool="pay.refund", agent_name="refund-bot",
        attributes={"gen_ai.tool.call.arguments": '{"order":"55-20417","amount":240.00}'},
        facts=Facts(effect="irreversible"),
    )  # fmt: skip
    write(writer_on(store), call, span(4, trace=4))
    if indexed:
        index(store)
    (hit,) = find(store, ORDER)
    assert (hit.where, hit.key) == ("argument", "gen_ai.tool.call.arguments")
    assert (hit.trace_id, hit.span_id, hit.agent) == (trace_id(3), span_id(2), "shop/refund-bot")
    assert (hit.name, hit.effect, hit.received_ns) == ("span 2", "irreversible", NOW)
    assert hit.snippet[hit.start : hit.end] == ORDER


def test_each_kind_of_place_is_told_once_a_span(store: sqlite3.Connection) -> None:
    values = {
        "gen_ai.tool.call.arguments": f"get {ORDER}",
        "gen_ai.tool.call.result": f"{ORDER} is late " * 20,
        "gen_ai.input.messages": [f"where is {ORDER}", f"{ORDER}!"],
        "gen_ai.retrieval.documents": {"content": f"about {ORDER}"},
        "order.id": ORDER,
        "region": f"near {ORDER}",
    }
    write(writer_on(store), span(1, name=f"look up {ORDER}", attributes=values))
    assert sorted(hit.where for hit in find(store, ORDER)) == [
        "argument", "document", "id", "message", "name", "other", "result",
    ]  # fmt: skip


def test_a_persons_feedback_and_other_log_records_are_found_with_their_agent(
    store: sqlite3.Connection,
) -> None:
    human = Event(
        name="gen_ai.evaluation.result", at_ns=NOW, resource=SERVICE, trace_id=trace_id(1),
        span_id=span_id(1), attributes={"gen_ai.evaluation.explanation": f"wrong, {ORDER}"},
        fact=Evaluation(name="user_feedback", human=True),
    )  # fmt: skip
    stray = Event(name="note", at_ns=NOW, resource=SERVICE, attributes={}, body=f"see {ORDER}")
    write(writer_on(store), span(1), events=[human, stray])
    found = {hit.where: hit for hit in find(store, ORDER)}
    assert (found["feedback"].agent, found["feedback"].span_id) == ("shop", span_id(1))
    assert (found["message"].agent, found["message"].trace_id) == (None, None)


@pytest.mark.parametrize("seed", range(3))
def test_it_finds_what_a_full_read_finds_and_nothing_else(corpus: Path, seed: int) -> None:
    store = open_reader(corpus)
    everything = whole_text(store)
    dice = random.Random(seed)
    for _ in range(12):
        text = dice.choice(everything)[2]
        length = dice.choice([3, 4, 7, 20, 90, 400])
        start = dice.randrange(max(1, len(text) - length))
        asked = text[start : start + length]
        if len(asked) < 3:
            continue
        hits = list(find(store, asked.swapcase()))
        told = {
            (trace, span_) for trace, span_, said in everything if asked.lower() in said.lower()
        }
        assert {(hit.trace_id, hit.span_id) for hit in hits if hit.key != "trace_id"} == told
        times = [hit.received_ns for hit in hits]
        assert times == sorted(times, reverse=True)
    store.close()


def test_part_of_a_real_reservation_leads_to_its_runs(corpus: Path) -> None:
    store = open_reader(corpus)
    hits = list(find(store, "jg7fm"))
    assert {"argument", "result", "message"} <= {hit.where for hit in hits}
    for hit in hits:
        assert hit.snippet[hit.start : hit.end] == "JG7FM"
        assert hit.agent == "airline-agent"
    store.close()


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_the_index_takes_for_syntax_is_literal(
    store: sqlite3.Connection, text: str
) -> None:
    said = [mend(other) for other in HOSTILE]  # as decoding stores it
    spans = (span(n, attributes={"said": other}) for n, other in enumerate(said, 1))
    write(writer_on(store), *spans)
    index(store)
    assert [hit.span_id for hit in find(store, text)] == [span_id(HOSTILE.index(text) + 1)]
    assert list(find(store, f"{text[:900]}~")) == []


def test_too_short_and_too_long_are_refused_at_once(store: sqlite3.Connection) -> None:
    for text in ("", "ab", "x" * 10_000):
        with pytest.raises(FindError):
            find(store, text)


@pytest.mark.parametrize("indexed", [False, True])
def test_a_redacted_secret_is_not_found(store: sqlite3.Connection, indexed: bool) -> None:
    long = f"{'word ' * 100}{SECRET} and {ORDER}"
    write(writer_on(store), span(1, attributes={"a": f"key {SECRET}", "b": long}))
    if indexed:
        index(store)
    for part in (SECRET, SECRET[4:12], SECRET[-5:].lower()):
        assert list(find(store, part)) == []
    assert len(list(find(store, "[redacted:aws-key]"))) == 1
    assert len(list(find(store, ORDER))) == 1, "what stands beside it is found"


def test_the_newest_come_first_and_since_and_limit_cut(store: sqlite3.Connection) -> None:
    writer = writer_on(store)
    for batch in range(6):
        numbers = range(batch * 100 + 1, batch * 100 + 101)
        logs = [Event(name="n", at_ns=batch, resource=SERVICE, attributes={"order": ORDER})]
        write(
            writer,
            *(span(n, trace=n, attributes={"order": ORDER}) for n in numbers),
            events=logs, at_ns=NOW + batch * NS,
        )  # fmt: skip
    index(store)
    times = [hit.received_ns for hit in find(store, ORDER)]
    assert times == sorted(times, reverse=True)
    assert len(times) == 606
    assert len(list(find(store, ORDER, since_ns=NOW + 4 * NS))) == 202
    assert len(list(find(store, ORDER, since_ns=NOW + 99 * NS))) == 0
    assert [hit.received_ns for hit in find(store, ORDER, limit=3)] == [NOW + 5 * NS] * 3


def test_a_text_that_only_seems_to_hold_it_is_not_shown(store: sqlite3.Connection) -> None:
    parts = f"{'filler ' * 30} 204, 041 and 417 are pages"
    write(writer_on(store), span(1, attributes={"t": parts, "s": "204 041 417"}))
    index(store)
    assert list(find(store, "20417")) == []


def test_a_run_is_found_by_the_beginning_of_its_id(store: sqlite3.Connection) -> None:
    write(writer_on(store), span(1, trace=0xABCDEF0123 << 88))
    index(store)
    trace = trace_id(0xABCDEF0123 << 88)
    for digits in (trace, trace[:8], trace[:11].upper()):
        assert [(hit.where, hit.trace_id) for hit in find(store, digits)] == [("id", trace)]
    assert list(find(store, trace[:7])) == []
    assert list(find(store, "abcdef0124")) == []


def test_the_places_of_one_run_are_told_alone(store: sqlite3.Connection) -> None:
    spans = [span(n, trace=n % 2 + 1, attributes={"order": ORDER}) for n in range(1, 7)]
    write(writer_on(store), *spans)
    assert {hit.trace_id for hit in in_run(store, ORDER, trace_id(1))} == {trace_id(1)}
    assert len(list(in_run(store, ORDER, trace_id(1)))) == 3


def test_a_span_that_ended_meanwhile_is_found_once(store: sqlite3.Connection) -> None:
    writer = writer_on(store)
    write(writer, span(1, state="running", end_ns=None, attributes={"order": ORDER}))
    index(store)
    write(writer_on(store), span(1, attributes={"order": ORDER}))
    assert len(list(find(store, ORDER))) == 1
    index(store)
    assert len(list(find(store, ORDER))) == 1


def test_rows_that_no_index_has_yet_are_read_to_a_limit(store: sqlite3.Connection) -> None:
    writer = writer_on(store)
    for first in (1, 2001):
        write(writer, *(span(n, attributes={"o": ORDER}) for n in range(first, first + 2000)))
    assert len(list(find(store, ORDER))) == TAIL_ROWS
    Indexer(store).finish(60)
    assert len(list(find(store, ORDER))) == 4000


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("x" * 50 + ORDER, 50, 58),
        (ORDER + "y" * 900, 0, 8),
        ("z" * 900 + ORDER + "z" * 900, 900, 908),
    ],
)
def test_a_snippet_shows_the_match_with_its_surroundings(text: str, start: int, end: int) -> None:
    shown, first, last = snippet(text, start, end)
    assert shown[first:last] == ORDER
    assert len(shown) == min(len(text), SNIPPET_CHARS)


def test_a_match_longer_than_the_snippet_is_cut() -> None:
    assert snippet("a" * 500, 100, 400) == ("a" * SNIPPET_CHARS, 0, SNIPPET_CHARS)
