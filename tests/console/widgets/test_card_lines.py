"""What a card says: unknown is not zero, old is not alive, and colour is a departure."""

from __future__ import annotations

from typing import Any

import pytest

from agentwatch.console.cells import Line, width_of_line
from agentwatch.console.glyphs import UTF8
from agentwatch.console.widgets.card_lines import Facts, card_lines
from agentwatch.store.queries.card import HOUR_NS, Card, Figures, Live, Read, Who
from tests.store.records import NS, T0

WHO = Who(
    "payments/refund-03", "refund-03", "payments/refund-03", "2.14.1", "[]", T0, 10.0, 1,
    "prod-eu", "live", T0, 2.0, "wall", T0,
)  # fmt: skip
NOTHING = Card(WHO, Figures(), 0, 0, True, [0.0] * 12, 0, [], {}, T0 - HOUR_NS, [], [], 0, 0)
IDLE = Live(0, frozenset(), None, None, [])


def changed(fields: dict[str, Any], of: Any) -> Any:
    return type(of)(**({name: getattr(of, name) for name in of.__struct_fields__} | fields))


def lines_of(
    state: str = "idle", size: tuple[int, int] = (37, 25), live: Live = IDLE, **fields: Any
) -> list[Line]:
    name = fields.pop("name", "refund-03")
    card = changed(fields, NOTHING)
    return card_lines(Facts(name, card, live), {"state": state}, size, T0, UTF8)


def text(lines: list[Line]) -> list[str]:
    return ["".join(piece for piece, _ in line).rstrip() for line in lines]


def roles(lines: list[Line], begins: str) -> dict[str, str]:
    line = next(line for line in lines if line and line[0][0].startswith(begins))
    return {piece.strip(): role for piece, role in line}


def run(**fields: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "trace_id": "9f31".ljust(32, "0"), "state": "ok", "outcome": None, "start_ns": T0 - NS,
        "end_ns": T0, "received_ns": T0, "cost_usd_micros": 41_200, "task_id": "order 55",
        "conversation_id": None,
    }  # fmt: skip
    return given | fields


def with_runs(*last: dict[str, Any], waiting: frozenset[str] = frozenset()) -> Live:
    return Live(1, waiting, None, None, list(last))


def test_an_agent_of_which_nothing_is_known_yet_is_told_in_few_words() -> None:
    assert text(lines_of()) == [
        "refund-03  payments  v2.14.1",
        "feed     prod-eu  0s",
        "",
        "errors   -  no run ended in the last hour",
        "",
        "runs     none in flight",
        "",
    ]


def test_a_long_name_keeps_its_version_and_its_service_gets_a_line() -> None:
    lines = text(lines_of(name="r" * 28))
    assert lines[:2] == ["r" * 28 + "  v2.14.1", "service  payments"]
    lines = text(lines_of(name="refund-03/" + "r" * 40 + "-writer"))
    assert lines[:2] == ["refund-03/rrrr…rrrrrr-writer  v2.14.1", "service  payments"]


def test_figures_stand_with_their_units_and_their_number() -> None:
    told = Figures(200, 2, 41_200, 1_512, 3_880_000_000, 4_610_000_000)
    assert text(lines_of(figures=told, up=3, down=1))[4:8] == [
        "cost     0.0412 a run",
        "tokens   1.5k a run",
        "latency  p50 3.88s  p95 4.61s  n 200",
        "feedback up 3  down 1",
    ]


def test_the_share_of_errors_is_red_only_where_the_agent_fails() -> None:
    hour: dict[str, Any] = {"ended": 40, "failed": 3, "trend": [0.0] * 11 + [0.2]}
    assert text(lines_of(**hour))[3] == "errors   7.5%  ___________█ n 40, 1 h"
    assert roles(lines_of(**hour), "errors")["7.5%"] == "text"
    assert roles(lines_of("failing", **hour), "errors")["7.5%"] == "error"


def test_what_nobody_saw_and_what_was_not_yet_are_no_zeros() -> None:
    trend = [0.0] * 9 + [0.0, None, 0.0]
    line = text(lines_of(ended=2_000, whole_hour=False, trend=trend, trend_blank=9))[3]
    assert line == "errors   0.0%           _░_ n 2,000+"


