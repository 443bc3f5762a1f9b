"""A look brings news to the pane that is seen, fails in its place, and goes on."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agentwatch.console.flush import NO_STATUS, Flush
from tests.console.screens import World


class Seen:
    """What a flush needs of a pane, remembering what it was given."""

    def __init__(self, ask: Callable[[Any], Any] | None = None) -> None:
        self.now_ns = 0
        self.asked: list[int] = []
        self.told: list[Any] = []
        self.ask = ask or (lambda store: store.execute("SELECT count(*) FROM spans").fetchone()[0])

    def question(self, now_ns: int) -> Callable[[Any], Any]:
        self.asked.append(now_ns)
        return self.ask

    def take(self, answer: Any) -> None:
        self.told.append(answer)

    def fail(self, error: Exception) -> None:
        self.told.append(f"{type(error).__name__}: {error}")

    def lack(self, error: Exception) -> None:
        self.told.append(f"lacks: {error}")

    def tick(self) -> None:
        self.told.append("tick")


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path / "s.db")
    made.run("shop/refund-01")
    return made


class Looker:
    """A flush over a world, and the pane that is seen."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.flush = Flush(world.path)
        self.pane = Seen()

    async def look(self) -> Any:
        """Return what the pane was told."""
        self.pane.told.clear()
        await self.flush.look(self.pane, self.world.clock())  # type: ignore[arg-type]
        return self.pane.told


async def test_a_question_is_answered_when_there_is_news_and_not_else(world: World) -> None:
    looker = Looker(world)
    assert await looker.look() == [1]
    assert await looker.look() == ["tick"]
    world.run("shop/refund-01")
    assert await looker.look() == [2]
    looker.flush.want()
    assert await looker.look() == [2]
    looker.flush.source.close()


async def test_the_status_comes_with_the_answer(world: World) -> None:
    looker = Looker(world)
    assert looker.flush.status is NO_STATUS
    await looker.look()
    assert [feed.name for feed in looker.flush.status.feeds] == ["prod"]
    assert looker.flush.status.beat_ns == world.clock()
    looker.flush.source.close()


async def test_frozen_holds_the_time_and_counts_what_comes(world: World) -> None:
    looker = Looker(world)
    await looker.look()
    frozen_ns = world.clock()
    looker.flush.freeze(frozen_ns)
    await looker.look()
    world.advance(30)
    world.run("shop/refund-01")
    world.run("shop/refund-02")
    assert await looker.look() == ["tick"]
    assert (looker.flush.missed, looker.pane.now_ns) == (2, frozen_ns)
    looker.flush.freeze(world.clock())
    assert await looker.look() == [3]
    assert (looker.flush.missed, looker.pane.now_ns) == (0, world.clock())
    looker.flush.source.close()


async def test_a_question_that_raises_is_told_and_the_next_news_are_answered(world: World) -> None:
    looker = Looker(world)
    good = looker.pane.ask
    looker.pane.ask = lambda store: 1 / 0
    assert await looker.look() == ["ZeroDivisionError: division by zero"]
    assert [feed.name for feed in looker.flush.status.feeds] == ["prod"]
    looker.pane.ask = good
    world.run("shop/refund-01")
    assert await looker.look() == [2]
    looker.flush.source.close()


async def test_a_pane_that_cannot_even_ask_is_told_so(world: World) -> None:
    looker = Looker(world)
    lost: dict[str, Any] = {}
    looker.pane.question = lambda now_ns: lost["lost"]  # type: ignore[method-assign]
    assert await looker.look() == ["KeyError: 'lost'"]
    looker.flush.source.close()


async def test_a_store_that_could_not_be_read_is_asked_again_without_news(world: World) -> None:
    looker = Looker(world)
    assert await looker.look() == [1]
    kept = looker.flush.source._reader
    looker.flush.source._reader = Broken()  # type: ignore[assignment]
    (said,) = await looker.look()
    assert said.startswith("StoreError: ") and "disk I/O error" in said
    assert await looker.look() == [1]
    assert await looker.look() == ["tick"]
    looker.flush.source.close()
    assert kept is not None


class Broken:
    """A reader whose disk has failed."""

    def changes(self) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    def close(self) -> None:
        return


async def test_a_missing_store_is_no_fault_and_is_found_when_it_comes(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    flush, pane = Flush(path), Seen()
    await flush.look(pane, 1)  # type: ignore[arg-type]
    assert pane.told == [f"lacks: There is no store at {path}; `agentwatch record` makes one."]
    World(path).run("shop/refund-01")
    await flush.look(pane, 1)  # type: ignore[arg-type]
    assert pane.told[1:] == [1]
    flush.source.close()


async def test_a_pane_that_comes_to_the_screen_during_a_look_has_its_answer_too(
    world: World,
) -> None:
    looker, began, go = Looker(world), threading.Event(), threading.Event()

    def slow(store: Any) -> str:
        began.set()
        go.wait(10)
        return "slow"

    looker.pane.ask = slow
    other = Seen()
    async with asyncio.TaskGroup() as group:
        group.create_task(looker.look())
        await asyncio.to_thread(began.wait, 10)
        looker.flush.want()
        await looker.flush.look(other, world.clock())  # type: ignore[arg-type]
        assert other.told == []
        go.set()
    assert looker.pane.told == ["slow"]
    assert other.told == [1]
    looker.flush.source.close()


async def test_the_rate_is_of_the_last_seconds_and_forgets_the_others(world: World) -> None:
    looker = Looker(world)
    assert looker.flush.rate(world.clock()) == 0.0
    for _ in range(20):
        await looker.look()
        world.advance(1)
        world.write(*(world.span("shop/refund-01") for _ in range(10)))
    await looker.look()
    assert looker.flush.rate(world.clock()) == 10.0
    assert len(looker.flush._rates) < 9
    world.advance(60)
    assert looker.flush.rate(world.clock()) < 1.0
    looker.flush.source.close()
