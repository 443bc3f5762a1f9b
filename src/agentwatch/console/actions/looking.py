"""The keys that choose what is seen and how: views, matches, order, columns, colours."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from agentwatch.console import themes
from agentwatch.console.live_table import LiveTable
from agentwatch.console.look import Look
from agentwatch.console.place import Place
from agentwatch.console.screens.menu import Choice, Menu

if TYPE_CHECKING:
    from agentwatch.console.app import Console


def go_to(view: str) -> Callable[[Console, str | None], None]:
    """Return the action that switches to a view."""

    def go(console: Console, _: str | None) -> None:
        console.trail.switch(Place(view))
        console.show_place()

    return go


def freeze(console: Console, _: str | None) -> None:
    """Hold the screen still, or let it go on."""
    console.flush.freeze(console.settings.clock())
    console.look_for_news()


def follow(console: Console, _: str | None) -> None:
    """Follow the newest row of the table that has the keys, or stop."""
    table = console.focused
    if not isinstance(table, LiveTable) or not table.can_follow:
        tails = [each for each in console.pane.query(LiveTable) if each.can_follow]
        if not tails:
            console.say("nothing here grows at one end; F follows tails", "dim")
            return
        table = tails[0]
    table.follows = not table.follows
    console.say("following" if table.follows else "not following", "dim")
    console.want()


def next_match(console: Console, _: str | None) -> None:
    _step(console, 1)


def previous_match(console: Console, _: str | None) -> None:
    _step(console, -1)


def _step(console: Console, by: int) -> None:
    """A filter leaves only matches, so the next match is the next row."""
    if console.pane.filter_text:
        console.pane.table.move(by)
    else:
        console.say("n and N step through the matches of a filter: / sets one", "dim")


async def sort(console: Console, argument: str | None) -> None:
    """Sort by a column; the same column again turns the order round."""
    table = console.pane.table
    columns = {column.id: column for column in table.spec.columns if column.sorts}
    if argument:
        _sort_by(console, argument, list(columns))
        return
    if not columns:
        console.say("this list has one order: newest first", "dim")
        return
    choices = [
        Choice(column.id, column.title.strip() or column.id, column.id == table.sorted_by)
        for column in columns.values()
    ]
    choices.append(Choice("", "as it comes", table.sorted_by is None))
    console.push_screen(
        Menu("SORT BY", choices), lambda chosen: _sort_by(console, chosen, list(columns))
    )


def _sort_by(console: Console, chosen: str | None, known: list[str]) -> None:
    table = console.pane.table
    if chosen is None:
        return
    if chosen and chosen not in known:
        console.say(_unknown("column", chosen, known), "warn")
        return
    table.descending = not table.descending if table.sorted_by == chosen else False
    table.sorted_by = chosen or None
    console.want()


async def columns(console: Console, _: str | None) -> None:
    """Show or hide columns."""
    table = console.pane.table
    choices = [
        Choice(column.id, column.title.strip() or column.id, column.id not in table.hidden)
        for column in table.spec.columns
        if not column.fixed
    ]
    if not choices:
        console.say("every column of this list stays", "dim")
        return

    def toggled(chosen: str | None) -> None:
        if chosen is not None:
            table.hidden ^= {chosen}
            table.forget()

    console.push_screen(Menu("COLUMNS", choices), toggled)


def zoom(console: Console, _: str | None) -> None:
    """Give the whole view to the table that has the keys, and back."""
    pane, focused = console.pane, console.focused
    if pane.has_class("zoomed"):
        pane.remove_class("zoomed")
        for child in pane.query(".alone"):
            child.remove_class("alone")
    elif focused is not None and focused in pane.query("*"):
        pane.add_class("zoomed")
        for node in focused.ancestors_with_self:
            if node is pane:
                break
            node.add_class("alone")


async def theme(console: Console, argument: str | None) -> None:
    """Draw everything in other colours."""
    known = themes.available(console.settings.config_folder)
    if not argument:
        choices = [Choice(name, name, name == console.look.theme.name) for name in known]
        console.push_screen(Menu("THEME", choices), lambda chosen: _wear(console, chosen))
    elif argument in known:
        _wear(console, argument)
    else:
        console.say(_unknown("theme", argument, list(known)), "warn")


def _wear(console: Console, name: str | None) -> None:
    if name is None:
        return
    try:
        path = themes.available(console.settings.config_folder)[name]
        worn = themes.fitted(path, themes.colours(os.environ))
        console.apply_look(Look(worn, console.look.glyphs))
    except themes.ThemeError as error:
        console.say(str(error), "warn")
        return
    console.settings.session.theme = name
    console.draw_frame()


def slow(console: Console, _: str | None) -> None:
    """Send less, or as much as ever."""
    console.set_slow(not console.slow)
    console.say("low bandwidth: once a second" if console.slow else "full speed again", "dim")


def _unknown(kind: str, word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}."
    return f"There is no {kind} {word!r} here; {hint}"
