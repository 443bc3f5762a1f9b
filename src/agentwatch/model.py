"""The nouns: what decode makes, the store keeps and the console shows. No I/O.

Ids are lower-case hex strings (trace 32 digits, span 16), times are nanoseconds since the
epoch, money is integer micro-USD, and None always means "not known", never zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from msgspec import Struct, field

if TYPE_CHECKING:
    Value: TypeAlias = "str | int | float | bool | bytes | list[Value] | dict[str, Value] | None"
else:
    Value = Any  # msgspec cannot tell str from bytes in a union, and need not: msgpack does
"""An attribute's value after decoding; bytes only where the exporter sent bytesValue."""

Attributes: TypeAlias = dict[str, Value]

SpanState = Literal["running", "ok", "error", "unset"]
RunState = Literal["running", "ok", "error", "unknown"]
AgentState = Literal[
    "revoked", "suspended", "failing", "degraded", "stale", "waiting", "running", "idle"
]
FeedState = Literal["connecting", "live", "stale", "closed"]
FeedKind = Literal["agents", "witness"]
FeedClock = Literal["wall", "event", "shift"]
Outcome = Literal["resolved", "escalated", "abandoned"]
Dialect = Literal[
    "gen_ai",
    "gen_ai_old",
    "openinference",
    "traceloop",
    "vercel",
    "logfire",
    "coding_agent",
    "none",
]
CostSource = Literal["reported", "priced", "unknown"]
EffectKind = Literal["none", "reversible", "compensable", "irreversible"]


class Frame(Struct, frozen=True):
    """The bytes of one websocket message, or of one line of a file, and when they came."""

    feed: str
    data: bytes
    received_ns: int


class Gap(Struct, frozen=True):
    """A time that nobody saw: what a feed sent in it is lost. `until_ns` None: still open."""

    feed: str
    since_ns: int
    until_ns: int | None
    reason: str


class Resource(Struct, frozen=True):
    """The process that emitted a record, and what it claims about itself."""

    attributes: Attributes
    service: str | None = None
    """`service.namespace/service.name`, or the name alone; None for `unknown_service`."""
    service_name: str | None = None
    service_version: str | None = None
    main_agent_id: str | None = None
    main_agent_name: str | None = None
    parent_agent: str | None = None
    claimed_identities: tuple[str, ...] = ()
    """`PROVIDER:EXTERNAL_ID` as the process claims them; a claim binds nothing."""
    library: str | None = None
    """`telemetry.distro` or SDK as `name@version`."""


class Usage(Struct, frozen=True, omit_defaults=True):
    """Tokens of one operation; `input_tokens` includes those read from a cache."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_creation_tokens: int | None = None
    reasoning_tokens: int | None = None


class Facts(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What a span says beyond its columns: the facts that OpenTelemetry has no name for yet."""

    data_source_version: str | None = None
    data_source_as_of_ns: int | None = None
    documents_hash: str | None = None
    effect: EffectKind | None = None
    effect_amount: float | None = None
    effect_unit: str | None = None
    effect_target: str | None = None
    effect_key: str | None = None
    server_address: str | None = None
    request_bytes: int | None = None
    data_class: str | None = None
    scopes_granted: tuple[str, ...] = ()
    scopes_used: tuple[str, ...] = ()
    identity_id: str | None = None
    prompt_id: str | None = None
    prompt_version: str | None = None
    prompt_hash: str | None = None
    tool_definitions_hash: str | None = None
    approval_id: str | None = None
    cache_hit: bool | None = None
    cache_ttl_s: float | None = None
    response_id: str | None = None
    user_id: str | None = None
    task_id: str | None = None
    mode: Literal["interactive", "autonomous", "asynchronous"] | None = None
    outcome: Outcome | None = None
    """Inferred from the tool that ran; a log event that states the outcome wins."""
    time_to_first_chunk_s: float | None = None


class SpanEvent(Struct, frozen=True):
    """Something that happened inside a span: an exception, a message."""

    name: str
    at_ns: int
    attributes: Attributes


