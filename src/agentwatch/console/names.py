"""Keys of agents in, the shortest names that still tell them apart out. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable


def short_names(keys: Iterable[str]) -> dict[str, str]:
    """Return each key's shortest unique tail of `/` parts: `payments/refund-03` → `refund-03`."""
    keys = list(keys)
    tails = Counter(tail for key in keys for tail in _tails(key))
    return {key: next((tail for tail in _tails(key) if tails[tail] == 1), key) for key in keys}


def _tails(key: str) -> list[str]:
    parts = key.split("/")
    return ["/".join(parts[at:]) for at in range(len(parts) - 1, -1, -1)]
