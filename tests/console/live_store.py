"""A fleet on disk that goes on changing: for what the console sends while it is watched."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from agentwatch import clock
from agentwatch.clock import NS_PER_S
from agentwatch.kpi.prices import Prices
from agentwatch.model import Records, Resource, Span, Usage
from agentwatch.store.masking import Mask
from agentwatch.store.schema import open_store
from agentwatch.store.writer import Writer
from agentwatch.untrusted import Redactor


class LiveStore:
    """A store of `agents` agents that the real writer writes to."""

    def __init__(self, path: Path, agents: int = 500, at_ns: int | None = None) -> None:
        self.connection: sqlite3.Connection = open_store(path)
        self._writer = Writer(
            self.connection,
            key_of=lambda resource, name, agent_id: resource.service or "unknown",
            prices=Prices({"m": (1.0, 2.0, 1.0, 1.0)}),
            mask=Mask(Redactor()),
        )
        self.resources = [
            Resource(
                attributes={"service.name": name},
                service=name,
                service_name=name,
                service_version="1.0",
            )
            for name in (f"agent-{number:03d}" for number in range(agents))
        ]
        self._next = 1
        now_ns = clock.now_ns() if at_ns is None else at_ns
        self.connection.execute(
            "INSERT INTO feeds (name, url, kind, clock, state, last_frame_ns, interval_s) "
            "VALUES ('prod', 'ws://127.0.0.1:1/', 'agents', 'wall', 'live', ?, 3600.0)",
            (now_ns,),
        )
        self.beat(now_ns + 3600 * NS_PER_S)
        self.runs(range(agents), now_ns)

    def beat(self, at_ns: int) -> None:
        """Let a recorder have given a sign of life at this time."""
        beat = {"pid": 1, "started_ns": at_ns, "heartbeat_ns": at_ns}
        self.connection.execute(
            "INSERT INTO meta (key, value) VALUES ('recorder', ?) "
            "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (json.dumps(beat),),
        )

    def runs(
        self, numbers: range | list[int], now_ns: int | None = None, asked: str | None = None
    ) -> None:
        """Let each of these agents end a run of one call, in one commit."""
        now_ns = clock.now_ns() if now_ns is None else now_ns
        spans = [self._span(self.resources[number], now_ns, asked) for number in numbers]
        self._writer.begin(now_ns)
        self._writer.add(1, Records(spans=spans), now_ns)
        self._writer.commit()

    def _span(self, resource: Resource, now_ns: int, asked: str | None = None) -> Span:
        number, self._next = self._next, self._next + 1
        return Span(
            trace_id=f"{number:032x}",
            span_id=f"{number:016x}",
            parent_span_id=None,
            name=f"chat m {number}",
            operation="chat",
            state="error" if number % 7 == 0 else "unset",
            start_ns=now_ns - NS_PER_S - number * 1_000_003 % NS_PER_S,
            end_ns=now_ns,
            resource=resource,
            attributes={
                "gen_ai.operation.name": "chat",
                "gen_ai.input.messages": asked or f"where is order 55-{20000 + number}",
            },
            request_model="m",
            usage=Usage(input_tokens=400 + number % 91, output_tokens=60 + number % 17),
        )
