"""In: log records of the wire. Out: Events, with the fact that AgentWatch understands of each."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final, cast

from agentwatch.decode.dialects import coding_agent
from agentwatch.decode.dialects.reading import text
from agentwatch.decode.sources import moment_ns
from agentwatch.decode.values import (
    SPAN_DIGITS,
    TRACE_DIGITS,
    Mending,
    any_value,
    attributes,
    enum,
    nanoseconds,
    optional_id,
)
from agentwatch.decode.wire import WireLog
from agentwatch.model import (
    Attributes,
    Change,
    Dialect,
    Evaluation,
    Event,
    EventFact,
    Outcome,
    OutcomeStated,
    Resource,
    RuleEvaluated,
    Schedule,
    Value,
    Waiting,
    WitnessedCall,
)

_SEVERITIES: Final = {
    f"SEVERITY_NUMBER_{name}{step or ''}": 4 * rank + max(step, 1)
    for rank, name in enumerate(("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"))
    for step in (0, 2, 3, 4)
}
_OUTCOMES = frozenset({"resolved", "escalated", "abandoned"})
_CHANGES = frozenset({"agent", "model", "prompt", "tool", "rule", "source", "library"})
ANNOTATION_KEYS: Final = frozenset({"annotation.annotator_kind", "annotation.name"})
_THUMBS: Final = {"thumbs_up": 1.0, "thumbs_down": 0.0}


def read_event(wire: WireLog, resource: Resource, mending: Mending) -> Event:
    """Return the event; raises Rejected. `at_ns` 0: the exporter told no time at all."""
    found = attributes(wire.attributes, mending)
    body = any_value(wire.body, mending)
    name = event_name(mending.optional(wire.event_name), found, body)
    coding = name.startswith(coding_agent.PREFIXES)
    dialect: Dialect = "none"
    if coding:
        dialect = coding_agent.NAME
    elif name.startswith("gen_ai."):
        dialect = "gen_ai"
    return Event(
        name=name,
        at_ns=nanoseconds(wire.time_unix_nano) or nanoseconds(wire.observed_time_unix_nano),
        resource=resource,
        attributes=found,
        body=body,
        severity=enum(wire.severity_number, _SEVERITIES, mending.faults),
        trace_id=optional_id(wire.trace_id, TRACE_DIGITS, mending.faults),
        span_id=optional_id(wire.span_id, SPAN_DIGITS, mending.faults),
        conversation_id=text(found, "gen_ai.conversation.id", "session.id", "conversation.id"),
        dialect=dialect,
        fact=read_fact(name, found, body, mending),
    )


def event_name(stated: str | None, found: Attributes, body: Value) -> str:
    """Return the event's name: stated, else attribute `event.name`, else a body of text.

    Coding agents shorten `event.name` and keep the whole name in the body: that one wins.
    """
    if stated is not None:
        return stated
    name = text(found, "event.name")
    if not isinstance(body, str):
        return name or ""
    if name is None or (body.startswith(coding_agent.PREFIXES) and body.endswith("." + name)):
        return body
    return name


def read_fact(name: str, found: Attributes, body: Value, mending: Mending) -> EventFact | None:
    """Return what is understood of the event; one that lacks what it needs is counted."""
    reader = _READERS.get(name)
    if "agentwatch.point" in found:
        reader = _witnessed
    elif reader is None and ANNOTATION_KEYS & found.keys():
        reader = _annotation
    if reader is None:
        return None
    fact = reader(found, body)
    if fact is None:
        mending.faults["bad_fact"] += 1
    return fact


def _evaluation(found: Attributes, body: Value) -> Evaluation | None:
    name = text(found, "gen_ai.evaluation.name")
    if name is None:
        return None
    label = text(found, "gen_ai.evaluation.score.label")
    explanation = text(found, "gen_ai.evaluation.explanation", "agentwatch.feedback.comment")
    if explanation is None and isinstance(body, dict):
        explanation = text(body, "comment", "explanation")
    source = text(found, "agentwatch.evaluation.source", "agentwatch.feedback.source")
    kind = text(found, "annotation.annotator_kind") or ""
    return Evaluation(
        name=name,
        score=_score(found.get("gen_ai.evaluation.score.value"), label),
        label=label,
        explanation=explanation,
        human=source == "human" or kind.upper() == "HUMAN" or name == "user_feedback",
        response_id=text(found, "gen_ai.response.id"),
    )


def _annotation(found: Attributes, body: Value) -> Evaluation:
    label = text(found, "annotation.label")
    return Evaluation(
        name=text(found, "annotation.name") or "annotation",
        score=_score(found.get("annotation.score"), label),
        label=label,
        explanation=text(found, "annotation.explanation"),
        human=(text(found, "annotation.annotator_kind") or "").upper() == "HUMAN",
    )


def _score(value: Value, label: str | None) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    return _THUMBS.get(label) if label is not None else None


def _outcome(found: Attributes, body: Value) -> OutcomeStated | None:
    outcome = text(found, "agentwatch.run.outcome")
    return OutcomeStated(cast(Outcome, outcome)) if outcome in _OUTCOMES else None


def _rule(found: Attributes, body: Value) -> RuleEvaluated | None:
    rule_id = text(found, "agentwatch.rule.id")
    if rule_id is None:
        return None
    return RuleEvaluated(
        rule_id=rule_id,
        version=text(found, "agentwatch.rule.version"),
        outcome=text(found, "agentwatch.rule.outcome"),
        inputs=found.get("agentwatch.rule.inputs"),
        expression=text(found, "agentwatch.rule.expression"),
    )


def _change(found: Attributes, body: Value) -> Change | None:
    kind = text(found, "agentwatch.change.kind")
    subject = text(found, "agentwatch.change.id")
    if kind not in _CHANGES or subject is None:
        return None
    return Change(
        kind=cast(Any, kind),
        subject=subject,
        from_version=text(found, "agentwatch.change.from"),
        version=text(found, "agentwatch.change.version"),
        at_ns=_moment(found.get("agentwatch.change.at")),
    )


def _waiting(found: Attributes, body: Value) -> Waiting | None:
    waits_for = text(found, "agentwatch.waiting.for", "for")
    if waits_for is None:
        return None
    since = found.get("agentwatch.waiting.since", found.get("since"))
    return Waiting(waits_for, _moment(since))


def _schedule(found: Attributes, body: Value) -> Schedule | None:
    name = text(found, "agentwatch.schedule.name", "name")
    if name is None:
        return None
    return Schedule(
        name,
        text(found, "agentwatch.schedule.kind", "kind"),
        text(found, "agentwatch.schedule.at", "at"),
    )


def _witnessed(found: Attributes, body: Value) -> WitnessedCall | None:
    point = text(found, "agentwatch.point")
    if point is None:
        return None
    status = found.get("http.response.status_code")
    duration = found.get("http.server.request.duration")
    refused = found.get("agentwatch.refused")
    return WitnessedCall(
        point=point,
        credential=text(found, "enduser.id"),
        status=status if type(status) is int else None,
        path=text(found, "url.path"),
        duration_s=_score(duration, None),
        refused=refused is True or refused == "true",
        error_type=text(found, "error.type"),
    )


def _moment(value: Value) -> int | None:
    """Return a time that came as RFC 3339, or as nanoseconds since the epoch."""
    return value if type(value) is int and value >= 0 else moment_ns(value)


_READERS: Final[dict[str, Callable[[Attributes, Value], EventFact | None]]] = {
    "gen_ai.evaluation.result": _evaluation,
    "agentwatch.user.feedback": _evaluation,
    "agentwatch.run.outcome": _outcome,
    "agentwatch.rule.evaluated": _rule,
    "agentwatch.change": _change,
    "agentwatch.waiting": _waiting,
    "agentwatch.schedule": _schedule,
}
