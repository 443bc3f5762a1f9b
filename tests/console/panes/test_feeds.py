"""The feeds view: what became of every frame, what nobody saw, and what the doctor says of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agentwatch.clock import NS_PER_S
from agentwatch.console import checkup
from agentwatch.console.checkup import Checkup
from agentwatch.console.session import Session
from agentwatch.doctor import Check
from tests.console.screens import World, assert_golden, press, screen, settled, shown
from tests.terminal import HOSTILE, MARKUP, leaks

FOUND = [
    Check("sqlite", "ok", "3.40.1"),
    Check("store", "ok", "612.0 MB, WAL 4.0 MB, /var/lib/agentwatch/agentwatch.db"),
    Check("disk", "warning", "0.9 GB free", "free some, or set [store] retain_bytes"),
    Check("recorder", "ok", "pid 4112"),
    Check("feed prod", "warning", "stale", "see whether its sender runs"),
    Check("redaction", "ok", "on, 14 patterns, 3 secrets masked"),
    Check("secret prod", "skipped", "`agentwatch doctor` runs its command"),
]
VIEW = Session(view="feeds")


@pytest.fixture(autouse=True)
def doctor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup, "checks", lambda *_, **__: FOUND)


def tell(world: World, feed: str, **columns: Any) -> None:
    """Let the recorder have written these of a feed."""
    given = ", ".join(f"{name} = ?" for name in columns)
    world.connection.execute(
        f"UPDATE feeds SET {given} WHERE name = ?",  # noqa: S608 - names of our own
        (*columns.values(), feed),
    )


def gap(world: World, feed: str, since_s: float, until_s: float | None, reason: str) -> None:
    now_ns = world.clock()
    ends = None if until_s is None else now_ns - round(until_s * NS_PER_S)
    world.connection.execute(
        "INSERT INTO gaps (feed_id, since_ns, until_ns, reason) VALUES (?, ?, ?, ?)",
        (world.feeds[feed], now_ns - round(since_s * NS_PER_S), ends, reason),
    )


def troubled(path: Path) -> World:
    """Five feeds after twenty minutes, each with something else the matter."""
    world = World(path)
    for name in ("prod-us", "batch", "evals", "gateway"):
        world.feed(name)
    for minute in range(20):
        for number in range(3 + minute * 7 % 5):
            world.run(f"pay/agent-{number}")
        if minute < 18:
            world.run("us/agent", feed="prod-us")
        if minute % 2:
            world.run("b/batch", feed="batch")
        world.advance(60)
    now_ns = world.clock()
    tell(
        world,
        "prod",
        frames=424811,
        frames_stored=424790,
        frames_empty=19,
        frames_rejected=2,
        skew_s=0.004,
        last_record_ns=now_ns - 80_000_000,
        spans=610042,
        rejections=json.dumps({"bad_json": 1, "too_large": 1}),
        faults=json.dumps({"secret": 3}),
    )
    tell(
        world,
        "prod-us",
        last_frame_ns=now_ns - 95 * NS_PER_S,
        frames=1352118,
        frames_stored=1352118,
        skew_s=0.009,
    )
    tell(
        world,
        "batch",
        interval_s=10.0,
        last_frame_ns=now_ns - 4 * NS_PER_S,
        frames=43206,
        frames_stored=43200,
        frames_dropped=6,
        skew_s=5.2,
    )
    tell(
        world,
        "evals",
        state="connecting",
        reason="evals.corp:443 cannot be reached: timed out",
        last_frame_ns=now_ns - 200 * NS_PER_S,
        interval_s=30.0,
    )
    tell(world, "gateway", kind="witness", sampled=1, last_frame_ns=now_ns - NS_PER_S)
    gap(world, "prod", 620, 580, "telemetry.corp:443 closed the connection (1011)")
    gap(world, "evals", 200, None, "evals.corp:443 cut the connection")
    return world  # fmt: skip


@pytest.fixture
def world(tmp_path: Path) -> World:
    return troubled(tmp_path / "s" / "s.db")


async def seen(app: Any, pilot: Any) -> str:
    """Return the screen once the doctor has been."""
    Checkup().look(app)
    await settled(pilot)
    return screen(app)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_the_view_as_it_was_read_and_found_right(
    world: World, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with shown(world, tmp_path, size, session=VIEW) as (app, pilot):
        assert_golden(f"feeds-{size[0]}x{size[1]}", await seen(app, pilot))


async def test_the_feed_under_the_cursor_is_told_in_words(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path, session=VIEW) as (_, pilot):
        text = await press(pilot, "g")
        assert "2 frames: 1 over max_frame_bytes, 1 no JSON" in text
        text = await press(pilot, "j")
        assert "prod-us  silent for 95s, 48 times its interval" in text
        assert "6 frames came faster than this disk stores them" in await press(pilot, "j")
        assert "evals.corp:443 cannot be reached: timed out" in await press(pilot, "j")
        text = await press(pilot, "j")
        assert "witness: what an enforcement point saw" in text
        assert "limit: 10000 in the Collector's remotetap processor" in text


async def test_minutes_that_nobody_saw_are_drawn_and_never_bridged(
    world: World, tmp_path: Path
) -> None:
    async with shown(world, tmp_path, session=VIEW) as (app, _):
        rows = {line[3:11].strip(): line for line in screen(app).split("\n")}
        assert "░" in rows["prod"]
        assert rows["prod-us"].rstrip().count("░") == 1
        assert rows["evals"].count("░") == 3


async def test_records_a_second_follow_what_comes(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path, session=VIEW) as (app, pilot):
        for number in range(120):
            world.run(f"pay/agent-{number % 5}")
        world.advance(13)
        await settled(pilot)
        row = next(line for line in screen(app).split("\n") if line[3:8] == "prod ")
        assert row[2:].split()[3] == "2"


async def test_while_nobody_records_no_feed_looks_alive(world: World, tmp_path: Path) -> None:
    world.clock.advance(60)
    async with shown(world, tmp_path, session=VIEW) as (app, pilot):
        await settled(pilot)
        pane: Any = app.pane
        for feed in pane.table.items:
            cells = pane._row(feed).cells
            assert cells["rate"][0] == "-"
            assert cells["feed"][1] == cells["last"][1] == "stale"
        assert "nobody records" in screen(app)


async def test_a_filter_and_a_sort_work_on_feeds(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path, session=VIEW) as (app, pilot):
        app.pane.apply_filter("dropped>0")
        await settled(pilot)
        assert [feed.name for feed in app.pane.table.items] == ["batch"]
        app.pane.apply_filter("")
        app.pane.table.sorted_by = "frames"
        await settled(pilot)
        app.want()
        await settled(pilot)
        assert next(feed.name for feed in app.pane.table.items) == "prod-us"


async def test_tab_gives_the_keys_to_the_doctor_and_its_remedy_can_be_copied(
    world: World, tmp_path: Path
) -> None:
    async with shown(world, tmp_path, (80, 24), session=VIEW) as (app, pilot):
        await seen(app, pilot)
        assert app.pane.copies()[0] == ("feed", "prod")
        text = await press(pilot, "tab", "j")
        assert "→ free some" in [line for line in text.split("\n") if line.startswith("▌")][-1]
        assert app.pane.copies() == [("remedy", "free some, or set [store] retain_bytes")]


async def test_a_view_without_feeds_says_what_to_do(tmp_path: Path) -> None:
    world = World(tmp_path / "s" / "s.db")
    world.connection.execute("DELETE FROM feeds")
    async with shown(world, tmp_path, session=VIEW) as (app, _):
        assert "agentwatch config init" in screen(app)


async def test_evidence_holds_feeds_and_findings_as_plain_values(
    world: World, tmp_path: Path
) -> None:
    async with shown(world, tmp_path, session=VIEW) as (app, pilot):
        await seen(app, pilot)
        facts = json.loads(json.dumps(app.pane.facts()))
        assert facts[0]["rejections"] == {"bad_json": 1, "too_large": 1}
        assert facts[-1]["text"] == "`agentwatch doctor` runs its command"


async def test_a_look_with_nothing_new_draws_nothing(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path, session=VIEW) as (app, pilot):
        await seen(app, pilot)
        drawn: list[Any] = []
        pane: Any = app.pane
        for canvas in (pane._table, pane._about, pane._facts, pane._doctor, pane._checks):
            canvas._dirty = lambda *what: drawn.append(what)
        world.beat()
        await settled(pilot)
        assert drawn == []


@pytest.mark.parametrize("hostile", [*HOSTILE[::7], *MARKUP])
async def test_hostile_text_in_every_field_stays_text(tmp_path: Path, hostile: str) -> None:
    text = hostile.encode("utf-8", "replace").decode()
    world = World(tmp_path / "s" / "s.db")
    tell(
        world,
        "prod",
        name=text,
        url=text,
        reason=text,
        kind=text,
        clock="wall",
        frames_rejected=1,
        rejections=json.dumps({text: 1}),
        faults=json.dumps({text: 2}),
    )
    gap(world, "prod", 20, None, text)
    async with shown(world, tmp_path, session=VIEW) as (app, pilot):
        pane: Any = app.pane
        pane.show_doctor([Check(text, "warning", text, text)], world.clock())
        await settled(pilot)
        assert leaks(screen(app)) == []  # fmt: skip
