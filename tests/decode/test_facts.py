"""What OpenTelemetry lacks: facts, costs and hashes of a span."""

from __future__ import annotations

from typing import Any

import pytest

from agentwatch.decode import decode
from agentwatch.decode.facts import prompt_hash
from tests.decode.wires import span, spans_frame


def read(attributes: dict[str, Any]) -> Any:
    return decode(spans_frame(span(attributes)))


@pytest.mark.parametrize(
    ("attributes", "field", "expected"),
    [
        ({"agentwatch.task.id": "t"}, "task_id", "t"),
        ({"agentwatch.effect": "irreversible"}, "effect", "irreversible"),
        ({"agentwatch.effect.amount": 5}, "effect_amount", 5.0),
        ({"agentwatch.scopes.granted": ["a", "b"]}, "scopes_granted", ("a", "b")),
        ({"agentwatch.scopes.used": "a b"}, "scopes_used", ("a", "b")),
        ({"agentwatch.run.mode": "autonomous"}, "mode", "autonomous"),
        ({"http.request.body.size": 12}, "request_bytes", 12),
        ({"agentwatch.cache.hit": True}, "cache_hit", True),
        ({"gen_ai.tool.name": "transfer_to_human_agents"}, "outcome", "escalated"),
        ({"agentwatch.prompt.hash": "given"}, "prompt_hash", "given"),
        ({"server.address": "api"}, "server_address", "api"),
        ({"agentwatch.identity.id": "client:a"}, "identity_id", "client:a"),
    ],
)
def test_a_fact_is_read(attributes: dict[str, Any], field: str, expected: Any) -> None:
    assert getattr(read(attributes).spans[0].facts, field) == expected


def test_a_span_without_facts_carries_none() -> None:
    assert read({"gen_ai.operation.name": "chat"}).spans[0].facts is None


@pytest.mark.parametrize(
    "attributes",
    [{"agentwatch.effect": "odd"}, {"agentwatch.run.mode": "odd"}, {"http.request.body.size": -1}],
)
def test_a_fact_that_is_none_is_counted(attributes: dict[str, Any]) -> None:
    records = read(attributes)
    assert records.spans[0].facts is None
    assert records.faults == {"bad_fact": 1}


@pytest.mark.parametrize(
    ("attributes", "micros"),
    [
        ({"gen_ai.usage.cost": 0.5}, 500_000),
        ({"gen_ai.usage.input_cost": 0.000001, "gen_ai.usage.output_cost": 0.5}, 500_001),
        ({"llm.cost.prompt": 1.0, "llm.cost.completion": 2}, 3_000_000),
        ({"llm.cost.total": 2.5, "llm.cost.prompt": 1.0}, 2_500_000),
        ({"cost_usd": 0.0}, 0),
        ({"agentwatch.cost.usd": 1, "cost_usd": 2.0}, 1_000_000),
        ({}, None),
    ],
)
def test_a_reported_cost_is_micro_dollars(attributes: dict[str, Any], micros: int | None) -> None:
    assert read(attributes).spans[0].cost_usd_micros == micros


@pytest.mark.parametrize("cost", [-1.0, "NaN", "free", True])
def test_a_cost_that_is_no_amount_is_counted(cost: Any) -> None:
    records = read({"gen_ai.usage.cost": cost})
    assert records.spans[0].cost_usd_micros is None
    assert records.faults == {"bad_cost": 1}


def test_a_prompts_hash_ignores_times_and_ids_only() -> None:
    first = prompt_hash("It is 2026-01-02T03:04:05Z, session 0123456789abcdef: be kind.")
    assert first == prompt_hash("It is 2026-05-06T07:08:09Z, session fedcba9876543210: be kind.")
    assert first != prompt_hash("It is 2026-01-02T03:04:05Z, session 0123456789abcdef: be rude.")
    assert prompt_hash("a" * 20_000) != prompt_hash("b" * 20_000)


def test_the_documents_hash_follows_what_was_retrieved() -> None:
    def hashed(documents: str) -> Any:
        attributes = {"gen_ai.operation.name": "retrieval", "gen_ai.retrieval.documents": documents}
        return read(attributes).spans[0].facts.documents_hash

    assert hashed('[{"id":"a","score":1}]') == hashed('[{"score":1,"id":"a","rank":2}]')
    assert hashed('[{"id":"a","score":1}]') != hashed('[{"id":"b","score":1}]')
