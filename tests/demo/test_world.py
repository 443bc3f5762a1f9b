"""The demo world gives addresses that are alive at once, and refuses nonsense in one sentence."""

import asyncio

import pytest
from websockets.asyncio.client import connect

from agentwatch.decode import decode
from agentwatch.demo.world import SCENARIOS, DemoError, demo_world, load


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_feed_sends_running_work_at_once(scenario: str) -> None:
    async def scene() -> dict[str, int]:
        running: dict[str, int] = {}
        async with demo_world(scenario, seed=None, speed=10.0) as feeds:
            for name, url in feeds:
                async with asyncio.timeout(20), connect(url) as client:
                    frames = [await client.recv(decode=False) for _ in range(12)]
                spans = [span for frame in frames for span in decode(frame).spans]
                running[name] = sum(span.state == "running" for span in spans)
        return running

    running = asyncio.run(scene())
    assert set(running) == {"prod-eu", "prod-us", "batch"}
    assert all(running.values())


def test_another_seed_is_generated() -> None:
    assert load("calm", 99)["batch"].documents != load("calm", None)["batch"].documents


@pytest.mark.parametrize(
    ("scenario", "speed", "words"), [("clam", 1.0, "'calm'"), ("calm", 0.0, "over 0")]
)
def test_nonsense_is_refused(scenario: str, speed: float, words: str) -> None:
    async def scene() -> None:
        async with demo_world(scenario, None, speed):
            pass

    with pytest.raises(DemoError, match=words):
        asyncio.run(scene())
