"""A feed as the view sees it, sound in every way: tests change what they are about."""

from __future__ import annotations

from typing import Any

from agentwatch.clock import NS_PER_S
from agentwatch.store.queries.feed_view import FeedFacts

NOW = 1_800_000_000 * NS_PER_S


def feed(**more: Any) -> FeedFacts:
    given: dict[str, Any] = {
        "id": 1, "name": "prod-eu", "url": "wss://telemetry.corp/v1", "kind": "agents",
        "clock": "wall", "state": "live", "reason": None, "last_frame_ns": NOW - NS_PER_S,
        "last_record_ns": NOW - NS_PER_S - 80_000_000, "interval_s": 2.0, "skew_s": 0.004,
        "sampled": False, "frames": 10, "stored": 10, "empty": 0, "rejected": 0, "dropped": 0,
        "spans": 40, "spans_rejected": 0, "rejections": {}, "faults": {}, "gaps": 0, "agents": 3,
        "lost": (),
    }  # fmt: skip
    return FeedFacts(**(given | more))
