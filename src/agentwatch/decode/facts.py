"""In: a span's attributes. Out: its Facts and its reported cost: what OpenTelemetry lacks."""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from functools import lru_cache
from typing import Any, Final, Literal, cast

import msgspec

from agentwatch.decode.dialects.reading import text
from agentwatch.decode.sources import RETRIEVALS, Source, parsed, read_source
from agentwatch.model import Attributes, EffectKind, Facts, Value

_GROUNDING = frozenset(
    {
        "agentwatch.data_source.last_updated", "agentwatch.data_source.version",
        "gen_ai.retrieval.documents",
    }
)  # fmt: skip
_EFFECT = frozenset(
    {
        "agentwatch.effect", "agentwatch.effect.amount", "agentwatch.effect.unit",
        "agentwatch.effect.target", "agentwatch.effect.key",
    }
)  # fmt: skip
_ACCESS = frozenset(
    {
        "server.address", "http.request.body.size", "agentwatch.data_class",
        "agentwatch.scopes.granted", "agentwatch.scopes.used", "agentwatch.identity.id",
        "user.id", "enduser.id", "traceloop.association.properties.user_id",
    }
)  # fmt: skip
_INPUTS = frozenset(
    {
        "agentwatch.prompt.id", "agentwatch.prompt.version", "agentwatch.prompt.hash",
        "agentwatch.approval.id", "agentwatch.cache.hit", "agentwatch.cache.ttl",
        "gen_ai.system_instructions", "gen_ai.tool.definitions",
    }
)  # fmt: skip
_RUN = frozenset(
    {
        "agentwatch.task.id", "agentwatch.run.mode", "gen_ai.response.id", "ai.response.id",
        "gen_ai.response.time_to_first_chunk",
    }
)  # fmt: skip
FACT_KEYS: Final = _GROUNDING | _EFFECT | _ACCESS | _INPUTS | _RUN
COST_KEYS: Final = frozenset(
    {
        "agentwatch.cost.usd", "gen_ai.usage.cost", "llm.cost.total", "cost_usd",
        "gen_ai.usage.input_cost", "gen_ai.usage.output_cost",
        "llm.cost.prompt", "llm.cost.completion",
    }
)  # fmt: skip

_WHOLE_COSTS = (
    "agentwatch.cost.usd",
    "gen_ai.usage.cost",
    "llm.cost.total",
    "cost_usd",
)
_SPLIT_COSTS = (
    ("gen_ai.usage.input_cost", "gen_ai.usage.output_cost"),
    ("llm.cost.prompt", "llm.cost.completion"),
)
_EFFECTS = frozenset({"none", "reversible", "compensable", "irreversible"})
_MODES = frozenset({"interactive", "autonomous", "asynchronous"})
_MAX_USD = 1e9
_CACHED_CHARACTERS = 1 << 14
_VOLATILE = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?"
    r"|\b\d\d:\d\d(?::\d\d)?\b"
    r"|\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b"
    r"|\b[0-9a-fA-F]{16,64}\b"
    r"|\b\d{6,}\b"
)


def read_facts(
    attributes: Attributes, operation: str, tool: str | None, faults: Counter[str]
) -> tuple[Facts | None, str | None]:
    """Return the span's facts, None without any, and the data source that it read."""
    retrieves = operation in RETRIEVALS
    escalates = tool is not None and tool.startswith("transfer_to_human")
    given = FACT_KEYS.intersection(attributes)
    if not given and not retrieves and not escalates:
        return None, None
    found: dict[str, Any] = {"outcome": "escalated"} if escalates else {}
    source = Source()
    if retrieves or "agentwatch.data_source.last_updated" in given:
        source = read_source(attributes)
    if retrieves or not given.isdisjoint(_GROUNDING):
        found |= _grounding(attributes, source)
    for keys, read in _READERS:
        if not given.isdisjoint(keys):
            found |= read(attributes, faults)
    facts = Facts(**found)
    return (None if facts == _NO_FACTS else facts), source.id


def reported_cost_usd_micros(attributes: Attributes, faults: Counter[str]) -> int | None:
    """Return the cost as the exporter states it, whole or as input plus output."""
    if COST_KEYS.isdisjoint(attributes):
        return None
    for key in _WHOLE_COSTS:
        if key in attributes:
            return _micros(attributes[key], faults)
    for pair in _SPLIT_COSTS:
        parts = [_micros(attributes[key], faults) for key in pair if key in attributes]
        known = [part for part in parts if part is not None]
        if known:
            return sum(known)
    return None


def prompt_hash(prompt: Value) -> str | None:
    """Return the hash of a system prompt with its times and ids left out."""
    if not prompt:
        return None
    written = prompt if isinstance(prompt, str) else msgspec.json.encode(prompt).decode()
    if len(written) > _CACHED_CHARACTERS:
        return _hash_of_prompt(written)
    return _remembered_hash(written)


def _hash_of_prompt(prompt: str) -> str:
    return _hash(_VOLATILE.sub("#", prompt).encode("utf-8", "replace"))


