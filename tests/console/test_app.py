"""The console as its reader has it: it starts, says what is wrong, survives, and ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual import events

from agentwatch.config import Config
from agentwatch.console import keymap, session
from agentwatch.console.app import Console
from agentwatch.console.panes.fleet import FleetPane
from agentwatch.console.session import Session, ViewState
from tests.console.screens import World, line_of, press, screen, settled, shown


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path / "s" / "s.db")
    for number in range(30):
        made.run(f"shop/agent-{number:02}")
    return made


def first_line(text: str) -> str:
    return text.split("\n")[0]


def fleet(text: str) -> str:
    """Return what stands in the fleet's table, beside the agent's card, without any blank."""
    return "".join("".join(line.split("│")[0].split()) for line in text.split("\n"))


def squeezed(text: str) -> str:
    return "".join(text.split())


def agent(app: Console) -> str:
    """Return the agent under the cursor."""
    current = app.pane.table.current
    assert current is not None
    return str(current["agent"])


async def test_it_starts_with_the_fleet_and_says_where_it_is(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, _):
        text = screen(app)
        assert first_line(text).startswith(" agentwatch › fleet")
        assert first_line(text).rstrip().endswith("08:00Z")
        assert "prod 0s" in first_line(text)
        assert line_of(text, "agent-00") < line_of(text, "agent-01")


async def test_a_store_that_is_not_there_says_how_to_make_one(tmp_path: Path) -> None:
    world = World(tmp_path / "other.db")
    async with shown(world, tmp_path, store=tmp_path / "none.db") as (app, pilot):
        text = screen(app)
        told = f"There is no store at {tmp_path}/none.db; `agentwatch record` makes one."
        assert squeezed(told) in fleet(text)
        assert "RECORDER DOWN" not in text
        World(tmp_path / "none.db", world.clock).run("shop/late")
        assert "late" in await press(pilot)
        assert "There is no store" not in screen(app)


async def test_an_older_store_is_refused_in_place_until_it_is_renewed(
    world: World, tmp_path: Path
) -> None:
    version = world.connection.execute("PRAGMA user_version").fetchone()[0]
    world.connection.execute("PRAGMA user_version = 1")
    async with shown(world, tmp_path) as (app, pilot):
        told = f"! {world.path} is of an older version; `agentwatch store migrate` renews it."
        assert squeezed(told) in fleet(screen(app))
        world.connection.execute(f"PRAGMA user_version = {version}")
        assert "agent-00" in await press(pilot)


async def test_a_pane_that_fails_says_so_in_place_and_recovers(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(world, tmp_path) as (_, pilot):

        def bad(self: Any, now_ns: int) -> Any:
            return lambda connection: connection.execute("SELECT x FROM nowhere")

        with monkeypatch.context() as patched:
            patched.setattr(FleetPane, "question", bad)
            world.run("shop/agent-00")
            text = await press(pilot)
            assert "! OperationalError: no such table: nowhere" in text
            assert "agent-07" not in fleet(text.split("ACTIVITY")[0])
            assert first_line(text).startswith(" agentwatch › fleet")
            assert "sort" in await press(pilot, "colon", "s", "o")
            await press(pilot, "escape")
        world.run("shop/agent-00")
        assert "agent-00" in await press(pilot)


async def test_vitals_and_keys_that_fail_end_nothing(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bad(self: Any, *_: Any) -> Any:
        raise ValueError("broken [/] \x1b[2J")

    monkeypatch.setattr(FleetPane, "vitals", bad)
    monkeypatch.setattr(FleetPane, "act_in", bad)
    async with shown(world, tmp_path) as (app, pilot):
        assert "! ValueError: broken [/] ‹U+001B›[2J" in screen(app).split("\n")[1]
        assert "in failed: ValueError: broken [/]" in await press(pilot, "enter")
        assert agent(app) == "shop/agent-00"
        await press(pilot, "j")
        assert agent(app) == "shop/agent-01"


async def test_a_recorder_that_gives_no_sign_of_life_is_down(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (_, pilot):
        world.clock.advance(9)
        assert "RECORDER DOWN" not in first_line(await press(pilot))
        world.clock.advance(2)
        assert "RECORDER DOWN" in first_line(await press(pilot))
        world.beat()
        assert "RECORDER DOWN" not in first_line(await press(pilot))


async def test_a_recorder_that_never_ran_is_down(world: World, tmp_path: Path) -> None:
    world.connection.execute("DELETE FROM meta WHERE key = 'recorder'")
    async with shown(world, tmp_path, (80, 24)) as (app, _):
        assert "RECORDER DOWN" in first_line(screen(app))


async def test_badges_say_what_kind_of_looking_this_is(world: World, tmp_path: Path) -> None:
    world.connection.execute("UPDATE feeds SET clock = 'shift'")
    async with shown(world, tmp_path, badges=("READ-ONLY",)) as (app, pilot):
        assert " REPLAY   READ-ONLY " in first_line(screen(app))
        assert "2 marked" in first_line(await press(pilot, "m", "m"))
        assert "marked" not in first_line(await press(pilot, "M"))


@pytest.mark.parametrize("size", [(79, 24), (80, 19), (20, 5), (5, 2)])
async def test_below_80x20_one_line_says_so(
    world: World, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with shown(world, tmp_path, size) as (app, _):
        told = f" agentwatch needs 80x20; this is {size[0]}x{size[1]}"
        text = screen(app)
        assert text.split("\n")[0][:4] == told[: min(4, size[0] - 1)]
        assert "agent-00" not in text
        if size[0] > 50:
            assert text.split("\n")[0] == told


@pytest.mark.parametrize("back", [(80, 24), (120, 40), (200, 60)])
async def test_through_a_tiny_terminal_and_back(
    world: World, tmp_path: Path, back: tuple[int, int]
) -> None:
    async with shown(world, tmp_path, back) as (app, pilot):
        await press(pilot, "j", "j")
        before = screen(app)
        for size in ((20, 5), (1, 1), (79, 24), back):
            await pilot.resize_terminal(*size)
            await settled(pilot)
        assert screen(app) == before
        await press(pilot, "j")
        assert agent(app) == "shop/agent-03"


async def test_a_prompt_that_is_open_survives_a_tiny_terminal(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        await press(pilot, "slash", "0")
        await pilot.resize_terminal(20, 5)
        await settled(pilot)
        await pilot.resize_terminal(120, 40)
        await settled(pilot)
        text = await press(pilot, "1")
        assert " / 01" in text
        assert app.pane.filter_text == "01"


async def test_no_key_of_textuals_own_acts(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        before = screen(app)
        for key in ("ctrl+q", "f1", "shift+tab", "ctrl+backslash", "ctrl+x", "ctrl+l", "X"):
            assert await press(pilot, key) == before, key
        assert app.is_running
        assert app.return_value is None
        assert await press(pilot, "ctrl+p") != before
        assert app.prompt.has_focus
        assert len(app.screen_stack) == 1


def test_of_bindings_there_is_ctrl_c_alone(tmp_path: Path, world: World) -> None:
    from tests.console.screens import settings_of

    app = Console(settings_of(world, tmp_path))
    assert set(app._bindings.key_to_bindings) == {"ctrl+c"}
    assert set(app.get_default_screen()._bindings.key_to_bindings) == set()


async def test_esc_never_quits(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        await press(pilot, *["escape"] * 5, "h", "left")
        assert app.is_running
        assert app.return_value is None


async def test_q_asks_once_at_the_root_and_another_key_takes_it_back(
    world: World, tmp_path: Path
) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        assert "q again to quit; the recorder goes on" in await press(pilot, "q")
        assert "again to quit" not in await press(pilot, "j")
        assert "q again to quit" in await press(pilot, "q")
        await pilot.press("q")
        assert app.return_value == 0


async def test_ctrl_c_twice_quits_and_the_first_says_what_goes_on(
    world: World, tmp_path: Path
) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        text = await press(pilot, "ctrl+c")
        assert "ctrl-c again to quit; the recorder goes on for a minute" in text
        assert app.return_value is None
        await pilot.press("ctrl+c")
        assert app.return_value == 0


async def test_ctrl_c_is_heard_over_a_menu_and_in_the_prompt(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        await press(pilot, "slash", "ctrl+c")
        assert "ctrl-c again to quit" in screen(app)
        await press(pilot, "escape", "s", "ctrl+c")
        assert app.return_value is None
        await pilot.press("ctrl+c")
        assert app.return_value == 0


async def test_how_it_was_left_is_how_it_starts_again(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        await press(pilot, "colon", *"sort cost", "enter", "slash", *"agent-0", "enter")
        await press(pilot, "colon", *"theme day", "enter", "c", "enter")
        hidden = set(app.pane.table.hidden)
        assert hidden
        await press(pilot, "colon", "q", "enter")
    left = session.load(tmp_path / "state")
    assert (left.view, left.theme) == ("fleet", "day")
    async with shown(world, tmp_path, session=left) as (app, _):
        table = app.pane.table
        assert (table.sorted_by, table.descending, table.hidden) == ("cost", False, hidden)
        assert app.pane.filter_text == "agent-0"
        text = screen(app)
        assert "agent-09" in text
        assert "agent-10" not in text
        assert "10 of 30 rows" in text


async def test_a_session_of_another_version_gives_what_it_can(world: World, tmp_path: Path) -> None:
    left = Session(
        view="gone",
        views={
            "gone": ViewState(),
            "fleet": ViewState("no-such", True, ["no-such"], "no_key:x"),
        },
    )
    async with shown(world, tmp_path, session=left) as (app, _):
        assert app.trail.here.view == "fleet"
        assert app.pane.filter_text == ""
        assert agent(app) == "shop/agent-00"
        told = "The last filter of fleet, no_key:x, is left out: There is no key 'no_key' here"
        assert told in screen(app)


async def test_whatever_could_not_be_used_is_said_whole_until_a_key(
    world: World, tmp_path: Path
) -> None:
    long = "/".join(["a-folder-with-a-long-name"] * 6)
    notices = [f"/{long}/keymap.toml, line 3: q would be both sort and quit; END", "theme \x1b[2J"]
    async with shown(world, tmp_path, (80, 24), notices=notices) as (app, pilot):
        text = screen(app)
        assert "END" in text
        assert "theme ‹U+001B›[2J" in text
        assert "any key goes on" in text
        assert "END" not in await press(pilot, "j")
        assert agent(app) == "shop/agent-00"


async def test_a_rebound_key_does_what_the_map_says(world: World, tmp_path: Path) -> None:
    keys = keymap.defaults() | {"o": "down"}
    del keys["j"]
    async with shown(world, tmp_path, keymap=keys) as (app, pilot):
        await press(pilot, "o", "j")
        assert agent(app) == "shop/agent-01"


async def test_low_bandwidth_looks_once_a_second(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path, slow=True) as (app, pilot):
        assert app._timer._interval == 1.0
        assert "full speed again" in await press(pilot, "colon", *"slow", "enter")
        assert app._timer._interval == 0.25


async def test_an_idle_screen_asks_for_nothing_to_be_drawn(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(world, tmp_path) as (app, pilot):
        from textual.widget import Widget

        drawn: list[str] = []
        real = Widget.refresh

        def watched(self: Widget, *regions: Any, **options: Any) -> Any:
            drawn.append(f"{self} {regions} {options}")
            return real(self, *regions, **options)

        monkeypatch.setattr(Widget, "refresh", watched)
        for _ in range(4):
            app.look_for_news()
            await settled(pilot)
        assert drawn == []


async def test_the_tour_begins_where_it_is_wished(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path, tour=True) as (app, _):
        assert len(app.screen_stack) == 2


async def test_pasted_keys_are_no_keys(world: World, tmp_path: Path) -> None:
    async with shown(world, tmp_path, config=Config()) as (app, pilot):
        app.post_message(events.Paste("qq"))
        await settled(pilot)
        assert app.return_value is None
        assert not app.asked_to_quit
