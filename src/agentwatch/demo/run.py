"""One agent's task and its faults in, the records of that run with their times out. Pure."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from agentwatch.clock import NS_PER_S
from agentwatch.demo import otlp
from agentwatch.demo.fleet import (
    COMPLAINTS,
    SOURCES,
    USERS,
    Ask,
    Chat,
    Delegate,
    Member,
    Retrieve,
    Rule,
    Step,
    Tool,
)

PENDING_FROM_NS = NS_PER_S // 2
"""Operations shorter than this are seen only when they end: it keeps recordings small."""
USD_PER_TOKEN = (1e-6, 4e-6)
"""What agents that report their cost pay for input and output."""


@dataclass(frozen=True)
class Faults:
    """What goes wrong in a run."""

    error_ratio: float
    source_versions: dict[str, tuple[str, float]] = field(default_factory=dict)
    """Data source to the version that this agent reads, and its extra age in s."""
    prompt_version: str = "12"
    error: tuple[str, str] = ("TimeoutError", "no answer within 5 s")


@dataclass(frozen=True)
class Emission:
    """A record and the time at which its exporter lets it go."""

    at_ns: int
    signal: str
    record: otlp.Json
    shows_until_ns: int | None = None
    """For a pending span: when the finished one makes it worthless."""


class Run:
    """A cursor in time that walks through an agent's steps and collects what they emit."""

    def __init__(
        self, member: Member, faults: Faults, rng: random.Random, start_ns: int, base_ns: int
    ) -> None:
        self.member = member
        self.faults = faults
        self.rng = rng
        self.now_ns = start_ns
        self.base_ns = base_ns
        self.trace_id = f"{rng.getrandbits(128) | 1:032x}"
        self.root_id = self._new_id()
        self.failed = False
        self.emissions: list[Emission] = []
        self.last_response: str | None = None
        self.words = {
            "{order}": f"55-{rng.randrange(20_000, 21_000)}",
            "{amount}": f"{rng.randrange(900, 31_000) / 100:.2f}",
            "{sku}": f"sku-{rng.randrange(7_000, 7_090)}",
            "{claim}": f"7-{rng.randrange(40_000, 49_999)}",
            "{invoice}": f"88-{rng.randrange(1_000, 1_999)}",
        }
        self.conversation = f"c-{rng.randrange(16**6):06x}"
        self.user = rng.choice(USERS)

    def perform(self, steps: tuple[Step, ...]) -> None:
        """Do the steps inside the run's root, then say how it went."""
        start_ns = self.now_ns
        self._steps(steps, self.root_id, self.member.name)
        self.finish(start_ns)

    def finish(self, start_ns: int, outcome: str | None = None) -> None:
        """Close the root span and emit outcome, evaluation and feedback."""
        values = _agent(self.member.name) | {
            "gen_ai.agent.version": self.member.kind.version,
            "gen_ai.conversation.id": self.conversation,
            "user.id": self.user,
            "agentwatch.run.mode": self.member.kind.mode,
            "agentwatch.task.id": f"order {self.words['{order}']}",
        }
        self._span(self.root_id, None, start_ns, values, failed=self.failed)
        self._judge(outcome)

    def step(self, step: Step, parent_id: str, agent: str) -> None:
        """Do one step under the span `parent_id`."""
        match step:
            case Chat():
                self._chat(step, parent_id)
            case Tool():
                self._tool(step, parent_id)
            case Retrieve():
                self._retrieve(step, parent_id)
            case Rule():
                self._rule(step, parent_id)
            case Ask():
                self._ask(step, parent_id)
            case Delegate():
                start_ns, own_id = self.now_ns, self._new_id()
                self._steps(step.steps, own_id, step.agent)
                values = _agent(step.agent)
                self._span(own_id, parent_id, start_ns, values, failed=self.failed)

    def _steps(self, steps: tuple[Step, ...], parent_id: str, agent: str) -> None:
        for step in steps:
            if self.failed:
                return
            self.now_ns += round(self.rng.uniform(0.01, 0.12) * NS_PER_S)
            self.step(step, parent_id, agent)

    def _chat(self, step: Chat, parent_id: str) -> None:
        kind = self.member.kind
        used = [
            round(n * self.rng.uniform(0.8, 1.3)) for n in (step.input_tokens, step.output_tokens)
        ]
        self.last_response = f"r-{self.rng.getrandbits(40):010x}"
        values: dict[str, object] = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": kind.provider,
            "gen_ai.request.model": kind.model,
            "gen_ai.response.model": kind.model,
            "gen_ai.response.id": self.last_response,
            "gen_ai.usage.input_tokens": used[0],
            "gen_ai.usage.output_tokens": used[1],
            "gen_ai.input.messages": otlp.messages("user", self._fill(step.prompt)),
            "gen_ai.output.messages": otlp.messages("assistant", self._fill(step.reply)),
            "agentwatch.prompt.id": kind.prompt,
            "agentwatch.prompt.version": self.faults.prompt_version,
        }
        if kind.reports_cost:
            paid = sum(n * usd for n, usd in zip(used, USD_PER_TOKEN, strict=True))
            values["gen_ai.usage.cost"] = round(paid, 6)
        self._work(parent_id, step.usual_s, values)

    def _tool(self, step: Tool, parent_id: str) -> None:
        values: dict[str, object] = {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": step.name,
            "gen_ai.tool.call.arguments": self._fill(step.arguments),
            "gen_ai.tool.call.result": self._fill(step.result),
            "server.address": step.server,
        }
        if step.effect != "none":
            values["agentwatch.effect"] = step.effect
            values["agentwatch.effect.target"] = self._fill(step.target or "")
            values["agentwatch.effect.key"] = f"k-{self.rng.getrandbits(32):08x}"
            if step.unit is not None:
                values["agentwatch.effect.amount"] = float(self.words["{amount}"])
                values["agentwatch.effect.unit"] = step.unit
        self._work(parent_id, step.usual_s, values)

    def _retrieve(self, step: Retrieve, parent_id: str) -> None:
        source = SOURCES[step.source]
        version, extra_s = self.faults.source_versions.get(step.source, (source.version, 0.0))
        updated_ns = self.base_ns - round((source.age_s + extra_s) * NS_PER_S)
        documents = [
            {
                "id": f"{step.source}/{version}/{i}",
                "score": round(0.91 - i / 10, 2),
                "content": text,
            }
            for i, text in enumerate(source.documents[:2])
        ]
        values: dict[str, object] = {
            "gen_ai.operation.name": "retrieval",
            "gen_ai.data_source.id": step.source,
            "gen_ai.retrieval.query.text": self._fill(step.query),
            "gen_ai.retrieval.documents": json.dumps(documents),
            "agentwatch.data_source.version": version,
            "agentwatch.data_source.last_updated": otlp.iso(updated_ns),
            "agentwatch.data_class": source.data_class,
        }
        self._work(parent_id, step.usual_s, values)

    def _rule(self, step: Rule, parent_id: str) -> None:
        values = {
            "agentwatch.rule.id": step.rule_id,
            "agentwatch.rule.version": step.version,
            "agentwatch.rule.outcome": step.outcome,
        }
        self._log("agentwatch.rule.evaluated", values, parent_id)

    def _ask(self, step: Ask, parent_id: str) -> None:
        if self.rng.random() > step.share_ratio:
            return
        since = {
            "agentwatch.waiting.for": step.who,
            "agentwatch.waiting.since": otlp.iso(self.now_ns),
        }
        self._log("agentwatch.waiting", since, parent_id)
        values: dict[str, object] = {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": "ask_person",
            "gen_ai.tool.call.arguments": json.dumps({"ask": step.who}),
            "gen_ai.tool.call.result": json.dumps({"answer": "go on"}),
            "agentwatch.approval.id": f"ap-{self.rng.getrandbits(24):06x}",
        }
        self._work(parent_id, step.usual_s, values, may_fail=False)

    def _judge(self, outcome: str | None) -> None:
        chance = self.rng.random()
        if outcome or self.failed or chance < 0.5:
            told = outcome or ("abandoned" if self.failed else "resolved")
            told = "escalated" if chance < 0.03 else told
            self._log("agentwatch.run.outcome", {"agentwatch.run.outcome": told}, self.root_id)
        if self.rng.random() < 0.15:
            score = 0.97 - self.rng.random() * (0.5 if self.faults.source_versions else 0.12)
            self._evaluate("groundedness", score=round(score, 3))
        if self.member.kind.mode == "interactive" and self.rng.random() < 0.25:
            unhappy = self.failed or self.rng.random() < 0.15
            reason = self.rng.choice(COMPLAINTS) if unhappy else None
            label = "thumbs_down" if unhappy else "thumbs_up"
            self._evaluate("user_feedback", label=label, reason=reason, source="human")

    def _evaluate(
        self,
        name: str,
        score: float | None = None,
        label: str | None = None,
        reason: str | None = None,
        source: str | None = None,
    ) -> None:
        values = {
            "gen_ai.evaluation.name": name,
            "gen_ai.evaluation.score.value": score,
            "gen_ai.evaluation.score.label": label,
            "gen_ai.evaluation.explanation": reason,
            "gen_ai.response.id": self.last_response,
            "agentwatch.evaluation.source": source,
        }
        self._log("gen_ai.evaluation.result", values, self.root_id)

    def _work(
        self, parent_id: str, usual_s: float, values: dict[str, object], may_fail: bool = True
    ) -> None:
        start_ns = self.now_ns
        self.now_ns += round(usual_s * self.rng.uniform(0.7, 1.6) * NS_PER_S)
        failed = may_fail and self.rng.random() < self.faults.error_ratio
        if failed:
            self.failed = True
            lost = ("gen_ai.tool.call.result", "gen_ai.output.messages", "agentwatch.effect")
            values = {k: v for k, v in values.items() if not k.startswith(lost)}
        self._span(self._new_id(), parent_id, start_ns, values, failed)

    def _span(
        self,
        own_id: str,
        parent_id: str | None,
        start_ns: int,
        values: dict[str, object],
        failed: bool,
    ) -> None:
        operation = str(values["gen_ai.operation.name"])
        subject = next((values[k] for k in _SUBJECTS if k in values), "")
        error = self.faults.error if failed else None
        if error is not None:
            values = values | {"error.type": error[0]}
        ids = (self.trace_id, own_id, parent_id)
        record = otlp.span(*ids, f"{operation} {subject}", (start_ns, self.now_ns), values, error)
        self.emissions.append(Emission(self.now_ns, "spans", record))
        if self.member.kind.shows_start and self.now_ns - start_ns >= PENDING_FROM_NS:
            early = {k: values[k] for k in _KNOWN_AT_START if k in values}
            shown = otlp.pending(record, self._new_id(), early)
            self.emissions.append(Emission(start_ns, "spans", shown, self.now_ns))

    def _log(self, name: str, values: Mapping[str, object], span_id: str) -> None:
        record = otlp.log(name, self.now_ns, values, (self.trace_id, span_id))
        self.emissions.append(Emission(self.now_ns, "logs", record))

    def _fill(self, text: str) -> str:
        for word, value in self.words.items():
            text = text.replace(word, value)
        return text

    def _new_id(self) -> str:
        return f"{self.rng.getrandbits(64) | 1:016x}"


def _agent(name: str) -> dict[str, object]:
    return {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": name}


_SUBJECTS = (
    "gen_ai.agent.name",
    "gen_ai.tool.name",
    "gen_ai.data_source.id",
    "gen_ai.request.model",
)

_KNOWN_AT_START = (
    "gen_ai.operation.name",
    "gen_ai.agent.name",
    "gen_ai.provider.name",
    "gen_ai.request.model",
    "gen_ai.tool.name",
    "gen_ai.tool.call.arguments",
    "gen_ai.conversation.id",
    "agentwatch.run.mode",
)
