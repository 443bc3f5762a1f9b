"""In: a span's attributes and name. Out: the dialect it speaks and what that dialect reads."""

from __future__ import annotations

from collections import Counter

from agentwatch.decode.dialects import (
    coding_agent,
    gen_ai,
    gen_ai_old,
    logfire,
    openinference,
    traceloop,
    vercel,
)
from agentwatch.decode.dialects.reading import Reading
from agentwatch.model import Attributes, Dialect

DIALECTS = (gen_ai, gen_ai_old, openinference, traceloop, vercel, logfire, coding_agent)
"""Reading order is matching order: the first that matches reads the span."""


def read_dialect(
    attributes: Attributes, name: str, faults: Counter[str]
) -> tuple[Dialect, Reading]:
    """Return the first dialect that matches, with what it reads; `none` reads nothing."""
    for dialect in DIALECTS:
        if dialect.matches(attributes, name):
            return dialect.NAME, dialect.read(attributes, name, faults)
    return "none", Reading()