def test_a_silent_feed_takes_the_life_out_of_every_value() -> None:
    who = changed({"feed_state": "stale", "feed_last_ns": T0 - 95 * NS}, WHO)
    lines = lines_of("stale", who=who, effects={"irreversible": 3}, tools=["pay.refund"])
    assert text(lines)[1] == "feed     prod-eu  95s!  stale"
    told = {role for line in lines for piece, role in line if piece.strip()}
    assert told <= {"stale", "dim"}


def test_an_older_version_than_others_read_departs() -> None:
    reads = [
        Read("kb-prices", "v41", T0 - 31 * HOUR_NS, T0, "v42"),
        Read("crm", None, None, T0),
    ]
    lines = lines_of(reads=reads)
    assert [line for line in text(lines) if "kb" in line or "crm" in line] == [
        "data     kb-prices       v41<v42  31h",
        "         crm             -          -",
    ]
    assert roles(lines, "data")["v41<v42"] == "error"


def test_effects_say_what_time_they_cover() -> None:
    lines = lines_of(effects={"irreversible": 4, "reversible": 2})
    assert "effects  irrev 4  revers 2  1 h" in text(lines)
    assert roles(lines, "effects")["irrev"] == "warn"
    busy = lines_of(effects={"compensable": 400}, effects_since_ns=T0 - 180 * NS)
    assert "effects  compens 400  3m" in text(busy)


def test_a_person_who_is_asked_is_named() -> None:
    live = Live(3, frozenset({"9f"}), "payments desk", T0 - 130 * NS, [])
    assert text(lines_of(live=live))[5:7] == [
        "runs     3 in flight, 1 waits",
        "asked    payments desk  2m ago",
    ]


def test_what_a_process_claims_to_be_is_called_a_claim() -> None:
    hexes = "4f" * 32
    claims = f'["spiffe:spiffe://fleet.example/payments/refund-03", "x509:{hexes}", "oauth:a"]'
    lines = text(lines_of(who=changed({"identities": claims}, WHO)))
    assert [line for line in lines if "claimed" in line or "x509" in line] == [
        "claimed  spiffe://fleet…nts/refund-03",
        "         x509 4f4f…4f4f +1",
    ]


def test_names_that_have_no_room_are_counted() -> None:
    tools = ["pay.refund", "crm.get_order", "mail.send", "a", "b"]
    assert "tools    pay.refund, crm.get_order +3" in text(lines_of(tools=tools))
    assert "tools    pay.refund, crm.get_order" in text(lines_of(tools=tools[:2]))


def test_the_last_runs_say_how_they_went() -> None:
    flying = {"end_ns": None, "state": "running", "start_ns": T0 - 3 * NS}
    last = [
        run(**flying), run(trace_id="8c02" * 8, **flying), run(state="error"),
        run(outcome="resolved"), run(state="unknown"),
    ]  # fmt: skip
    lines = text(lines_of(live=with_runs(*last, waiting=frozenset({"8c02" * 8}))))
    assert lines[-5:] == [
        "  9f31…0000 run          3s   0s",
        "  8c02…8c02 wait         3s   0s",
        "! 9f31…0000 error     1.00s   0s",
        "  9f31…0000 resolved  1.00s   0s",
        "  9f31…0000 -         1.00s   0s",
    ]


def test_blank_lines_go_first_where_there_is_no_room() -> None:
    live = with_runs(*[run()] * 5)
    assert "" in text(lines_of(live=live))
    low = text(lines_of(live=live, size=(37, 11)))
    assert "" not in low
    assert len(low) == 10
    assert len(lines_of(live=live, size=(37, 4))) == 4


@pytest.mark.parametrize("width", [37, 64])
def test_no_line_of_values_is_wider_than_the_card(width: int) -> None:
    long = "名" * 60
    who = changed({"agent": long, "service": f"{long}/x", "identities": f'["{long}:{long}"]'}, WHO)
    lines = lines_of(
        size=(width, 40), who=who, name=long, reads=[Read(long, long, T0, T0, long)], tools=[long],
        live=with_runs(run(outcome=long, task_id="")),
    )  # fmt: skip
    named = ("data", "claimed", "  9f31", "─")
    for line in lines:
        if line and "".join(piece for piece, _ in line).startswith(named):
            assert width_of_line(line) <= width + 2
