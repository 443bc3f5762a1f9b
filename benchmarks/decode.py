"""Frames in; what it costs to decode them out, beside json, orjson and bare msgspec."""

from __future__ import annotations

import json
from collections.abc import Callable

import msgspec
import orjson

from agentwatch.decode import decode
from agentwatch.decode.wire import Document
from benchmarks.figures import Figure, cpu_s, median
from benchmarks.spans import SPANS_A_FRAME, Fleet

ROUNDS = 7


def run(quick: bool) -> list[Figure]:
    """Decode the same frames by each, in turn."""
    frames = list(Fleet().frames(1_000 if quick else 10_000))
    parsers: dict[str, Callable[[bytes], object]] = {
        "json.loads": json.loads,
        "orjson.loads": orjson.loads,
        "msgspec, the same structures": msgspec.json.Decoder(Document).decode,
    }
    costs: dict[str, list[float]] = {name: [] for name in ("ours", *parsers)}
    for _ in range(ROUNDS):
        for name, parse in {"ours": decode, **parsers}.items():
            costs[name].append(cpu_s(lambda parse=parse: _each(parse, frames)))  # type: ignore[misc]
    us_a_span = 1e6 / (len(frames) * SPANS_A_FRAME)
    ours = median(costs["ours"]) * us_a_span
    parsed = median(costs["msgspec, the same structures"]) * us_a_span
    others = {name: median(costs[name]) * us_a_span for name in parsers}
    return [
        Figure("parsing alone", parsed, "µs a span", others[name], name)
        for name in ("json.loads", "orjson.loads")
    ] + [
        Figure("decode to records", ours, "µs a span", cost, name) for name, cost in others.items()
    ]


def _each(parse: Callable[[bytes], object], frames: list[bytes]) -> None:
    for frame in frames:
        parse(frame)
