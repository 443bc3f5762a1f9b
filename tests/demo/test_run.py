"""One run keeps its steps inside its root, one after the other."""

import random

from agentwatch.demo.fleet import members
from agentwatch.demo.run import Faults, Run

BASE_NS = 10**18


def performed(name: str, error_ratio: float) -> Run:
    member = next(member for member in members() if member.name == name)
    run = Run(member, Faults(error_ratio), random.Random(1), BASE_NS, BASE_NS)
    run.perform(member.kind.steps)
    return run


def test_children_lie_inside_their_parent() -> None:
    run = performed("claims-intake-eu-01", 0.0)
    spans = {
        item.record["spanId"]: item.record
        for item in run.emissions
        if item.signal == "spans" and item.shows_until_ns is None
    }
    assert len(spans) >= 5
    for span in spans.values():
        parent = spans.get(span.get("parentSpanId"), span)
        assert int(parent["startTimeUnixNano"]) <= int(span["startTimeUnixNano"])
        assert int(span["endTimeUnixNano"]) <= int(parent["endTimeUnixNano"])


def test_an_error_ends_the_run_with_its_exception() -> None:
    run = performed("order-tracker-eu-01", 1.0)
    ended = [item.record for item in run.emissions if item.signal == "spans"]
    assert len(ended) == 2
    assert all(span["status"]["code"] == 2 and span["events"] for span in ended)