@lru_cache(maxsize=256)
def _remembered_hash(prompt: str) -> str:
    """The same prompt comes with every call of an agent."""
    return _hash_of_prompt(prompt)


def _hash(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _grounding(attributes: Attributes, source: Source) -> dict[str, Any]:
    return {
        "data_source_version": source.version or text(attributes, "agentwatch.data_source.version"),
        "data_source_as_of_ns": source.as_of_ns,
        "documents_hash": _documents_hash(attributes.get("gen_ai.retrieval.documents")),
    }


def _documents_hash(documents: Value) -> str | None:
    """Return the hash of what was retrieved: each document's id, score and content."""
    listed = parsed(documents) if isinstance(documents, str) else documents
    if not isinstance(listed, list) or not listed:
        return None
    shapes = [
        [document.get("id"), document.get("score"), document.get("content")]
        if isinstance(document, dict)
        else document
        for document in listed
    ]
    return _hash(msgspec.json.encode(shapes))


def _effect(attributes: Attributes, faults: Counter[str]) -> dict[str, Any]:
    effect = text(attributes, "agentwatch.effect")
    if effect is not None and effect not in _EFFECTS:
        faults["bad_fact"] += 1
        effect = None
    return {
        "effect": cast("EffectKind | None", effect),
        "effect_amount": _number(attributes.get("agentwatch.effect.amount")),
        "effect_unit": text(attributes, "agentwatch.effect.unit"),
        "effect_target": text(attributes, "agentwatch.effect.target"),
        "effect_key": text(attributes, "agentwatch.effect.key"),
    }


def _access(attributes: Attributes, faults: Counter[str]) -> dict[str, Any]:
    size = attributes.get("http.request.body.size")
    if size is not None and not (type(size) is int and size >= 0):
        faults["bad_fact"] += 1
        size = None
    return {
        "server_address": text(attributes, "server.address"),
        "request_bytes": size,
        "data_class": text(attributes, "agentwatch.data_class"),
        "scopes_granted": _scopes(attributes.get("agentwatch.scopes.granted")),
        "scopes_used": _scopes(attributes.get("agentwatch.scopes.used")),
        "identity_id": text(attributes, "agentwatch.identity.id"),
        "user_id": text(
            attributes,
            "user.id",
            "enduser.id",
            "traceloop.association.properties.user_id",
        ),
    }


def _inputs(attributes: Attributes, faults: Counter[str]) -> dict[str, Any]:
    hit = attributes.get("agentwatch.cache.hit")
    tools = attributes.get("gen_ai.tool.definitions")
    return {
        "prompt_id": text(attributes, "agentwatch.prompt.id"),
        "prompt_version": text(attributes, "agentwatch.prompt.version"),
        "prompt_hash": text(attributes, "agentwatch.prompt.hash")
        or prompt_hash(attributes.get("gen_ai.system_instructions")),
        "tool_definitions_hash": _hash(
            tools.encode("utf-8", "replace")
            if isinstance(tools, str)
            else msgspec.json.encode(tools)
        )
        if tools
        else None,
        "approval_id": text(attributes, "agentwatch.approval.id"),
        "cache_hit": hit if isinstance(hit, bool) else None,
        "cache_ttl_s": _number(attributes.get("agentwatch.cache.ttl")),
    }


def _run(attributes: Attributes, faults: Counter[str]) -> dict[str, Any]:
    return {
        "task_id": text(attributes, "agentwatch.task.id"),
        "mode": _mode(attributes, faults),
        "response_id": text(attributes, "gen_ai.response.id", "ai.response.id"),
        "time_to_first_chunk_s": _number(attributes.get("gen_ai.response.time_to_first_chunk")),
    }


def _mode(
    attributes: Attributes, faults: Counter[str]
) -> Literal["interactive", "autonomous", "asynchronous"] | None:
    mode = text(attributes, "agentwatch.run.mode")
    if mode is None or mode in _MODES:
        return cast('Literal["interactive", "autonomous", "asynchronous"] | None', mode)
    faults["bad_fact"] += 1
    return None


def _scopes(value: Value) -> tuple[str, ...]:
    """Return scopes that came as a list, or as one text with spaces between as OAuth has it."""
    if isinstance(value, str):
        return tuple(value.split())
    if isinstance(value, list):
        return tuple(item for item in value if isinstance(item, str))
    return ()


def _number(value: Value) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)


def _micros(value: Value, faults: Counter[str]) -> int | None:
    """Return dollars as micro-dollars; None, counted, for what is no amount."""
    usd = _number(value)
    if usd is None or not math.isfinite(usd) or not 0 <= usd <= _MAX_USD:
        faults["bad_cost"] += 1
        return None
    return round(usd * 1_000_000)


_NO_FACTS: Final = Facts()
_READERS: Final = ((_EFFECT, _effect), (_ACCESS, _access), (_INPUTS, _inputs), (_RUN, _run))
