"""Secrets are masked wherever a record may carry one, and counted once."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from agentwatch.model import (
    Change,
    Evaluation,
    Event,
    EventFact,
    Facts,
    Point,
    Resource,
    RuleEvaluated,
    SpanEvent,
    Waiting,
    WitnessedCall,
)
from agentwatch.store.masking import Mask
from agentwatch.store.read import texts
from agentwatch.store.schema import open_store
from agentwatch.untrusted import Redactor
from tests.store.records import SERVICE, T0, span
from tests.store.stores import SECRET, made, one, write, writer_on

MASKED = "[redacted:aws-key]"
LONG = "word " * 60 + SECRET

SPANS: dict[str, dict[str, Any]] = {
    "short attribute": {"attributes": {"a": f"key {SECRET}"}},
    "large attribute": {"attributes": {"a": LONG}},
    "list": {"attributes": {"a": ["x", [SECRET]]}},
    "map": {"attributes": {"a": {"b": {"c": LONG}}}},
    "bytes": {"attributes": {"a": b"\xff " + SECRET.encode()}},
    "large bytes": {"attributes": {"a": b"\xff " + LONG.encode()}},
    "name": {"name": SECRET},
    "large name": {"name": LONG},
    "status message": {"status_message": f"401 for {SECRET}"},
    "traceback": {"status_message": LONG},
    "scope": {"scope": SECRET},
    "event's name": {"events": [SpanEvent(SECRET, T0, {})]},
    "event's attribute": {"events": [SpanEvent("e", T0, {"a": SECRET})]},
    "event's large attribute": {"events": [SpanEvent("e", T0, {"a": LONG})]},
}
DERIVED: dict[str, dict[str, Any]] = {
    "tool": {"tool": LONG},
    "model": {"request_model": SECRET},
    "agent": {"agent_name": SECRET},
    "conversation": {"conversation_id": SECRET},
    "fact": {"facts": Facts(effect_target=SECRET)},
    "list of a fact": {"facts": Facts(scopes_used=("read", SECRET))},
    "user": {"facts": Facts(user_id=LONG)},
}
FACTS: dict[str, EventFact] = {
    "feedback": Evaluation(name="user_feedback", explanation=LONG),
    "rule": RuleEvaluated(rule_id="r", inputs={"card": [SECRET]}),
    "change": Change(kind="tool", subject=SECRET),
    "waiting": Waiting(SECRET),
    "witnessed": WitnessedCall(point="gw", path=f"/x?key={SECRET}"),
}


def everything(path: Path) -> bytes:
    """The bytes of a closed store, texts unpacked beside them."""
    connection = open_store(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    text_of = texts(connection)
    kept = [text_of(row[0]).encode() for row in connection.execute("SELECT digest FROM texts")]
    connection.close()
    return path.read_bytes() + b"\n".join(kept)


@pytest.mark.parametrize("case", SPANS)
def test_no_secret_of_a_span_is_stored_and_each_is_counted_once(path: Path, case: str) -> None:
    connection = made(path)
    mask = Mask(Redactor())
    write(writer_on(connection, mask), span(1, **SPANS[case]))
    connection.close()
    stored = everything(path)
    assert SECRET.encode() not in stored
    assert MASKED.encode() in stored
    assert mask.masked == 1


@pytest.mark.parametrize("case", DERIVED)
def test_what_was_read_out_of_an_attribute_is_masked_and_not_counted_again(
    path: Path, case: str
) -> None:
    connection = made(path)
    mask = Mask(Redactor())
    write(writer_on(connection, mask), span(1, attributes={"a": SECRET}, **DERIVED[case]))
    connection.close()
    assert SECRET.encode() not in everything(path)
    assert mask.masked == 1


@pytest.mark.parametrize("case", FACTS)
def test_no_secret_of_a_log_records_fact_is_stored(path: Path, case: str) -> None:
    connection = made(path)
    event = Event(name="e", at_ns=T0, resource=SERVICE, attributes={}, fact=FACTS[case])
    write(writer_on(connection), events=[event])
    connection.close()
    stored = everything(path)
    assert SECRET.encode() not in stored
    assert MASKED.encode() in stored


@pytest.mark.parametrize("body", [SECRET, LONG, {"a": [LONG]}, [SECRET]])
def test_no_secret_of_a_log_records_body_is_stored(path: Path, body: Any) -> None:
    connection = made(path)
    mask = Mask(Redactor())
    event = Event(name="e", at_ns=T0, resource=SERVICE, attributes={"k": "v"}, body=body)
    write(writer_on(connection, mask), events=[event])
    connection.close()
    assert SECRET.encode() not in everything(path)
    assert mask.masked == 1


def test_no_secret_of_a_process_or_a_metric_is_stored(path: Path) -> None:
    connection = made(path)
    command = Resource(attributes={"process.command_args": ["agent", f"--key={SECRET}"]})
    point = Point(
        name="calls", unit="1", kind="sum", at_ns=T0, resource=command, attributes={"u": SECRET},
        value=1,
    )  # fmt: skip
    write(writer_on(connection), span(1, resource=command), points=[point])
    assert one(connection, "SELECT count(*) FROM resources") == 1
    connection.close()
    stored = everything(path)
    assert SECRET.encode() not in stored
    assert stored.count(MASKED.encode()) >= 2


def test_the_search_would_have_found_a_secret_that_is_not_masked(path: Path) -> None:
    for case in SPANS:
        connection = made(path)
        mask = Mask(Redactor(enabled=False))
        write(writer_on(connection, mask), span(1, **SPANS[case]))
        connection.close()
        assert SECRET.encode() in everything(path), case
        assert mask.masked == 0
        for file in path.parent.iterdir():
            file.unlink()


def test_a_pattern_of_the_users_own_masks_too(store: sqlite3.Connection) -> None:
    mask = Mask(Redactor({"badge": r"B-\d{6}"}))
    write(writer_on(store, mask), span(1, name="badge B-123456"))
    assert one(store, "SELECT name FROM spans") == "badge [redacted:badge]"


def test_a_record_without_secrets_is_handed_on_as_it_is() -> None:
    mask = Mask(Redactor())
    clean = span(1, facts=Facts(user_id="u"), attributes={"a": [1, None, {"b": b"x"}]})
    assert mask.spans([clean])[0] is clean
    assert mask.resource(SERVICE) is SERVICE
    told = mask.spans([clean, replace(clean, name=SECRET)])
    assert told[0] is clean
    assert told[1] == replace(clean, name=MASKED)
