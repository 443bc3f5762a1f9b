"""The user's `keymap.toml` in, the action of each key out; or one sentence why it cannot be used.

A line is `action = "key"` or `action = ["key", "key"]`, keys spelled as the help sheet spells them.
What the file does not name keeps its keys; "" takes them away.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agentwatch.config import ConfigError
from agentwatch.console.keys import ACTIONS, BY_ID, SPELLED, spelled
from agentwatch.console.toml_lines import TomlError, TomlFile, nearest, read_toml

FILE = "keymap.toml"
NAMED = frozenset(
    (
        "enter", "escape", "tab", "space", "backspace", "delete", "insert", "home", "end",
        "pageup", "pagedown", "up", "down", "left", "right",
        *(f"f{number}" for number in range(1, 13)),
    )
)  # fmt: skip
TAKEN = {f"ctrl+{letter}" for letter in "abchijklmz"}
"""Keys that tmux, screen or the terminal itself takes, or that are enter, tab and the way out."""

_NAMES = {
    "solidus": "slash", "reverse_solidus": "backslash", "commercial_at": "at",
    "hyphen_minus": "minus", "plus_sign": "plus", "low_line": "underscore",
}  # fmt: skip
_SPELLED = {name.lower(): key for key, name in SPELLED.items()}


class KeymapError(ConfigError):
    """A key map that cannot be used: one sentence with file, line, what, and the nearest word."""


def defaults() -> dict[str, str]:
    """Return the action id of each key, as the registry has them."""
    return {key: action.id for action in ACTIONS for key in action.keys}


def load(path: Path) -> dict[str, str]:
    """Return the action id of each key; the defaults where there is no file. Raises KeymapError."""
    if not path.exists():
        return defaults()
    try:
        file = read_toml(path)
        return _keymap(file)
    except TomlError as error:
        raise KeymapError(str(error)) from error


def _keymap(file: TomlFile) -> dict[str, str]:
    own = {name: _keys(file, name, value) for name, value in file.tables.items()}
    keymap: dict[str, str] = {}
    for action in ACTIONS:
        for key in own.get(action.id, action.keys):
            holder = keymap.get(key)
            if holder is not None:
                culprit = action.id if action.id in own else holder
                raise file.refusal(
                    f"{spelled(key)} would be both {holder} and {action.id}; "
                    "give one of them another key",
                    culprit,
                )
            keymap[key] = action.id
    return keymap


def _keys(file: TomlFile, name: str, value: Any) -> list[str]:
    if name not in BY_ID:
        raise file.refusal(f"there is no action {name!r}; {nearest(name, BY_ID)}", name)
    listed = value if isinstance(value, list) else [value]
    if not all(isinstance(key, str) for key in listed):
        raise file.refusal(f'{name} must be a key such as "s", or a list of keys', name)
    return list(dict.fromkeys(_key(file, name, key) for key in listed if key))


def _key(file: TomlFile, name: str, text: str) -> str:
    key = normal(text)
    if key is None:
        known: Mapping[str, Any] = dict.fromkeys((*sorted(NAMED), *_SPELLED))
        raise file.refusal(f"{name}: {text!r} is no key; {nearest(text, known)}", name)
    if key in TAKEN:
        raise file.refusal(
            f"{name}: {spelled(key)} is taken by the terminal or by tmux; choose another", name
        )
    return key


def normal(text: str) -> str | None:
    """Return a key as Textual names it, None where it is none: `/`, `esc`, `ctrl-p`, `F5`."""
    if len(text) == 1:
        return text if text.isalnum() else _named(text)
    folded = text.lower()
    if folded in _SPELLED:
        return _SPELLED[folded]
    held, _, rest = folded.replace("-", "+").partition("+")
    if held == "ctrl" and len(rest) == 1 and rest.isalnum():
        return f"ctrl+{rest}"
    if folded in NAMED or folded in SPELLED:
        return folded
    return None


def _named(char: str) -> str | None:
    if char == " ":
        return "space"
    name = unicodedata.name(char, "").lower().replace("-", "_").replace(" ", "_")
    return _NAMES.get(name, name) or None
