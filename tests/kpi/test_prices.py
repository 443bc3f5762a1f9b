"""What tokens cost: the user's own prices first, then the bundled table, else nobody knows."""

from __future__ import annotations

from pathlib import Path

import pytest
from genai_prices import Usage as TheirUsage
from genai_prices import calc_price, data_snapshot

from agentwatch.kpi import prices
from agentwatch.kpi.prices import MAX_COST, PriceError, Prices, read_table
from agentwatch.model import Usage

OWN = {"m1": (1.0, 2.0, 0.1, 1.25)}
MILLION = 10**6


def cost(model: str | None, usage: Usage, provider: str | None = None) -> int | None:
    return Prices(OWN).cost_usd_micros(provider, (model,), usage)


@pytest.mark.parametrize(
    ("usage", "micros"),
    [
        (Usage(input_tokens=1000), 1000),
        (Usage(output_tokens=1000), 2000),
        (Usage(input_tokens=1000, output_tokens=1000), 3000),
        # tokens of the cache are among the input tokens, each at its own rate
        (Usage(input_tokens=1000, cache_read_tokens=400), 600 + 40),
        (Usage(input_tokens=1000, cache_creation_tokens=400), 600 + 500),
        (Usage(input_tokens=900, cache_read_tokens=300, cache_creation_tokens=200), 400 + 30 + 250),
        # an exporter that counts more in the cache than there were is not paid for twice
        (Usage(input_tokens=100, cache_read_tokens=400, cache_creation_tokens=400), 10),
        # reasoning tokens are among the output tokens
        (Usage(output_tokens=1000, reasoning_tokens=900), 2000),
        (Usage(input_tokens=0, output_tokens=0), 0),
        (Usage(), None),
        (Usage(cache_read_tokens=100), None),
        (Usage(reasoning_tokens=100), None),
    ],
)  # fmt: skip
def test_each_kind_of_token_has_its_rate(usage: Usage, micros: int | None) -> None:
    assert cost("m1", usage) == micros


def bundled(provider: str, model: str, usage: Usage) -> int:
    """What the bundled table's own calculation says."""
    told = calc_price(
        TheirUsage(
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            cache_read_tokens=usage.cache_read_tokens,
            cache_write_tokens=usage.cache_creation_tokens,
        ),
        model_ref=model,
        provider_id=provider,
        genai_request_timestamp=data_snapshot.get_snapshot().timestamp,
    )
    return round(told.total_price * MILLION)


@pytest.mark.parametrize("whole", [1_000, 150_000, 250_000])
@pytest.mark.parametrize(
    ("provider", "model"),
    [("openai", "gpt-4o-mini"), ("anthropic", "claude-sonnet-4-5"), ("google", "gemini-2.5-pro")],
)
def test_bundled_prices_agree_with_the_tables_own_calculation(
    provider: str, model: str, whole: int
) -> None:
    usage = Usage(input_tokens=whole, output_tokens=500, cache_read_tokens=whole // 4)
    if provider == "anthropic":
        usage = Usage(
            input_tokens=whole, output_tokens=500, cache_read_tokens=whole // 4,
            cache_creation_tokens=whole // 5,
        )  # fmt: skip
    assert cost(model, usage, provider) == bundled(provider, model, usage)


def test_a_provider_that_the_table_does_not_know_is_not_in_the_way() -> None:
    usage = Usage(input_tokens=MILLION)
    assert cost("gpt-4o-mini", usage, "our.gateway") == cost("gpt-4o-mini", usage) == 150_000


@pytest.mark.parametrize("model", ["nobody-prices-this", "", "x" * 10_000, None])
def test_an_unknown_model_costs_nobody_knows_what(model: str | None) -> None:
    assert cost(model, Usage(input_tokens=10)) is None


@pytest.mark.parametrize(
    ("models", "micros"),
    [
        (("m1", "gpt-4o-mini"), 1000),
        (("gpt-4o-mini", "m1"), 1000),  # the user's word wins, whichever name it is for
        (("no-such", "gpt-4o-mini"), 150),
        ((None, "gpt-4o-mini"), 150),
        ((None, None), None),
        ((), None),
    ],
)
def test_the_users_own_price_wins_then_the_first_model_with_one(
    models: tuple[str | None, ...], micros: int | None
) -> None:
    assert Prices(OWN).cost_usd_micros("openai", models, Usage(input_tokens=1000)) == micros


def test_a_user_may_price_a_bundled_model_anew() -> None:
    own = Prices({"gpt-4o-mini": (0.0, 0.0, 0.0, 0.0)})
    assert own.cost_usd_micros("openai", ("gpt-4o-mini",), Usage(input_tokens=MILLION)) == 0


def test_a_model_is_looked_up_once_and_the_memory_is_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(prices, "_bundled", lambda _, model: asked.append(model))
    monkeypatch.setattr(prices, "MAX_MODELS", 10)
    held = Prices()
    for _ in range(3):
        held.cost_usd_micros(None, ("m",), Usage(input_tokens=1))
    assert asked == ["m"]
    for number in range(1000):
        held.cost_usd_micros(None, (f"m{number}",), Usage(input_tokens=1))
        assert len(held._known) <= 10


def test_no_count_and_no_price_overflow_a_column() -> None:
    dear = Prices({"m": (9e8, 9e8, 9e8, 9e8)})
    usage = Usage(input_tokens=1 << 53, output_tokens=1 << 53)
    assert dear.cost_usd_micros(None, ("m",), usage) == MAX_COST < 2**63


def test_a_price_table_is_read_with_its_defaults(tmp_path: Path) -> None:
    path = tmp_path / "prices.toml"
    path.write_text(
        '["my/model:1"]\ninput_mtok = 2\noutput_mtok = 8.5\n'
        "[cached]\ninput_mtok = 2\noutput_mtok = 8\ncache_read_mtok = 0\ncache_write_mtok = 3\n"
    )
    assert read_table(path) == {"my/model:1": (2, 8.5, 2, 2), "cached": (2, 8, 0, 3)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("m = 3", '"m" must be a table with input_mtok'),
        ("[m]\ninput_mtok = 1", '["m"] lacks output_mtok, in USD a million tokens'),
        ("[m]\noutput_mtok = 1", '["m"] lacks input_mtok'),
        ("[m]\ninput_mtok = 1\noutput_mtok = 1\ninput = 2", "not input"),
        ("[m]\ninput_mtok = -1\noutput_mtok = 1", "input_mtok must be a number of USD, 0 or more"),
        ("[m]\ninput_mtok = true\noutput_mtok = 1", "input_mtok must be a number"),
        ('[m]\ninput_mtok = 1\noutput_mtok = "2"', "output_mtok must be a number"),
        ("[m]\ninput_mtok = nan\noutput_mtok = 1", "input_mtok must be a number"),
        ("[m]\ninput_mtok = inf\noutput_mtok = 1", "input_mtok must be a number"),
        ("[m\n", "the price table cannot be read"),
        ("x = " + "[" * 5000, "the price table cannot be read"),
        (None, "the price table cannot be read"),
    ],
)
def test_a_bad_price_table_is_one_sentence_with_its_place(
    tmp_path: Path, text: str | None, said: str
) -> None:
    path = tmp_path / "prices.toml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(PriceError) as caught:
        read_table(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert said in str(caught.value)


def test_bytes_that_are_no_text_are_no_price_table(tmp_path: Path) -> None:
    path = tmp_path / "prices.toml"
    path.write_bytes(b"\xff\xfe[m]")
    with pytest.raises(PriceError, match="cannot be read"):
        read_table(path)
