"""The console in, its last line out: the keys that work now, or what was just said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentwatch.console.cells import Line, Piece, spread, width_of, width_of_line
from agentwatch.console.keys import BY_ID, spelled
from agentwatch.figures import second

if TYPE_CHECKING:
    from agentwatch.console.app import Console

MOST = 10


def keys_line(width: int, console: Console) -> Line:
    """Return the line; `?` is always at its right end."""
    end: Line = (*_hint(console, "help", "keys"), (" ", "text"))
    if console.said is not None:
        return spread(((" ", "text"), console.said), end, width)
    if console.flush.frozen is not None:
        told = f"frozen at {second(console.flush.frozen[0])[11:]}"
        end = ((told, "dim"), ("  ", "text"), *end)
        ids = ("freeze", *(hint for hint in console.pane.HINTS if hint != "freeze"))
    else:
        ids = tuple(console.pane.HINTS)
    pieces: list[Piece] = [(" ", "text")]
    room = width - width_of_line(end) - 2
    for id in ids[:MOST]:
        label = "thaw" if id == "freeze" and console.flush.frozen is not None else None
        hint = _hint(console, id, label)
        if width_of_line(tuple(pieces)) + width_of_line(hint) + 2 > room:
            break
        pieces += [*hint, ("  ", "text")]
    return spread(tuple(pieces), end, width)


def _hint(console: Console, id: str, label: str | None = None) -> Line:
    action = BY_ID[id]
    keys = [key for key, bound in console.settings.keymap.items() if bound == id]
    name = spelled(keys[0]) if keys else f":{id}"
    text = label or action.label
    return ((name, "key"), (f" {text}", "dim")) if width_of(text) else ((name, "key"),)
