"""A seed in; a fleet's runs in one order out, and by the plainest means what they add up to."""

from __future__ import annotations

import random
from typing import Any

from agentwatch.kpi.prices import Prices
from agentwatch.kpi.rollups import FIGURES
from agentwatch.model import Resource, Span, Usage
from tests.store.records import NS, SERVICE, T0, span
from tests.store.stores import PRICES, key_of

MINUTE, HOUR = 60 * NS, 3600 * NS


def one_fleet(seed: int) -> list[Span]:
    """Runs over hours, with nested agents, usage at several levels, running twins and repeats.

    Some parents never come. A running twin knows less than its finished span, never otherwise.
    """
    rng = random.Random(seed)
    spans: list[Span] = []
    for trace in range(1, 5):
        for number in range(1, 9):
            parent = rng.randrange(1, number) if number > 1 else None
            start_ns = T0 + rng.randrange(3 * HOUR)
            early: dict[str, Any] = {
                "operation": rng.choice(["chat", "invoke_agent", "execute_tool"]),
                "agent_name": rng.choice([None, None, "boss", "clerk"]),
                "agent_id": rng.choice([None, None, None, "id-7"]),
                "agent_version": rng.choice([None, "1", "2"]),
                "request_model": rng.choice([None, "m1", "m2"]),
                "tool": rng.choice([None, "t"]),
                "resource": rng.choice(PROCESSES),
                "trace": trace,
                "start_ns": start_ns,
            }
            told = early | {
                "end_ns": start_ns + rng.randrange(5 * MINUTE),
                "response_model": rng.choice([None, "m1", "m2"]),
                "usage": rng.choice(USAGES),
                "cost_usd_micros": rng.choice([None, None, None, 0, 7]),
                "state": rng.choice(["unset", "ok", "error"]),
            }
            running = span(number, parent, **(early | {"state": "running", "end_ns": None}))
            fate = rng.random()
            if fate < 0.1:
                continue
            if fate > 0.15:
                spans.append(span(number, parent, **told))
            if rng.random() < 0.3 or fate <= 0.15:
                spans.append(running)
            spans += rng.choices(spans, k=rng.random() < 0.3)
    return spans


PROCESSES = (SERVICE, Resource(attributes={"pod": 2}, service="desk", service_version="9"))
USAGES = (
    None, None, Usage(), Usage(input_tokens=10), Usage(output_tokens=3),
    Usage(cache_read_tokens=4),
    Usage(input_tokens=50, output_tokens=9, cache_read_tokens=20, cache_creation_tokens=5,
          reasoning_tokens=2),
)  # fmt: skip


class Truth:
    """The same sums from the finished story alone, by the plainest means."""

    def __init__(self, spans: list[Span]) -> None:
        self.spans: dict[tuple[str, str], Span] = {}
        for told in spans:
            if told.state != "running":
                self.spans[told.trace_id, told.span_id] = told
        for told in spans:
            self.spans.setdefault((told.trace_id, told.span_id), told)

    def agent(self, told: Span) -> str:
        name, agent_id, at = told.agent_name, told.agent_id, told
        while (above := self.spans.get((at.trace_id, at.parent_span_id or ""))) is not None:
            if above.operation == "invoke_agent" and (above.agent_name or above.agent_id):
                name, agent_id = name or above.agent_name, agent_id or above.agent_id
                break
            at = above
        return key_of(told.resource, name, agent_id)

    def carries(self, told: Span) -> bool:
        return told.usage not in (None, Usage()) or told.cost_usd_micros is not None

    def counts(self, told: Span) -> bool:
        below = [
            each for each in self.spans.values()
            if (each.trace_id, each.parent_span_id) == (told.trace_id, told.span_id)
        ]  # fmt: skip
        return not any(self.carries(each) or not self.counts(each) for each in below)

    def figures(self, told: Span) -> tuple[int, ...]:
        duration_ns = 0 if told.end_ns is None else told.end_ns - told.start_ns
        always = (1, int(told.state == "error"), duration_ns)
        if not self.carries(told) or not self.counts(told):
            return (*always, *[0] * 7)
        usage = told.usage or Usage()
        cost = told.cost_usd_micros
        if cost is None and "m1" in (told.response_model, told.request_model):
            cost = Prices(PRICES).cost_usd_micros(None, ("m1",), usage)
        tokens = (
            usage.input_tokens, usage.output_tokens, usage.cache_read_tokens,
            usage.cache_creation_tokens, usage.reasoning_tokens,
        )  # fmt: skip
        return (*always, *(count or 0 for count in tokens), cost or 0, int(cost is None))

    def rollups(self) -> dict[tuple[Any, ...], tuple[int, ...]]:
        sums: dict[tuple[Any, ...], list[int]] = {}
        for told in self.spans.values():
            at_ns = told.end_ns or told.start_ns
            version = told.agent_version or told.resource.service_version or ""
            labels = (
                self.agent(told), version, told.response_model or told.request_model or "",
                told.tool or "",
            )  # fmt: skip
            for width_s in (60, 3600):
                key = (width_s, at_ns - at_ns % (width_s * NS), *labels)
                row = sums.setdefault(key, [0] * len(FIGURES))
                for index, figure in enumerate(self.figures(told)):
                    row[index] += figure
        return {key: tuple(row) for key, row in sums.items()}

    def runs(self) -> set[tuple[Any, ...]]:
        found = set()
        for trace in {told.trace_id for told in self.spans.values()}:
            spans = [told for told in self.spans.values() if told.trace_id == trace]
            root = next((told for told in spans if told.parent_span_id is None), None)
            lost = [
                told for told in spans
                if told.parent_span_id and (trace, told.parent_span_id) not in self.spans
            ]  # fmt: skip
            state = "unknown" if root is None else root.state
            found.add((
                trace, state if state in ("unknown", "running", "error") else "ok",
                len(spans), sum(told.state == "error" for told in spans),
                sum(told.state == "running" for told in spans), len(lost),
                sum(self.figures(told)[3] for told in spans),
                sum(self.figures(told)[9] for told in spans),
            ))  # fmt: skip
        return found
