"""A fleet at work, as every test of runs in flight sees it: one of each thing that may be seen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from agentwatch.clock import NS_PER_S
from agentwatch.model import Event, Facts, Records, RuleEvaluated, Span, Waiting
from tests.console.screens import World

RUNNING: dict[str, Any] = {"state": "running", "end_ns": None, "usage": None, "request_model": None}


def busy(path: Path) -> World:
    """Return a store in which runs wait, fail, go on for too long, and stand still with a feed."""
    world = World(path)
    world.feed("prod-us")
    _usual(world)
    world.advance(60)
    _lost(world)
    _ended(world)
    _flying(world)
    world.connection.execute("UPDATE agents SET interval_s = 20.0")
    return world


def root(world: World, agent: str, ago_s: float, **more: Any) -> Span:
    """Return the open root of a run that began so long ago."""
    start_ns = world.clock() - round(ago_s * NS_PER_S)
    trace_id = f"{len(agent) * 7919 + round(ago_s * 4801) & 0xFFFF:04x}".ljust(32, "0")
    given = {
        "trace_id": trace_id, "operation": "invoke_agent", "name": f"invoke_agent {agent}",
        "start_ns": start_ns,
    }  # fmt: skip
    return world.span(agent, **(RUNNING | given | more))


def below(world: World, run: Span, ago_s: float, took_s: float | None = None, **more: Any) -> Span:
    """Return a span of a run; without `took_s` it is open."""
    start_ns = world.clock() - round(ago_s * NS_PER_S)
    end_ns = None if took_s is None else start_ns + round(took_s * NS_PER_S)
    given: dict[str, Any] = RUNNING | {
        "trace_id": run.trace_id, "parent_span_id": run.span_id, "start_ns": start_ns,
        "end_ns": end_ns, "state": "running" if took_s is None else "ok",
        "resource": run.resource,
    }  # fmt: skip
    return world.span(run.resource.service or "", **(given | more))


def tool(name: str, arguments: str = "{}", **more: Any) -> dict[str, Any]:
    """Return what makes a span a tool's."""
    attributes = {"gen_ai.tool.call.arguments": arguments, **more.pop("attributes", {})}
    given = {"operation": "execute_tool", "name": f"execute_tool {name}", "tool": name}
    return given | {"attributes": attributes} | more


def chat(asked: str = "", gave: str = "", **more: Any) -> dict[str, Any]:
    """Return what makes a span a model's."""
    attributes = {"input.value": asked, "output.value": gave}
    return {"operation": "chat", "request_model": "llm-s-1", "attributes": attributes} | more


def tell(world: World, *events: Event, feed: str = "prod") -> None:
    """Store log records that have just come."""
    now_ns = world.clock()
    world._writer.begin(now_ns)
    world._writer.add(world.feeds[feed], Records(events=list(events)), now_ns)
    world._writer.commit()


def waits(run: Span, person: str, at_ns: int) -> Event:
    """Return the record that a run stands still until a person answers."""
    return Event(
        name="agentwatch.waiting", at_ns=at_ns, resource=run.resource, attributes={},
        trace_id=run.trace_id, fact=Waiting(person),
    )  # fmt: skip


def consulted(run: Span, at_ns: int, fact: RuleEvaluated) -> Event:
    """Return the record that a run consulted a business rule."""
    return Event(
        name="agentwatch.rule.evaluated", at_ns=at_ns, resource=run.resource, attributes={},
        trace_id=run.trace_id, span_id=run.span_id, fact=fact,
    )  # fmt: skip


def _usual(world: World) -> None:
    now_ns = world.clock()
    for agent, seconds in (("refund-bot-01", 4.6), ("kyc-review-01", 5.1), ("triage-01", 1.2)):
        for _ in range(5):
            world.run(agent, start_ns=now_ns - round(seconds * NS_PER_S), **chat("a", "b"))
    for _ in range(5):
        world.run("invoice-matcher-04", state="error", error_type="timeout")


def _lost(world: World) -> None:
    """What stands still with a feed, and what nobody saw."""
    for number in range(1, 4):
        run = root(world, f"price-quoter-0{number}", 2 + number)
        world.write(run, below(world, run, 1, **chat("quote")), feed="prod-us")
    world.feed("prod-us", "stale")
    world.connection.execute(
        "INSERT INTO gaps (feed_id, since_ns, until_ns, reason) VALUES (?, ?, NULL, 'closed')",
        (world.feeds["prod-us"], world.clock()),
    )
    world.advance(95)


def _ended(world: World) -> None:
    run = world.run("fraud-score-01", **chat("score order 55-20433", "0.12"))
    rule = RuleEvaluated(rule_id="R-031", version="v7", outcome="pass", inputs="score .12")
    tell(world, consulted(run, world.clock(), rule))
    world.run(
        "lead-qualify-02", operation="retrieval", name="retrieval kb", data_source="kb-prices",
        request_model=None, usage=None, facts=Facts(data_source_version="v41"),
        attributes={"gen_ai.retrieval.query.text": "price list de"},
    )  # fmt: skip
    world.run(
        "returns-label-01", usage=None, request_model=None,
        **tool("label.create", '{"order": "55-20388"}', facts=Facts(effect="compensable")),
    )  # fmt: skip
    world.run(
        "invoice-matcher-04", state="error", error_type="timeout", status_message="no answer in 9s",
        usage=None, request_model=None, **tool("erp.find_invoice", '{"invoice": "88-1203"}'),
    )  # fmt: skip


def _flying(world: World) -> None:
    pays = root(world, "refund-bot-01", 3)
    paid = Facts(
        effect="irreversible", effect_amount=96.5, effect_unit="EUR", effect_target="order 55-20433"
    )
    world.write(
        pays,
        below(world, pays, 2.6, 1.5, **chat("refund of order 55-20433?", "pay 96.50")),
        below(world, pays, 1.1, 0.6, **tool("pay.refund", facts=paid)),
        below(world, pays, 0.4, **chat("tell the customer")),
    )
    asks = root(world, "refund-bot-02", 15)
    asked = tool("ask_person", '{"desk": "payments"}')
    world.write(asks, below(world, asks, 14, 3, **chat()), below(world, asks, 11, **asked))
    tell(world, waits(asks, "payments desk, 312.00 EUR", world.clock()))
    loops = root(world, "invoice-matcher-04", 242, cost_usd_micros=1_840_000)
    found = tool("erp.find_invoice", '{"invoice": "88-1203"}')
    world.write(
        loops,
        below(world, loops, 9, 4, state="error", error_type="timeout", **found),
        below(world, loops, 4, **found),
    )
    slow = root(world, "kyc-review-01", 41)
    world.write(slow, below(world, slow, 18, **chat("review dossier 4-11874")))
    sorts = root(world, "triage-01", 1)
    world.write(sorts, below(world, sorts, 0.9, 0.4, **chat("classify", "billing")))