class Span(Struct, frozen=True, kw_only=True):
    """One operation of a run, as its exporter told it. `agent` comes later: from the tree."""

    trace_id: str
    span_id: str
    parent_span_id: str | None
    name: str
    operation: str
    state: SpanState
    start_ns: int
    end_ns: int | None
    resource: Resource
    attributes: Attributes
    dialect: Dialect = "none"
    agent_name: str | None = None
    agent_id: str | None = None
    agent_version: str | None = None
    conversation_id: str | None = None
    provider: str | None = None
    request_model: str | None = None
    response_model: str | None = None
    tool: str | None = None
    data_source: str | None = None
    usage: Usage | None = None
    cost_usd_micros: int | None = None
    """As reported; what the tokens would cost is not the span's to say."""
    error_type: str | None = None
    status_message: str | None = None
    kind: int = 0
    scope: str | None = None
    events: list[SpanEvent] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    facts: Facts | None = None


class Evaluation(Struct, frozen=True, omit_defaults=True, kw_only=True, tag="evaluation"):
    """A score of a run, or with `human` a person's feedback."""

    name: str
    score: float | None = None
    label: str | None = None
    explanation: str | None = None
    human: bool = False
    response_id: str | None = None


class OutcomeStated(Struct, frozen=True, tag="outcome"):
    """How a run ended for the person it served."""

    outcome: Outcome


class RuleEvaluated(Struct, frozen=True, omit_defaults=True, kw_only=True, tag="rule"):
    """A business rule that a run consulted."""

    rule_id: str
    version: str | None = None
    outcome: str | None = None
    inputs: Value = None
    expression: str | None = None


class Change(Struct, frozen=True, omit_defaults=True, kw_only=True, tag="change"):
    """Something that an agent stands on was replaced."""

    kind: Literal["agent", "model", "prompt", "tool", "rule", "source", "library"]
    subject: str
    from_version: str | None = None
    version: str | None = None
    at_ns: int | None = None


class Waiting(Struct, frozen=True, omit_defaults=True, tag="waiting"):
    """A run stands still until a person answers."""

    waits_for: str
    since_ns: int | None = None


class Schedule(Struct, frozen=True, omit_defaults=True, tag="schedule"):
    """Something is due."""

    name: str
    kind: str | None = None
    at: str | None = None


class WitnessedCall(Struct, frozen=True, omit_defaults=True, kw_only=True, tag="witnessed"):
    """One request as an enforcement point saw it: what happened, not what an agent says."""

    point: str
    credential: str | None = None
    status: int | None = None
    path: str | None = None
    duration_s: float | None = None
    refused: bool = False
    error_type: str | None = None


EventFact: TypeAlias = (
    Evaluation | OutcomeStated | RuleEvaluated | Change | Waiting | Schedule | WitnessedCall
)


class Event(Struct, frozen=True, kw_only=True):
    """One log record. `fact` is what AgentWatch understands of it, if anything."""

    name: str
    at_ns: int
    resource: Resource
    attributes: Attributes
    body: Value = None
    severity: int = 0
    trace_id: str | None = None
    span_id: str | None = None
    conversation_id: str | None = None
    dialect: Dialect = "none"
    fact: EventFact | None = None


class Point(Struct, frozen=True, kw_only=True):
    """One data point of a metric. A histogram's `value` is its mean; None without samples."""

    name: str
    unit: str
    kind: Literal["gauge", "sum", "histogram"]
    at_ns: int
    resource: Resource
    attributes: Attributes
    value: int | float | None
    count: int | None = None
    total: int | float | None = None
    low: int | float | None = None
    high: int | float | None = None
    bounds: tuple[float, ...] = ()
    bucket_counts: tuple[int, ...] = ()


class Records(Struct):
    """Everything that one frame held. `faults` counts, by name, what was mended or refused."""

    spans: list[Span] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    spans_rejected: int = 0
    faults: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.spans) + len(self.events) + len(self.points)
