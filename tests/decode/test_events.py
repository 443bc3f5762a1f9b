"""Log records: names, times, and the facts that AgentWatch understands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agentwatch.decode import decode
from agentwatch.model import (
    Change,
    Evaluation,
    OutcomeStated,
    RuleEvaluated,
    Schedule,
    Waiting,
    WitnessedCall,
)
from tests.decode.wires import log, logs_frame, value

RESULT = "gen_ai.evaluation.result"
FACTS = [
    (
        RESULT,
        {"gen_ai.evaluation.name": "accuracy", "gen_ai.evaluation.score.value": 0.5},
        Evaluation(name="accuracy", score=0.5),
    ),
    (
        RESULT,
        {"gen_ai.evaluation.name": "user_feedback", "gen_ai.evaluation.score.label": "thumbs_up"},
        Evaluation(name="user_feedback", score=1.0, label="thumbs_up", human=True),
    ),
    (
        RESULT,
        {"gen_ai.evaluation.name": "tone", "agentwatch.evaluation.source": "human"},
        Evaluation(name="tone", human=True),
    ),
    (
        "anything",
        {"annotation.name": "ok", "annotation.annotator_kind": "HUMAN", "annotation.score": 1},
        Evaluation(name="ok", score=1.0, human=True),
    ),
    ("agentwatch.run.outcome", {"agentwatch.run.outcome": "resolved"}, OutcomeStated("resolved")),
    (
        "agentwatch.rule.evaluated",
        {"agentwatch.rule.id": "r1", "agentwatch.rule.outcome": "deny"},
        RuleEvaluated(rule_id="r1", outcome="deny"),
    ),
    (
        "agentwatch.change",
        {
            "agentwatch.change.kind": "prompt",
            "agentwatch.change.id": "p",
            "agentwatch.change.from": "1",
            "agentwatch.change.version": "2",
            "agentwatch.change.at": "1970-01-01T00:00:01Z",
        },
        Change(kind="prompt", subject="p", from_version="1", version="2", at_ns=10**9),
    ),
    ("agentwatch.waiting", {"for": "approval", "since": 7}, Waiting("approval", 7)),
    ("agentwatch.waiting", {"agentwatch.waiting.for": "approval"}, Waiting("approval")),
    ("agentwatch.schedule", {"name": "nightly", "at": "02:00"}, Schedule("nightly", None, "02:00")),
    (
        "access",
        {
            "agentwatch.point": "gateway",
            "http.response.status_code": 401,
            "enduser.id": "x509:ab",
            "url.path": "/v1",
            "http.server.request.duration": 0.25,
        },
        WitnessedCall(
            point="gateway", credential="x509:ab", status=401, path="/v1", duration_s=0.25
        ),
    ),
    (
        "tls",
        {"agentwatch.point": "mesh", "agentwatch.refused": True, "error.type": "expired"},
        WitnessedCall(point="mesh", refused=True, error_type="expired"),
    ),
    ("something.else", {"a": 1}, None),
]


def event(attributes: dict[str, Any], **fields: Any) -> Any:
    return decode(logs_frame(log(attributes, **fields))).events[0]


@pytest.mark.parametrize(("name", "attributes", "fact"), FACTS)
def test_the_fact_of_an_event(name: str, attributes: dict[str, Any], fact: Any) -> None:
    assert event(attributes, eventName=name).fact == fact


@pytest.mark.parametrize(
    ("fields", "attributes", "name"),
    [
        ({"eventName": "a"}, {"event.name": "b"}, "a"),
        ({"body": value("c")}, {"event.name": "b"}, "b"),
        ({"body": value("c")}, {}, "c"),
        ({"body": value({"x": 1})}, {}, ""),
        ({"body": value("claude_code.tool")}, {"event.name": "tool"}, "claude_code.tool"),
    ],
)
def test_the_name_stands_in_one_of_three_places(
    fields: dict[str, Any], attributes: dict[str, Any], name: str
) -> None:
    assert event(attributes, **fields).name == name


def test_a_fact_without_what_it_needs_is_counted() -> None:
    records = decode(
        logs_frame(log({"agentwatch.run.outcome": "maybe"}, eventName="agentwatch.run.outcome"))
    )
    assert records.events[0].fact is None
    assert records.faults == {"bad_fact": 1}


def test_the_observed_time_stands_in_for_a_missing_one() -> None:
    assert event({}, timeUnixNano="0", observedTimeUnixNano="9").at_ns == 9


def test_the_severity_may_be_a_name() -> None:
    assert event({}, severityNumber="SEVERITY_NUMBER_ERROR").severity == 17
    assert event({}, severityNumber="SEVERITY_NUMBER_INFO2").severity == 10


def test_recorded_feedback_is_a_persons(shared_data: Path) -> None:
    lines = (shared_data / "generated_otlp/sdk_logs.jsonl").read_bytes().splitlines()
    facts = [found.fact for line in lines for found in decode(line).events]
    assert facts == [
        Evaluation(
            name="Groundedness",
            score=0.42,
            label="fail",
            explanation="cites doc-7, superseded",
            response_id="chatcmpl-abc",
        ),
        Evaluation(
            name="user_feedback",
            score=0.0,
            label="thumbs_down",
            explanation="wrong excess",
            human=True,
        ),
    ]
