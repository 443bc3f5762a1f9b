"""Agents and counting usage are the same whatever the order in which a run's spans arrive."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from agentwatch.model import Resource, Span
from agentwatch.store.rows import node_of
from agentwatch.store.tree import Node, Trace
from tests.store.records import span, span_id


def key_of(resource: Resource, name: str | None, agent_id: str | None) -> str:
    return f"{resource.service}/{name}" if name else resource.service or "unknown"


def grown(spans: list[Span]) -> Trace:
    trace = Trace("0" * 32)
    for each in spans:
        trace.add(node_of(each, each.end_ns or 0, None), key_of)
    return trace


def seen(trace: Trace) -> dict[str, tuple[str, bool]]:
    return {key: (node.agent, node.counts) for key, node in trace.nodes.items()}


def invoke(number: int, parent: int | None, name: str | None, **fields: Any) -> Span:
    return span(number, parent, operation="invoke_agent", agent_name=name, **fields)


RUN = [
    invoke(1, None, "boss", tokens=500),
    span(2, 1, tokens=100),
    invoke(3, 1, "clerk", tokens=90),
    span(4, 3, tokens=90),
    span(5, 3),
    span(6, 5),
    span(7, 6, agent_name="other"),
]


def test_the_nearest_named_ancestor_gives_the_agent() -> None:
    agents = {int(key, 16): agent for key, (agent, _) in seen(grown(RUN)).items()}
    assert agents == {
        1: "shop/boss",
        2: "shop/boss",
        3: "shop/clerk",
        4: "shop/clerk",
        5: "shop/clerk",
        6: "shop/clerk",
        7: "shop/other",
    }


def test_usage_counts_only_where_no_descendant_carries_any() -> None:
    counting = {
        int(key, 16)
        for key, node in grown(RUN).nodes.items()
        if node.usage is not None and node.counts
    }
    assert counting == {2, 4}


@given(st.permutations(RUN))
def test_any_order_of_arrival_gives_the_same_tree(spans: list[Span]) -> None:
    trace = grown(spans)
    assert seen(trace) == seen(grown(RUN))
    assert trace.orphans == 0
    assert trace.root is trace.nodes[span_id(1)]


def test_orphans_are_counted_until_their_parent_comes() -> None:
    trace = grown([span(2, 1), span(3, 1)])
    assert trace.orphans == 2
    trace.add(node_of(span(1), 0, None), key_of)
    assert trace.orphans == 0


def test_a_cycle_of_parents_ends() -> None:
    trace = grown([span(1, 2, tokens=1), span(2, 3, tokens=1), span(3, 1, tokens=1)])
    assert len(trace.nodes) == 3


def test_a_finished_span_takes_the_place_of_its_running_one() -> None:
    trace = Trace("0" * 32)
    running: Node = node_of(invoke(1, None, None, state="running", end_ns=None), 0, None)
    trace.add(running, key_of)
    trace.add(node_of(span(2, 1), 0, None), key_of)
    changed = trace.replace(running, node_of(invoke(1, None, "boss"), 0, None), key_of)
    assert [node.span_id for node in changed] == [span_id(2)]
    assert (trace.running, trace.orphans) == (0, 0)
