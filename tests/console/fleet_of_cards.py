"""A store with agents whose cards and runs have something to say, as golden screens show them."""

from __future__ import annotations

from pathlib import Path

from agentwatch.clock import NS_PER_S
from agentwatch.model import (
    Evaluation,
    Event,
    EventFact,
    Facts,
    OutcomeStated,
    Resource,
    Span,
    Usage,
)
from tests.console.busy import RUNNING, below, chat, root, tell, tool, waits
from tests.console.screens import World

AGENT = "payments/refund-bot-03"
PAID = Facts(effect="irreversible", effect_amount=96.5, effect_unit="EUR")


def resource() -> Resource:
    return Resource(
        attributes={"service.name": "refund-bot-03"}, service=AGENT, service_name="refund-bot-03",
        service_version="2.14.1",
        claimed_identities=(
            "spiffe:spiffe://fleet.example/payments/refund-bot-03", "x509:4f91aa0c" + "7" * 56,
        ),
    )  # fmt: skip


def fleet_of_cards(path: Path) -> World:
    """Return a store with one agent of every kind of run, and another that reads newer prices."""
    world = World(path)
    world.clock.at_ns += 1_800 * NS_PER_S
    for number in range(12):
        _ended(world, number)
        world.advance(20)
    _seen_newer(world)
    _unseen(world)
    _ended(world, 12, failed=True)
    world.advance(15)
    _incomplete(world)
    world.advance(5)
    _asks(world)
    world.advance(2)
    _flies(world)
    return world


def _ended(world: World, number: int, failed: bool = False) -> None:
    run = world.span(
        AGENT, trace_id=f"{number + 0x9F31:04x}".ljust(28, "0") + "ab54", resource=resource(),
        operation="invoke_agent", name="invoke_agent refund-bot-03",
        start_ns=world.clock() - (4 + number % 3) * NS_PER_S, usage=None, request_model=None,
        conversation_id=f"c-{number // 2:03}", cost_usd_micros=None,
        state="error" if failed else "unset", error_type="timeout" if failed else None,
        facts=Facts(task_id=f"order 55-204{number:02}"),
    )  # fmt: skip
    prices = Facts(
        data_source_version="v41", data_source_as_of_ns=world.clock() - 31 * 3600 * NS_PER_S
    )
    ended = {"state": "error" if failed else "unset"}
    used = Usage(input_tokens=1200, output_tokens=80)
    world.write(
        run,
        below(world, run, 3.6, 0.6, **chat("plan", usage=used, request_model="m")),
        below(
            world, run, 2.9, 0.2, operation="retrieval", name="retrieval kb-prices",
            data_source="kb-prices", facts=prices,
        ),
        below(world, run, 2, 0.7, **tool("pay.refund", facts=PAID, **ended)),
        below(world, run, 1, 0.1, **tool("mail.send", facts=Facts(effect="compensable"))),
    )  # fmt: skip
    if number % 2:
        tell(world, _of(run, world.clock(), OutcomeStated("resolved")))
    if number in (3, 5, 8):
        label = "thumbs_down" if number == 8 else "thumbs_up"
        said = Evaluation(name="user_feedback", label=label, human=True)
        tell(world, _of(run, world.clock(), said))


def _of(run: Span, at_ns: int, fact: EventFact) -> Event:
    return Event(
        name="e",
        at_ns=at_ns,
        resource=run.resource,
        attributes={},
        trace_id=run.trace_id,
        fact=fact,
    )


def _seen_newer(world: World) -> None:
    world.run(
        "pricing/price-sync-02", operation="retrieval", data_source="kb-prices", usage=None,
        request_model=None,
        facts=Facts(data_source_version="v42", data_source_as_of_ns=world.clock() - 60 * NS_PER_S),
    )  # fmt: skip


def _unseen(world: World) -> None:
    world.connection.execute(
        "INSERT INTO gaps (feed_id, since_ns, until_ns, reason) VALUES (?, ?, ?, 'closed')",
        (world.feeds["prod"], world.clock() + 10 * NS_PER_S, world.clock() + 42 * NS_PER_S),
    )
    world.advance(60)


def _incomplete(world: World) -> None:
    """A run whose root never came."""
    lost = root(world, AGENT, 3, trace_id="7ab1".ljust(32, "0"), resource=resource())
    world.write(below(world, lost, 2, 1, **chat("decide")))


def _asks(world: World) -> None:
    run = root(world, AGENT, 40, trace_id="8c02".ljust(32, "0"), resource=resource())
    world.write(run, below(world, run, 39, 3, **chat("refund of 312.00 EUR?")))
    tell(world, waits(run, "payments desk", world.clock()))


def _flies(world: World) -> None:
    run = root(world, AGENT, 7, trace_id="9f54".ljust(32, "0"), resource=resource())
    world.write(run, below(world, run, 6, **(RUNNING | tool("pay.refund"))))
