"""Spans for the tests of the store: small, valid, one line each."""

from __future__ import annotations

from typing import Any

from agentwatch.model import Resource, Span, Usage

NS = 1_000_000_000
T0 = 1_800_000_000 * NS
SERVICE = Resource(attributes={"service.name": "shop"}, service="shop", service_name="shop")


def trace_id(number: int) -> str:
    return f"{number:032x}"


def span_id(number: int) -> str:
    return f"{number:016x}"


def span(number: int, parent: int | None = None, *, trace: int = 1, **fields: Any) -> Span:
    """A finished chat span of one second, `number` seconds after T0."""
    given: dict[str, Any] = {
        "trace_id": trace_id(trace),
        "span_id": span_id(number),
        "parent_span_id": None if parent is None else span_id(parent),
        "name": f"span {number}",
        "operation": "chat",
        "state": "unset",
        "start_ns": T0 + number * NS,
        "end_ns": T0 + (number + 1) * NS,
        "resource": SERVICE,
        "attributes": {"n": number},
    }
    tokens = fields.pop("tokens", None)
    if tokens is not None:
        given["usage"] = Usage(input_tokens=tokens, output_tokens=tokens // 2)
    return Span(**(given | fields))
