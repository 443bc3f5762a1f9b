"""The store is read on a thread of its own, whole questions at a time, whatever befalls it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from agentwatch.console.source import Source
from agentwatch.store.schema import StoreError, StoreMissing, StoreOlder
from tests.console.screens import World


def count(connection: Any, _: Any = None) -> int:
    return int(connection.execute("SELECT count(*) FROM spans").fetchone()[0])


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path / "s.db")
    made.run("shop/refund-01")
    return made


async def test_a_question_sees_one_moment_however_many_statements_it_is(world: World) -> None:
    source = Source(world.path)

    def twice(connection: Any, _: Any) -> tuple[int, int]:
        before = count(connection)
        world_2 = sqlite3.connect(world.path)
        world_2.execute("DELETE FROM spans")
        world_2.commit()
        world_2.close()
        return before, count(connection)

    assert await source.ask(twice) == (1, 1)
    assert await source.ask(count) == 0
    source.close()


async def test_the_version_differs_where_another_has_written_and_only_there(world: World) -> None:
    source = Source(world.path)
    versions = [await source.ask(lambda _, version: version) for _ in range(2)]
    world.run("shop/refund-01")
    versions.append(await source.ask(lambda _, version: version))
    assert versions[0] == versions[1] != versions[2]
    source.close()


async def test_nothing_can_be_written_through_it(world: World) -> None:
    source = Source(world.path)
    with pytest.raises(StoreError, match="may not write"):
        await source.ask(lambda connection, _: connection.execute("DELETE FROM spans"))
    assert await source.ask(count) == 1
    source.close()


async def test_a_store_that_is_not_there_yet_is_found_when_it_comes(tmp_path: Path) -> None:
    source = Source(tmp_path / "s.db")
    with pytest.raises(StoreMissing):
        await source.ask(count)
    World(tmp_path / "s.db").run("shop/refund-01")
    assert await source.ask(count) == 1
    source.close()


async def test_an_older_store_is_refused_until_it_is_renewed(world: World) -> None:
    version = world.connection.execute("PRAGMA user_version").fetchone()[0]
    world.connection.execute("PRAGMA user_version = 1")
    source = Source(world.path)
    with pytest.raises(StoreOlder):
        await source.ask(count)
    world.connection.execute(f"PRAGMA user_version = {version}")
    assert await source.ask(count) == 1
    source.close()


async def test_a_question_that_fails_leaves_the_connection_usable(world: World) -> None:
    source = Source(world.path)
    with pytest.raises(ZeroDivisionError):
        await source.ask(lambda connection, _: 1 / 0)
    assert await source.ask(count) == 1
    source.close()


def test_closing_what_was_never_opened_is_no_fault(tmp_path: Path) -> None:
    Source(tmp_path / "s.db").close()
