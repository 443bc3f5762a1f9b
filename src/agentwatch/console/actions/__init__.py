"""An action's id in, what it does done: the pane's own way where it has one, else the console's."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from agentwatch.console.actions import keeping, looking, moving, prompting

if TYPE_CHECKING:
    from agentwatch.console.app import Console

Run = Callable[["Console", str | None], Awaitable[None] | None]

RUN: Mapping[str, Run] = {
    "down": moving.down,
    "up": moving.up,
    "page_down": moving.page_down,
    "page_up": moving.page_up,
    "first": moving.first,
    "last": moving.last,
    "back": moving.back,
    "next_pane": moving.next_pane,
    "mark": moving.mark,
    "clear_marks": moving.clear_marks,
    "fleet": looking.go_to("fleet"),
    "activity": looking.go_to("activity"),
    "feeds": looking.go_to("feeds"),
    "filter": prompting.open_filter,
    "filter_typed": prompting.filter_typed,
    "filter_entered": prompting.filter_entered,
    "filter_left": prompting.filter_left,
    "commands": prompting.open_commands,
    "commands_typed": prompting.commands_typed,
    "commands_entered": prompting.commands_entered,
    "commands_completed": prompting.commands_completed,
    "commands_left": prompting.left,
    "find": prompting.open_find,
    "find_entered": prompting.find_entered,
    "find_left": prompting.left,
    "next_match": looking.next_match,
    "previous_match": looking.previous_match,
    "freeze": looking.freeze,
    "follow": looking.follow,
    "sort": looking.sort,
    "columns": looking.columns,
    "zoom": looking.zoom,
    "theme": looking.theme,
    "slow": looking.slow,
    "copy": keeping.copy,
    "evidence": keeping.evidence,
    "save": keeping.save_filter,
    "help": keeping.help_sheet,
    "tour": keeping.tour,
    "quit": keeping.quit_console,
    "quit_now": keeping.quit_now,
    "interrupt": keeping.interrupt,
}


async def run_action(console: Console, id: str, argument: str | None = None) -> None:
    """Run an action; one that nothing here has a meaning for does nothing."""
    own = getattr(console.pane, f"act_{id}", None)
    try:
        if own is not None:
            done = own()
        elif id in RUN:
            done = RUN[id](console, argument)
        else:
            return
        if inspect.isawaitable(done):
            await done
    except Exception as error:  # a key that fails says so, and ends nothing
        console.say(f"{id} failed: {type(error).__name__}: {error}", "error")
    console.draw_frame()
