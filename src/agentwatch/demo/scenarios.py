"""A scenario's name in, what goes wrong in it and when out."""

from __future__ import annotations

from dataclasses import dataclass


class DemoError(Exception):
    """The demo cannot start as asked; the text is one sentence for the user."""


@dataclass(frozen=True)
class Story:
    """The faults of one scenario; seconds count from the start of the recording.

    `stale_source` (agent, data source, old version, extra age in s) is in force throughout;
    `loops` (agent, from s); `errors` (agent, from s, until s); `silent` (feed, from s).
    """

    about: str
    sample_s: float
    """How much of it the sample feeds hold, so that all of them stay under 5 MB."""
    stale_source: tuple[str, str, str, float] | None = None
    loops: tuple[str, float] | None = None
    errors: tuple[str, float, float] | None = None
    silent: tuple[str, float] | None = None


STORIES: dict[str, Story] = {
    "calm": Story(
        "an ordinary shift: 48 agents at work, a stray error, nothing to do", sample_s=50.0
    ),
    "superseded-price-list": Story(
        "refunds go out on a superseded price list while another agent loops, "
        "one bursts with errors and a feed falls silent",
        sample_s=100.0,
        stale_source=("refund-desk-eu-03", "price-lists", "v56", 112_000.0),
        loops=("invoice-clerk-eu-02", -6.0),
        errors=("order-tracker-eu-02", 12.0, 50.0),
        silent=("prod-us", 60.0),
    ),
}

SCENARIOS: dict[str, str] = {name: story.about for name, story in STORIES.items()}

DEFAULT_SCENARIO = "superseded-price-list"
