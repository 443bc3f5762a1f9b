"""What is typed on the prompt: a filter that works as it is typed, a command, a value to find."""

from __future__ import annotations

from os.path import commonprefix
from typing import TYPE_CHECKING

from agentwatch.console.cells import Line, Piece
from agentwatch.console.keys import BY_ID, Action, matching, spelled
from agentwatch.console.place import Place
from agentwatch.filters import FilterError

if TYPE_CHECKING:
    from agentwatch.console.app import Console

MOST_NAMES = 6


def open_filter(console: Console, argument: str | None) -> None:
    """Type a filter, or set the one that is given."""
    if argument:
        try:
            console.pane.apply_filter(_expanded(console, argument))
        except FilterError as error:
            console.say(f"{error}  The last good filter stays.", "warn")
        return
    console.prompt.open("filter", console.pane.filter_text)
    _matches(console)


def filter_typed(console: Console, text: str | None) -> None:
    """Filter live; a text that cannot be understood leaves the last good filter in force."""
    text = text or ""
    try:
        console.pane.apply_filter(_expanded(console, text))
    except FilterError as error:
        fault = str(error)
        _tell(console, ("^ ", "warn"), (fault, "warn"), ("  the last good filter stays", "dim"))
    else:
        _matches(console)


def filter_entered(console: Console, text: str | None) -> None:
    """Keep the filter and give the keys back to the rows."""
    left(console, text)


def filter_left(console: Console, text: str | None) -> None:
    """Take the filter away."""
    console.pane.apply_filter("")
    left(console, text)


def _expanded(console: Console, text: str) -> str:
    """Put saved filters in place of their `@names`."""
    saved = console.settings.session.filters
    words = []
    for word in text.split(" "):
        if word.startswith("@") and len(word) > 1 and word[1:] in saved:
            word = f"({saved[word[1:]]})"
        words.append(word)
    return " ".join(words)


def _matches(console: Console) -> None:
    pane = console.pane
    console.tell(lambda: ((f"{pane.matches()} rows", "dim"), ("   enter keep  esc clear", "dim")))


def filter_in_force(console: Console) -> Line:
    """Return what is said of a filter while nobody types: rows that are hidden are told of."""
    pane = console.pane
    if not pane.filter_text:
        return ()
    end = (f"   {pane.matches()} rows   esc clears it", "dim")
    return ("filter ", "dim"), (pane.filter_text, "text"), end


def _tell(console: Console, *pieces: Piece) -> None:
    console.tell(lambda: pieces)


def open_commands(console: Console, _: str | None) -> None:
    """Type the name of anything that a key does, and of what has no key."""
    console.prompt.open("commands")
    commands_typed(console, "")


def commands_typed(console: Console, text: str | None) -> None:
    """Name what the text may mean."""
    name = (text or "").split(" ")[0]
    found = matching(name)
    if not found:
        _tell(console, (f"there is no command {name!r}", "warn"))
        return
    if len(found) == 1 or (text and " " in text):
        action = found[0]
        argument = f" {action.argument}" if action.argument else ""
        keys = " ".join(spelled(key) for key in action.keys)
        told = (f"  {action.about}" + (f"  ({keys})" if keys else ""), "dim")
        _tell(console, (f"{action.id}{argument}", "key"), told)
        return
    names = "  ".join(action.id for action in found[:MOST_NAMES])
    more = f"  and {len(found) - MOST_NAMES} more" if len(found) > MOST_NAMES else ""
    _tell(console, (names, "text"), (f"{more}   tab completes", "dim"))


def commands_completed(console: Console, text: str | None) -> None:
    """Complete the name."""
    name = (text or "").split(" ")[0]
    begun = _begun(name)
    if len(begun) == 1:
        name = begun[0].id + (" " if begun[0].argument else "")
    else:
        beginning = commonprefix([action.id for action in begun])  # noqa: RUF071 - of characters
        name = beginning or name
    console.prompt.open("commands", name)
    commands_typed(console, name.strip())


def _begun(name: str) -> list[Action]:
    """Return what a beginning of a name may mean; where none begins so, what holds it."""
    found = matching(name)
    exact = [action for action in found if action.id == name]
    return exact or [action for action in found if action.id.startswith(name.lower())] or found


async def commands_entered(console: Console, text: str | None) -> None:
    """Run the command."""
    from agentwatch.console.actions import run_action

    name, _, argument = (text or "").strip().partition(" ")
    left(console, text)
    if not name:
        return
    aliases = {"q": "quit_now", "quit": "quit_now", "q!": "quit_now"}
    found = _begun(name)
    if name in aliases:
        await run_action(console, aliases[name])
    elif len(found) == 1:
        await run_action(console, found[0].id, argument.strip() or None)
    elif found:
        names = ", ".join(action.id for action in found[:MOST_NAMES])
        console.say(f":{name} may mean {names}", "warn")
    else:
        console.say(f"There is no command {name!r}; ? lists them.", "warn")


def open_find(console: Console, argument: str | None) -> None:
    """Type a value to look for in every run, or look for the one that is given."""
    if argument:
        find_entered(console, argument)
        return
    console.prompt.open("find")
    _tell(console, (BY_ID["find"].about, "dim"), ("   enter look  esc back", "dim"))


def find_entered(console: Console, text: str | None) -> None:
    """Show what was found."""
    left(console, text)
    if text and text.strip() and "find" in console.panes:
        console.trail.enter(Place("find", text.strip()))
        console.show_place()


def left(console: Console, _: str | None) -> None:
    """Give the keys back to the rows."""
    console.prompt.close()
    console.tell(None)
    console.pane.table.focus()
