"""View 3: runs grow while they are in flight, spans come when they have ended."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentwatch.console.glyphs import ASCII
from agentwatch.console.look import Look
from agentwatch.console.themes import bundled, load
from agentwatch.filters import FilterError
from agentwatch.model import RuleEvaluated
from tests.console.busy import below, busy, chat, consulted, root, tell, tool, waits
from tests.console.screens import World, assert_golden, line_of, press, screen, settled, shown

HOSTILE = "\x1b]0;owned\x07\x1b[2J[/]\u202eexe\u200b\x00\n[bold]\u3164" * 3
SIZES = [(80, 24), (120, 40), (200, 60)]


def store(folder: Path) -> Path:
    return folder / "s" / "store.db"


@pytest.mark.parametrize("size", SIZES)
async def test_runs_and_spans_stand_as_they_were_read_and_found_right(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with shown(busy(store(tmp_path)), tmp_path, size) as (_, pilot):
        text = await press(pilot, "3")
        assert_golden(f"activity-{size[0]}x{size[1]}", text)


async def test_a_terminal_without_utf8_sees_the_same(tmp_path: Path) -> None:
    look = Look(load(bundled("night")), ASCII)
    async with shown(busy(store(tmp_path)), tmp_path, look=look) as (_, pilot):
        text = await press(pilot, "3")
        assert text.isascii()
        assert_golden("activity-120x40-ascii", text)


async def test_a_run_grows_until_it_ends_and_then_its_spans_are_below(tmp_path: Path) -> None:
    world = World(store(tmp_path))
    run = root(world, "refund", 0.5)
    world.write(run)
    async with shown(world, tmp_path) as (app, pilot):
        assert "━━▸" in await press(pilot, "3")
        world.advance(4)
        world.write(below(world, run, 0, **chat("decide")))
        await settled(pilot)
        text = screen(app)
        assert "━━━━━━▸" in text
        assert "chat llm-s-1  decide" in text
        ended = root(world, "refund", 5, span_id=run.span_id, state="ok", end_ns=world.clock())
        world.write(world.span("refund", **fields(ended, run.trace_id)))
        await settled(pilot)
        assert "no run is in flight" in screen(app)
        assert "agent     run" in screen(app)


def fields(span: object, trace_id: str) -> dict[str, object]:
    given = {name: getattr(span, name) for name in span.__struct_fields__}  # type: ignore[attr-defined]
    return given | {"trace_id": trace_id}


async def test_an_idle_screen_stands_still_but_for_what_grows(tmp_path: Path) -> None:
    world = busy(store(tmp_path))
    async with shown(world, tmp_path) as (app, pilot):
        before = (await press(pilot, "3")).split("\n")
        world.advance(1)
        await settled(pilot)
        after = screen(app).split("\n")
        changed = [line for old, line in zip(before, after, strict=True) if old != line]
        assert all("▸" in line for line in changed), changed


async def test_enter_on_a_run_goes_to_the_runs_of_its_agent(tmp_path: Path) -> None:
    async with shown(busy(store(tmp_path)), tmp_path) as (app, pilot):
        await press(pilot, "3", "j", "enter")
        assert (app.trail.here.view, app.trail.here.subject) == ("runs", "refund-bot-02")
        await press(pilot, "escape")
        assert app.trail.here.view == "activity"


async def test_a_fold_opens_and_closes(tmp_path: Path) -> None:
    async with shown(busy(store(tmp_path)), tmp_path) as (app, pilot):
        folded = await press(pilot, "3", "G")
        assert "price-quoter-01" not in folded.split("─ SPANS")[0]
        opened = await press(pilot, "enter")
        assert "price-quoter-01" in opened.split("─ SPANS")[0]
        assert line_of(opened, "l fold") < line_of(opened, "price-quoter-01")
        await press(pilot, "minus")
        assert "l unfold" in screen(app)


async def test_runs_that_nothing_is_heard_of_any_more_fold_too(tmp_path: Path) -> None:
    world = World(store(tmp_path))
    world.write(root(world, "a", 3), root(world, "b", 4))
    world.connection.execute("UPDATE agents SET interval_s = 2.0")
    world.advance(700)
    async with shown(world, tmp_path) as (_, pilot):
        text = await press(pilot, "3")
        assert "2 runs" in text
        assert "silent for over 10 minutes; end unseen" in text
        assert "2 silent, end unseen" in text


async def test_a_filter_sees_into_folds_and_works_on_both_parts(tmp_path: Path) -> None:
    async with shown(busy(store(tmp_path)), tmp_path) as (app, pilot):
        await press(pilot, "3")
        app.pane.apply_filter("agent:price-quoter-02")
        await settled(pilot)
        runs, spans = screen(app).split("─ SPANS")
        assert "price-quoter-02" in runs
        assert "refund-bot-02" not in runs + spans
        assert "prod-us: nobody sees it" in spans


async def test_a_part_that_lacks_a_key_is_left_as_it_is_and_says_so(tmp_path: Path) -> None:
    async with shown(busy(store(tmp_path)), tmp_path) as (app, pilot):
        await press(pilot, "3")
        app.pane.apply_filter("tool:pay.refund")
        await settled(pilot)
        runs, spans = screen(app).split("─ SPANS")
        assert "what only spans have: runs stand unfiltered" in spans
        assert "triage-01" in runs
        assert "triage-01" not in spans
        app.pane.apply_filter("state:waiting mode:x | spans>1")
        await settled(pilot)
        assert "what only runs have: spans stand unfiltered" in screen(app)
        with pytest.raises(FilterError, match="nonsense"):
            app.pane.apply_filter("nonsense:1")
        assert app.pane.filter_text == "state:waiting mode:x | spans>1"


async def test_rows_are_sorted_by_a_column_and_folds_stay_last(tmp_path: Path) -> None:
    async with shown(busy(store(tmp_path)), tmp_path) as (app, pilot):
        await press(pilot, "3")
        app.pane.table.sorted_by = "agent"
        app.want()
        await settled(pilot)
        lines = [
            line_of(screen(app), name) for name in ("invoice", "kyc", "refund-bot-01", "~ prod")
        ]
        assert lines == sorted(lines)


async def test_a_run_and_its_agent_are_offered_to_copy_whole(tmp_path: Path) -> None:
    async with shown(busy(store(tmp_path)), tmp_path) as (app, pilot):
        await press(pilot, "3")
        copies = dict(app.pane.copies())
        assert copies["agent"] == "invoice-matcher-04"
        assert len(copies["run"]) == 32
        assert len(app.pane.facts()) > 10


async def test_an_empty_store_says_why_there_is_nothing(tmp_path: Path) -> None:
    async with shown(World(store(tmp_path)), tmp_path) as (_, pilot):
        text = await press(pilot, "3")
        assert "no run is in flight" in text
        assert "nothing has ended yet" in text


async def test_a_damaged_store_says_so_in_place(tmp_path: Path) -> None:
    world = busy(store(tmp_path))
    async with shown(world, tmp_path) as (app, pilot):
        world.connection.execute("UPDATE spans SET detail = x'c1'")
        await press(pilot, "3")
        assert "is damaged" in screen(app)


async def test_hostile_text_in_every_field_stays_one_harmless_line(tmp_path: Path) -> None:
    world = World(store(tmp_path))
    world.feed(HOSTILE)
    open_run = root(world, HOSTILE, 3, name=HOSTILE)
    world.write(open_run, below(world, open_run, 2, **tool(HOSTILE, HOSTILE)), feed=HOSTILE)
    asks = root(world, f"{HOSTILE}2", 9)
    world.write(asks)
    tell(world, waits(asks, HOSTILE, world.clock()))
    world.run(
        HOSTILE, state="error", error_type=HOSTILE, status_message=HOSTILE, version=HOSTILE,
        **tool(HOSTILE),
    )  # fmt: skip
    world.run(HOSTILE, **chat(HOSTILE, HOSTILE))
    world.run(HOSTILE, operation=HOSTILE, name=HOSTILE, request_model=None)
    rule = RuleEvaluated(rule_id=HOSTILE, version=HOSTILE, outcome=HOSTILE, inputs=HOSTILE)
    tell(world, consulted(asks, world.clock(), rule))
    gap = (world.feeds[HOSTILE], world.clock())
    world.connection.execute(
        "INSERT INTO gaps (feed_id, since_ns, until_ns, reason) VALUES (?, ?, NULL, '')", gap
    )
    for size in SIZES:
        async with shown(world, tmp_path, size) as (_, pilot):
            text = await press(pilot, "3")
            assert len(text.split("\n")) == size[1] + 1
            assert all(char == "\n" or char.isprintable() for char in text)
            assert "‹U+202E›" in text or size[0] < 120
            assert "Error" not in text
