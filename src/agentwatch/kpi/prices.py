"""Tokens and a model's name in, micro-USD out: the user's price table first, then genai-prices.

Looking a model up costs about 180 µs, so each model's unit prices are kept.
"""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path

from agentwatch.model import Usage

MAX_MODELS = 4096
"""Distinct (provider, model) names that are kept; telemetry chooses them, so they are bounded."""

MAX_COST = 1e15
"""Micro-USD of one span, a thousand million dollars: a price and a count may be anything."""

UnitPrices = tuple[float, float, float, float]
"""USD a million tokens, which is micro-USD a token: input, output, cache read, cache write."""


class PriceError(Exception):
    """A price table of the user's that cannot be used: one sentence."""


class Prices:
    """Unit prices by model."""

    def __init__(self, own: dict[str, UnitPrices] | None = None) -> None:
        self._own = {
            model: _Price(tuple(((0, rate),) for rate in rates))
            for model, rates in (own or {}).items()
        }
        self._known: dict[tuple[str | None, str], _Price | None] = {}

    def cost_usd_micros(
        self, provider: str | None, models: tuple[str | None, ...], usage: Usage
    ) -> int | None:
        """Return what `usage` costs with the first of `models` that has a price, else None.

        A price of the user's for any of them wins over a bundled one.
        """
        if usage.input_tokens is None and usage.output_tokens is None:
            return None
        named = [model for model in models if model is not None]
        for model in named:
            if model in self._own:
                return self._own[model].cost_usd_micros(usage)
        for model in named:
            price = self._bundled(provider, model)
            if price is not None:
                return price.cost_usd_micros(usage)
        return None

    def _bundled(self, provider: str | None, model: str) -> _Price | None:
        key = (provider, model)
        if key not in self._known:
            if len(self._known) >= MAX_MODELS:
                self._known.clear()
            self._known[key] = _bundled(provider, model)
        return self._known[key]


class _Price:
    """Rates of one model: for each kind of token (threshold of input tokens, rate) steps."""

    def __init__(self, steps: tuple[tuple[tuple[int, float], ...], ...]) -> None:
        self._steps = steps
        self._flat = [each[0][1] for each in steps] if all(len(each) == 1 for each in steps) else []
        """The rates where no threshold changes them, which is nearly always."""

    def cost_usd_micros(self, usage: Usage) -> int:
        whole = usage.input_tokens or 0
        read = min(usage.cache_read_tokens or 0, whole)
        written = min(usage.cache_creation_tokens or 0, whole - read)
        rates = self._flat or [_rate(steps, whole) for steps in self._steps]
        cost = (
            (whole - read - written) * rates[0]
            + (usage.output_tokens or 0) * rates[1]
            + read * rates[2]
            + written * rates[3]
        )
        return round(min(cost, MAX_COST))


def _rate(steps: tuple[tuple[int, float], ...], input_tokens: int) -> float:
    rate = steps[0][1]
    for threshold, higher in steps[1:]:
        if input_tokens > threshold:
            rate = higher
    return rate


def _bundled(provider: str | None, model: str) -> _Price | None:
    from genai_prices import data_snapshot  # 0.3 s: only the process that prices pays it

    snapshot = data_snapshot.get_snapshot()
    for provider_id in (provider, None) if provider else (None,):
        try:
            _, info = snapshot.find_provider_model(model, None, provider_id, None)
        except LookupError:
            continue
        prices = info.get_prices(snapshot.timestamp)
        base = _steps(prices.input_mtok)
        if base is None:
            continue
        return _Price(
            (
                base,
                _steps(prices.output_mtok) or ((0, 0.0),),
                _steps(prices.cache_read_mtok) or base,
                _steps(prices.cache_write_mtok) or base,
            )
        )
    return None


def _steps(price: object) -> tuple[tuple[int, float], ...] | None:
    if price is None:
        return None
    if isinstance(price, Decimal):
        return ((0, float(price)),)
    base = float(price.base)  # type: ignore[attr-defined]
    tiers = ((tier.start, float(tier.price)) for tier in price.tiers)  # type: ignore[attr-defined]
    return ((0, base), *sorted(tiers))


RATES = ("input_mtok", "output_mtok", "cache_read_mtok", "cache_write_mtok")


def read_table(path: Path) -> dict[str, UnitPrices]:
    """Read the user's `prices.toml`: a table a model with USD a million tokens.

    `input_mtok` and `output_mtok` are needed; the cache rates default to `input_mtok`.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise PriceError(f"{path}: the price table cannot be read: {error}") from error
    return {model: _own_rates(path, model, table) for model, table in tables.items()}


def _own_rates(path: Path, model: str, table: object) -> UnitPrices:
    if not isinstance(table, dict):
        raise PriceError(f'{path}: "{model}" must be a table with {", ".join(RATES)}')
    unknown = sorted(set(table) - set(RATES))
    if unknown:
        raise PriceError(f'{path}: ["{model}"] knows {", ".join(RATES)}, not {unknown[0]}')
    for needed in RATES[:2]:
        if needed not in table:
            raise PriceError(f'{path}: ["{model}"] lacks {needed}, in USD a million tokens')
    rates: list[object] = [table.get(rate, table["input_mtok"]) for rate in RATES]
    usd = []
    for name, rate in zip(RATES, rates, strict=True):
        if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate < 1e9:
            raise PriceError(f'{path}: ["{model}"] {name} must be a number of USD, 0 or more')
        usd.append(float(rate))
    return (usd[0], usd[1], usd[2], usd[3])
