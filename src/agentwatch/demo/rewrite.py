"""A recorded document and a move in time in, the document as it is sent now out. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agentwatch.clock import NS_PER_S
from agentwatch.demo.otlp import iso

ABSOLUTE_TIMES = frozenset(
    {
        "agentwatch.data_source.last_updated",
        "agentwatch.waiting.since",
        "agentwatch.change.at",
        "agentwatch.identity.x509.not_after",
    }
)
"""Attributes that hold a date: moved with the recording, never stretched by the speed."""

ONCE_EVER = frozenset(
    {
        "gen_ai.conversation.id",
        "gen_ai.response.id",
        "agentwatch.effect.key",
        "agentwatch.approval.id",
    }
)
"""Attributes that name one thing: another lap of the recording is about another thing."""

_IDS = ("traceId", "spanId", "parentSpanId")


@dataclass(frozen=True)
class Move:
    """How a recording that begins at `base_ns` is told from `start_ns` on, `speed` times as fast.

    `lap` counts how often the recording, `lap_ns` long, has been told before.
    """

    base_ns: int
    start_ns: int
    speed: float = 1.0
    lap: int = 0
    lap_ns: int = 0

    def time_ns(self, recorded_ns: int) -> int:
        """Return when something recorded at `recorded_ns` happens now."""
        elapsed_ns = recorded_ns - self.base_ns + self.lap * self.lap_ns
        return self.start_ns + (elapsed_ns if self.speed == 1 else round(elapsed_ns / self.speed))

    def date(self, recorded: str) -> str:
        """Return an ISO date moved by the distance between the recording's start and now's."""
        recorded_ns = int(datetime.fromisoformat(recorded).timestamp()) * NS_PER_S
        return iso(recorded_ns + self.time_ns(self.base_ns) - self.base_ns)

    def hex_id(self, recorded: str) -> str:
        """Return an id that differs in every lap; all zeros means none and stays."""
        number = int(recorded, 16)
        return recorded if number == 0 else f"{number ^ (self.lap << 1):0{len(recorded)}x}"

    def name(self, recorded: str) -> str:
        """Return the name of this lap's thing."""
        return recorded if self.lap == 0 else f"{recorded}.{self.lap}"


def rewrite(document: str, move: Move) -> str:
    """Return the OTLP/JSON document with its times, dates and ids moved."""
    return json.dumps(_value(json.loads(document), move), separators=(",", ":"))


def _value(value: Any, move: Move) -> Any:
    if isinstance(value, list):
        return [_value(item, move) for item in value]
    if not isinstance(value, dict):
        return value
    change = _change(value.get("key"), move)
    if change is not None and "stringValue" in value["value"]:
        return {
            "key": value["key"],
            "value": {"stringValue": change(value["value"]["stringValue"])},
        }
    return {name: _field(name, item, move) for name, item in value.items()}


def _field(name: str, item: Any, move: Move) -> Any:
    if name.endswith("UnixNano"):
        return str(move.time_ns(int(item)))
    if name in _IDS:
        return move.hex_id(item)
    return _value(item, move)


def _change(key: object, move: Move) -> Callable[[str], str] | None:
    """Return what happens to the text of the attribute `key`, None: nothing."""
    if key in ABSOLUTE_TIMES:
        return move.date
    if key in ONCE_EVER:
        return move.name
    return move.hex_id if key == "logfire.pending_parent_id" else None
