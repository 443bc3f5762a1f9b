"""The writer's SQL, with the order of its columns spelled once."""

from __future__ import annotations

from agentwatch.kpi.rollups import FIGURES

SPAN_COLUMNS = (
    "id", "trace_id", "span_id", "parent_span_id", "feed_id", "agent", "agent_claimed_id",
    "agent_version", "conversation_id", "operation", "name", "state", "start_ns", "end_ns",
    "at_ns", "received_ns", "provider", "request_model", "response_model", "tool", "data_source",
    "input_tokens", "output_tokens", "cache_read_tokens", "cache_creation_tokens",
    "reasoning_tokens", "cost_usd_micros", "cost_source", "counts", "error_type", "dialect",
    "resource_id", "detail",
)  # fmt: skip
RUN_COLUMNS = (
    "trace_id", "agent", "state", "outcome", "outcome_stated", "task_id", "conversation_id",
    "user_id", "mode", "waits_for", "feed_id", "has_root", "start_ns", "end_ns", "at_ns",
    "span_count", "error_count", "running_count", "orphan_count", "input_tokens",
    "output_tokens", "cost_usd_micros", "unpriced_count", "received_ns",
)  # fmt: skip
EVENT_COLUMNS = (
    "digest", "kind", "name", "feed_id", "trace_id", "span_id", "conversation_id", "at_ns",
    "received_ns", "severity", "resource_id", "content",
)  # fmt: skip
POINT_COLUMNS = (
    "digest", "name", "feed_id", "at_ns", "received_ns", "value", "resource_id", "content",
)  # fmt: skip


def _insert(table: str, columns: tuple[str, ...], on_conflict: str = "") -> str:
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks}) {on_conflict}"  # noqa: S608 - names of our own


INSERT_SPAN = _insert("spans", SPAN_COLUMNS)
INSERT_EVENT = _insert("events", EVENT_COLUMNS, "ON CONFLICT (digest) DO NOTHING")
INSERT_POINT = _insert("points", POINT_COLUMNS, "ON CONFLICT (digest) DO NOTHING")
UPSERT_RUN = _insert(
    "runs",
    RUN_COLUMNS,
    "ON CONFLICT (trace_id) DO UPDATE SET "
    + ", ".join(f"{column} = excluded.{column}" for column in RUN_COLUMNS[1:]),
)
ADD_ROLLUP = _insert(
    "rollups",
    ("width_s", "bucket_ns", "agent", "version", "model", "tool", *FIGURES),
    "ON CONFLICT DO UPDATE SET "
    + ", ".join(f"{figure} = {figure} + excluded.{figure}" for figure in FIGURES),
)
UPSERT_AGENT = _insert(
    "agents",
    (
        "agent", "name", "version", "service", "feed_id", "first_seen_ns", "last_seen_ns",
        "received_ns", "interval_s", "identities", "span_count",
    ),
    """ON CONFLICT (agent) DO UPDATE SET
        name = coalesce(excluded.name, name),
        version = CASE WHEN excluded.last_seen_ns >= last_seen_ns
            THEN coalesce(excluded.version, version) ELSE coalesce(version, excluded.version) END,
        service = coalesce(excluded.service, service),
        feed_id = excluded.feed_id,
        first_seen_ns = min(first_seen_ns, excluded.first_seen_ns),
        last_seen_ns = max(last_seen_ns, excluded.last_seen_ns),
        received_ns = excluded.received_ns,
        interval_s = coalesce(excluded.interval_s, interval_s),
        identities = CASE excluded.identities WHEN '[]' THEN identities
            ELSE excluded.identities END,
        span_count = span_count + excluded.span_count""",
)  # fmt: skip
LOAD_NODES = """
    SELECT id, span_id, parent_span_id, resource_id, state, start_ns, end_ns, at_ns, agent,
        agent_claimed_id, operation, agent_version, coalesce(response_model, request_model), tool,
        input_tokens, output_tokens, cache_read_tokens, cache_creation_tokens, reasoning_tokens,
        cost_usd_micros, counts, detail
    FROM spans WHERE trace_id = ? ORDER BY id
"""
LOAD_RUN = """
    SELECT outcome, outcome_stated, task_id, conversation_id, user_id, mode, waits_for, feed_id,
        received_ns
    FROM runs WHERE trace_id = ?
"""
LOAD_EVENTS = """
    SELECT content, at_ns FROM events
    WHERE trace_id = ? AND kind IN ('outcome', 'waiting') ORDER BY at_ns
"""
SPAN_AS_STORED = """
    SELECT state, start_ns, end_ns, name, detail FROM spans WHERE trace_id = ? AND span_id = ?
"""
