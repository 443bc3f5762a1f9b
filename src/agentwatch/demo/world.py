"""A scenario, a seed and a speed in, the addresses of a living demo world out."""

from __future__ import annotations

import difflib
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from agentwatch.clock import NS_PER_S, Clock, now_ns
from agentwatch.demo.generate import BASE_NS, RECORDING_S, generate
from agentwatch.demo.samples import SAMPLE_SEED, read_samples
from agentwatch.demo.scenarios import DEFAULT_SCENARIO, SCENARIOS, STORIES, DemoError
from agentwatch.demo.server import Recording, serve_feeds

__all__ = ["DEFAULT_SCENARIO", "SAMPLE_SEED", "SCENARIOS", "DemoError", "demo_world"]


@asynccontextmanager
async def demo_world(
    scenario: str | None = None,
    seed: int | None = None,
    speed: float = 1.0,
    clock: Clock = now_ns,
) -> AsyncIterator[list[tuple[str, str]]]:
    """Run the feeds of a scenario on loopback; yield (feed name, `ws://` address) for each.

    No seed, or the samples' own: the recorded sample feeds, which need no generating. A
    recording goes on from its beginning when it ends. DemoError: unknown scenario, bad speed.
    """
    if not (math.isfinite(speed) and speed > 0):
        raise DemoError(f"demo speed {speed} is not a number over 0; 1 is as fast as life")
    recordings = load(DEFAULT_SCENARIO if scenario is None else scenario, seed)
    async with serve_feeds(recordings, speed, clock) as feeds:
        yield list(feeds.items())


def load(scenario: str, seed: int | None) -> dict[str, Recording]:
    """Return each feed's recording: the sample where it fits, else generated now."""
    if scenario not in STORIES:
        near = difflib.get_close_matches(scenario, STORIES, n=1, cutoff=0.4)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(STORIES)}"
        raise DemoError(f"no demo scenario {scenario!r}; {hint}")
    samples = read_samples(scenario) if seed in (None, SAMPLE_SEED) else None
    lap_s = RECORDING_S if samples is None else STORIES[scenario].sample_s
    if samples is None:
        samples = generate(scenario, SAMPLE_SEED if seed is None else seed, lap_s)
    lap_ns = round(lap_s * NS_PER_S)
    return {name: Recording(tuple(rows), BASE_NS, lap_ns) for name, rows in samples.items()}
