"""The order of the dialects: the first that matches reads the span."""

from __future__ import annotations

from collections import Counter

import pytest

from agentwatch.decode.dialects import DIALECTS, read_dialect


def test_the_order_is_the_documented_one() -> None:
    assert [dialect.NAME for dialect in DIALECTS] == [
        "gen_ai", "gen_ai_old", "openinference", "traceloop", "vercel", "logfire", "coding_agent"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("keys", "name"),
    [
        (("gen_ai.provider.name", "openinference.span.kind"), "gen_ai"),
        (("gen_ai.system", "traceloop.span.kind"), "gen_ai_old"),
        (("openinference.span.kind", "ai.operationId"), "openinference"),
        (("ai.operationId", "logfire.msg"), "vercel"),
        (("http.method",), "none"),
    ],
)
def test_the_first_match_wins(keys: tuple[str, ...], name: str) -> None:
    assert read_dialect(dict.fromkeys(keys, "x"), "work", Counter())[0] == name
