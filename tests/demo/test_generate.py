"""The generator repeats itself byte for byte, and its stories happen."""

from collections import Counter

import pytest

from agentwatch.decode import decode
from agentwatch.demo.fleet import members
from agentwatch.demo.generate import BASE_NS, generate
from agentwatch.demo.scenarios import STORIES
from agentwatch.demo.server import last_record_ns
from agentwatch.model import Change, Evaluation, OutcomeStated, Records, RuleEvaluated, Waiting


def records(feeds: dict[str, list[str]]) -> Records:
    everything = Records()
    for documents in feeds.values():
        for document in documents:
            part = decode(document.encode())
            assert part.faults == {}
            assert len(part) > 0
            everything.spans += part.spans
            everything.events += part.events
            everything.points += part.points
    return everything


@pytest.fixture(scope="module")
def troubled() -> Records:
    return records(generate("superseded-price-list", 7, 100))


def test_same_seed_same_bytes_other_seed_other_bytes() -> None:
    assert generate("calm", 1, 20) == generate("calm", 1, 20)
    assert generate("calm", 1, 20) != generate("calm", 2, 20)


@pytest.mark.parametrize("scenario", STORIES)
def test_documents_come_in_the_order_of_their_last_record(scenario: str) -> None:
    for documents in generate(scenario, 3, 30).values():
        times = [last_record_ns(document) for document in documents]
        assert times == sorted(times)


def test_every_agent_shows_and_every_fact_is_understood(troubled: Records) -> None:
    services = {span.resource.service_name for span in troubled.spans}
    assert services == {member.name for member in members()}
    facts = {type(event.fact) for event in troubled.events}
    assert facts >= {Change, Evaluation, OutcomeStated, RuleEvaluated, Waiting}
    assert {span.operation for span in troubled.spans} >= {"chat", "retrieval", "invoke_agent"}
    assert len(troubled.points) > 30
    assert any(span.cost_usd_micros for span in troubled.spans)


def test_runs_are_in_flight_in_the_first_two_seconds() -> None:
    feeds = generate("calm", 7, 20)
    early = {
        feed: [text for text in rows if last_record_ns(text) < BASE_NS + 2 * 10**9]
        for feed, rows in feeds.items()
    }
    assert sum(span.state == "running" for span in records(early).spans) >= 20


def test_the_refund_agent_reads_the_superseded_price_list(troubled: Records) -> None:
    read = {
        (span.resource.service_name, span.facts.data_source_version)
        for span in troubled.spans
        if span.data_source == "price-lists" and span.facts is not None and span.end_ns
    }
    assert {name for name, version in read if version == "v56"} == {"refund-desk-eu-03"}


def test_one_agent_repeats_one_call_that_succeeds(troubled: Records) -> None:
    calls = Counter(
        (span.resource.service_name, str(span.attributes["gen_ai.tool.call.arguments"]))
        for span in troubled.spans
        if span.tool == "erp.find_invoice" and span.state not in ("error", "running")
    )
    assert calls.most_common(1)[0][0][0] == "invoice-clerk-eu-02"
    assert calls.most_common(1)[0][1] > 20
    assert calls.most_common(2)[1][1] < 5


def test_one_agent_bursts_with_errors_and_one_feed_falls_silent(troubled: Records) -> None:
    failed = Counter(
        span.resource.service_name for span in troubled.spans if span.parent_span_id is None
        and span.state == "error"
    )  # fmt: skip
    assert failed.most_common(1)[0][0] == "order-tracker-eu-02"
    feeds = generate("superseded-price-list", 7, 100)
    ends = {feed: (last_record_ns(rows[-1]) - BASE_NS) / 1e9 for feed, rows in feeds.items()}
    assert ends["prod-us"] < 60
    assert ends["prod-eu"] > 95
