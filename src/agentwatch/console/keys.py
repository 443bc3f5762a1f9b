"""Nothing in; every action of the console with its keys, its name and what it says of itself out.

The one registry: the key map, the help sheet, the keys line, the `:` line and the manual's key
table are made from `ACTIONS`. An action runs the method `act_ID` of the pane that is seen, else
what `actions/` has for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

GROUPS = ("MOVE", "VIEWS", "LOOK", "CONSOLE")


class Action(Struct, frozen=True, kw_only=True):
    """Something that a key or a name does."""

    id: str
    keys: tuple[str, ...] = ()
    """As Textual names them. None: it has a name only."""
    label: str
    """One or two words for the keys line."""
    about: str
    """A line for the help sheet."""
    group: str
    argument: str | None = None
    """What may follow the name on the `:` line."""
    everywhere: bool = True
    """False: only where the pane has a method for it."""


def _act(
    id: str, keys: str, group: str, label: str, about: str, *,
    argument: str | None = None, everywhere: bool = True,
) -> Action:  # fmt: skip
    return Action(
        id=id, keys=tuple(keys.split()), label=label, about=about, group=group,
        argument=argument, everywhere=everywhere,
    )  # fmt: skip


ACTIONS: tuple[Action, ...] = (
    _act("down", "j down", "MOVE", "down", "down"),
    _act("up", "k up", "MOVE", "up", "up"),
    _act("page_down", "pagedown", "MOVE", "page down", "a page down"),
    _act("page_up", "pageup", "MOVE", "page up", "a page up"),
    _act("first", "g home", "MOVE", "first", "first row"),
    _act("last", "G end", "MOVE", "last", "last row"),
    _act("in", "enter l right", "MOVE", "in", "in: what the row stands for"),
    _act("back", "escape h left", "MOVE", "back", "back, one level"),
    _act("next_pane", "tab", "MOVE", "other pane", "the other pane of the view"),
    _act("mark", "m", "MOVE", "mark", "mark the row"),
    _act("clear_marks", "M", "MOVE", "clear marks", "clear every mark"),
    _act("fold", "minus", "MOVE", "fold", "fold or unfold", everywhere=False),
    _act("fleet", "1", "VIEWS", "fleet", "agents, live"),
    _act("activity", "3", "VIEWS", "activity", "runs and spans, live"),
    _act("feeds", "0", "VIEWS", "feeds", "feeds and doctor"),
    _act("filter", "slash", "LOOK", "filter", "filter the rows", argument="EXPRESSION"),
    _act("next_match", "n", "LOOK", "next", "next match"),
    _act("previous_match", "N", "LOOK", "previous", "previous match"),
    _act("find", "f", "LOOK", "find value", "find a value in any run", argument="TEXT"),
    _act("freeze", "space", "LOOK", "freeze", "freeze the screen, and let it go"),
    _act("follow", "F", "LOOK", "follow", "follow the newest row"),
    _act("sort", "s", "LOOK", "sort", "sort by a column", argument="COLUMN"),
    _act("columns", "c", "LOOK", "columns", "show or hide columns"),
    _act("zoom", "z", "LOOK", "zoom", "this pane alone, and back"),
    _act("copy", "y", "CONSOLE", "copy", "copy a value to your clipboard"),
    _act("evidence", "E ctrl+s", "CONSOLE", "evidence", "the screen as text, SVG and JSON files"),
    _act("commands", "colon ctrl+p", "CONSOLE", "commands", "run a command by its name"),
    _act("help", "question_mark", "CONSOLE", "keys", "this sheet"),
    _act("theme", "", "CONSOLE", "theme", "other colours", argument="NAME"),
    _act("save", "", "CONSOLE", "save filter", "keep this filter as @NAME", argument="NAME"),
    _act("slow", "", "CONSOLE", "low bandwidth", "fewer bytes a second, and back"),
    _act("tour", "", "CONSOLE", "tour", "six cards over the running screen"),
    _act("quit", "q", "CONSOLE", "quit", "quit; asks once at the root"),
)

BY_ID: Mapping[str, Action] = {action.id: action for action in ACTIONS}

SPELLED = {
    "slash": "/", "colon": ":", "question_mark": "?", "minus": "-", "escape": "esc",
    "pagedown": "PgDn", "pageup": "PgUp", "exclamation_mark": "!",
    "right_square_bracket": "]", "left_square_bracket": "[",
}  # fmt: skip


def spelled(key: str) -> str:
    """Return a key as the screen and the manual write it."""
    return SPELLED.get(key, key.replace("ctrl+", "ctrl-"))


def by_key(actions: Iterable[Action] = ACTIONS) -> dict[str, Action]:
    """Return the action of each key."""
    return {key: action for action in actions for key in action.keys}


def matching(text: str, actions: Sequence[Action] = ACTIONS) -> list[Action]:
    """Return the actions that a typed name may mean, the likeliest first."""
    typed = text.strip().lower().replace(" ", "_")
    named = [(action, action.id) for action in actions]
    begins = [action for action, name in named if name.startswith(typed)]
    holds = [
        action
        for action, name in named
        if action not in begins and (typed in name or typed.replace("_", " ") in action.about)
    ]
    return begins + holds
