"""The cast is as large and as varied as the demo promises."""

from genai_prices import Usage, calc_price

from agentwatch.demo.fleet import FEEDS, KINDS, SOURCES, Delegate, Retrieve, members


def test_at_least_40_agents_of_8_kinds_in_every_feed() -> None:
    cast = members()
    assert len({member.name for member in cast}) == len(cast) >= 40
    assert len({member.kind.name for member in cast}) >= 8
    assert {member.feed for member in cast} == set(FEEDS)


def test_every_model_has_a_price() -> None:
    for kind in KINDS:
        usage = Usage(input_tokens=1000, output_tokens=100)
        price = calc_price(usage, model_ref=kind.model, provider_id=kind.provider)
        assert price.total_price > 0


def test_every_data_source_that_is_read_exists() -> None:
    read = {step.source for kind in KINDS for step in kind.steps if isinstance(step, Retrieve)}
    assert read == set(SOURCES)
    assert any(isinstance(step, Delegate) for kind in KINDS for step in kind.steps)
