"""A seed in; OTLP/JSON frames of a fleet's runs out, and a store filled with them.

A span is about 1 kB of JSON, a frame 100 spans of four processes, a run ten spans of which the root
comes last; 70 % of the large texts have been said before.
"""

from __future__ import annotations

import random
import sqlite3
import string
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

import msgspec

from agentwatch.attribution import agent_key
from agentwatch.clock import NS_PER_S
from agentwatch.decode import decode
from agentwatch.demo.otlp import Json, document, messages, span
from agentwatch.kpi.prices import Prices
from agentwatch.model import Resource
from agentwatch.store.masking import Mask
from agentwatch.store.schema import open_store
from agentwatch.store.writer import Writer
from agentwatch.untrusted import Redactor

SPANS_A_FRAME = 100
PROCESSES_A_FRAME = 4
CALLS_A_RUN = 9
BATCH_FRAMES = 40
"""Frames of one commit: what the recorder takes at most."""

T0_NS = 1_767_225_600 * NS_PER_S
SPANS_A_S = 1_000
"""How fast the fleet's own clock runs: one span a millisecond."""

_REPEATED = 0.7
_TEXT_CHARS = 330
_COMMON_TEXTS = 500
_MODELS = ("gpt-4o-mini", "claude-sonnet-4-5", "gemini-2.5-flash")
_TOOLS = ("search_orders", "read_file", "send_mail", "query_ledger", "book_slot")


class Fleet:
    """Agents, each a process of its own; the same seed tells the same story."""

    def __init__(self, agents: int = 40, seed: int = 1, began_ns: int = T0_NS) -> None:
        self._random = random.Random(seed)
        self._common = [self._new_text() for _ in range(_COMMON_TEXTS)]
        self._at_ns = began_ns
        self._resources = [_resource(number) for number in range(agents)]
        self._told = [self._run_after_run(number) for number in range(agents)]

    def frames(self, spans: int) -> Iterator[bytes]:
        """Yield frames until they hold so many spans; a further call goes on."""
        share = SPANS_A_FRAME // PROCESSES_A_FRAME
        turns = cycle(range(len(self._told)))
        for _ in range(spans // SPANS_A_FRAME):
            parts = [
                document("spans", self._resources[agent], list(islice(self._told[agent], share)))
                for agent in islice(turns, PROCESSES_A_FRAME)
            ]
            groups = [group for part in parts for group in part["resourceSpans"]]
            yield msgspec.json.encode({"resourceSpans": groups})

    def _run_after_run(self, agent: int) -> Iterator[Json]:
        while True:
            trace_id, root_id = self._id(128), self._id(64)
            began_ns = self._at_ns
            for number in range(CALLS_A_RUN):
                yield self._call(trace_id, root_id, number)
            values = {
                "gen_ai.operation.name": "invoke_agent",
                "gen_ai.agent.name": f"agent-{agent}",
                "gen_ai.conversation.id": f"conversation-{trace_id[:12]}",
                "gen_ai.input.messages": self._text(),
                **_usual(agent),
            }
            failed = ("TimeoutError", "no answer within 30 s") if self._chance(0.05) else None
            times_ns = (began_ns, self._tick())
            yield span(trace_id, root_id, None, "invoke_agent", times_ns, values, failed)

    def _call(self, trace_id: str, root_id: str, number: int) -> Json:
        chats = number % 2 == 0
        tool = self._random.choice(_TOOLS)
        values = self._chat() if chats else self._tool_execution(tool)
        name = "chat" if chats else f"execute_tool {tool}"
        times_ns = (self._at_ns, self._tick())
        return span(trace_id, self._id(64), root_id, name, times_ns, values)

    def _chat(self) -> dict[str, object]:
        model = self._random.choice(_MODELS)
        return {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "openai",
            "gen_ai.request.model": model,
            "gen_ai.response.model": model,
            "gen_ai.usage.input_tokens": self._random.randrange(200, 4_000),
            "gen_ai.usage.output_tokens": self._random.randrange(20, 800),
            "gen_ai.input.messages": self._text(),
        }

    def _tool_execution(self, tool: str) -> dict[str, object]:
        return {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": tool,
            "gen_ai.tool.call.id": f"call_{self._id(64)}",
            "gen_ai.tool.type": "function",
            "gen_ai.tool.call.result": self._text(),
            **_usual(self._random.randrange(100)),
        }

    def _text(self) -> str:
        return self._random.choice(self._common) if self._chance(_REPEATED) else self._new_text()

    def _new_text(self) -> str:
        words = (
            "".join(self._random.choices(string.ascii_lowercase, k=self._random.randrange(2, 11)))
            for _ in range(_TEXT_CHARS // 7)
        )
        return messages("user", " ".join(words))

    def _id(self, bits: int) -> str:
        return f"{self._random.getrandbits(bits) | 1:0{bits // 4}x}"

    def _chance(self, ratio: float) -> bool:
        return self._random.random() < ratio

    def _tick(self) -> int:
        self._at_ns += NS_PER_S // SPANS_A_S
        return self._at_ns


def _resource(number: int) -> dict[str, object]:
    return {
        "service.namespace": "bench",
        "service.name": f"agent-{number}",
        "service.version": "1.4.2",
        "telemetry.sdk.name": "opentelemetry",
        "telemetry.sdk.version": "1.35.0",
        "agentwatch.identity.client_id": f"client-{number}",
    }


def _usual(number: int) -> dict[str, object]:
    return {"server.address": f"host-{number % 8}.internal", "server.port": 443}


def new_store(path: Path) -> sqlite3.Connection:
    """Make a store with one feed, of id 1."""
    connection = open_store(path)
    connection.execute(
        "INSERT INTO feeds (id, name, url, kind, clock, state) "
        "VALUES (1, 'bench', 'ws://localhost', 'agents', 'event', 'live')"
    )
    return connection


def new_writer(connection: sqlite3.Connection) -> Writer:
    """Return a writer as the recorder has it."""
    return Writer(connection, key_of=_key_of, prices=Prices(), mask=Mask(Redactor()))


def fill(connection: sqlite3.Connection, writer: Writer, fleet: Fleet, spans: int) -> None:
    """Store so many spans, through the writer, at the fleet's own time."""
    frames = fleet.frames(spans)
    while batch := list(islice(frames, BATCH_FRAMES)):
        writer.begin(T0_NS)
        for frame in batch:
            records = decode(frame)
            writer.add(1, records, records.spans[-1].end_ns or T0_NS, wall_clock=False)
        writer.commit()
    connection.execute("UPDATE feeds SET last_record_ns = (SELECT max(at_ns) FROM runs)")


def _key_of(resource: Resource, name: str | None, agent_id: str | None) -> str:
    return agent_key(resource, None, name, agent_id)


def span_bytes(frames: list[bytes]) -> float:
    """Return the bytes of JSON that a span takes in these frames."""
    return sum(map(len, frames)) / (len(frames) * SPANS_A_FRAME)
