"""A TOML file in, a frozen Theme out: what each role looks like on each ground.

A theme is part of the configuration and judged like it: whatever is wrong is refused with file,
line and the nearest right word.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from rich.color import Color
from rich.style import Style

from agentwatch.config import ConfigError
from agentwatch.console.colour import EYES, RGB, Eye
from agentwatch.console.toml_lines import TomlError, TomlFile, nearest, read_toml

GROUNDS = ("base", "bar", "selection", "panel")
ROLES = (
    "text", "strong", "dim", "faint", "veil", "accent", "key", "ok", "fresh", "warn", "error",
    "critical", "revoked", "stale", "gap", "unknown", "money", "spark", "spark_hot", "match",
    "mark", "badge", "badge_armed", "edge",
)  # fmt: skip
_EIGHT = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
TERMINAL_COLOURS = ("default", *_EIGHT, *(f"bright_{colour}" for colour in _EIGHT))
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_WEIGHTS = ("bold", "underline", "reverse")
_KEYS = {"surface": ("bg", "reverse"), "role": ("fg", "bg", *_WEIGHTS)}
"""Of a ground and of a role; the first must be there."""

_TOP_KEYS = (
    "name", "title", "dark", "min_contrast", "made_for", "selection_collapses_roles", "surface",
    "role",
)  # fmt: skip


class ThemeError(ConfigError):
    """A theme that cannot be used: one sentence with file, line, what, and the nearest word."""


@dataclass(frozen=True, eq=False)
class Theme:
    """What each role looks like; compared and hashed by identity, so that caches may hold it."""

    name: str
    title: str
    dark: bool | None
    """None: the terminal's own ground, whichever that is."""
    min_contrast: float
    """WCAG ratio that words keep on every ground; 0 where the terminal owns the colours."""
    made_for: tuple[Eye, ...]
    plain_selection: bool
    """A selected row is plain reverse: it drops its colours and keeps its weight."""
    grounds: Mapping[str, Style]
    roles: Mapping[str, Style]

    def style(self, role: str, ground: str = "base") -> Style:
        """Return how a role is drawn on a ground; a filled role brings its own."""
        return self._drawn[role, ground]

    @cached_property
    def _drawn(self) -> dict[tuple[str, str], Style]:
        return {
            (role, ground): self._draw(look, ground)
            for role, look in self.roles.items()
            for ground in GROUNDS
        }

    def _draw(self, look: Style, ground: str) -> Style:
        below = self.grounds[ground]
        if ground == "selection" and self.plain_selection:
            return below + Style(color="default", bold=look.bold, underline=look.underline)
        return below + look


def load(path: Path) -> Theme:
    """Read a theme; its name is its file's. Raises ThemeError."""
    try:
        return _theme(read_toml(path))
    except TomlError as error:
        raise ThemeError(str(error)) from error


def rgb(colour: Color | None) -> RGB | None:
    """Return what a colour is made of; None where the terminal decides."""
    return None if colour is None else colour.triplet


def _theme(file: TomlFile) -> Theme:
    top = file.tables
    _known(file, top, _TOP_KEYS, "key")
    name = file.path.stem
    if _typed(file, top, "name", str, name, "a text") != name:
        raise file.refusal(f"a theme is named as its file, so this must be {name!r}", "name")
    return Theme(
        name=name,
        title=_typed(file, top, "title", str, name, "a text"),
        dark=_dark(file, top.get("dark", True)),
        min_contrast=_ratio(file, top.get("min_contrast", 4.5)),
        made_for=_eyes(file, top.get("made_for", [])),
        plain_selection=_typed(
            file, top, "selection_collapses_roles", bool, False, "true or false"
        ),
        grounds=_looks(file, "surface", GROUNDS),
        roles=_looks(file, "role", ROLES),
    )


def _looks(file: TomlFile, table: str, names: tuple[str, ...]) -> dict[str, Style]:
    """Read a table of looks: each of the names, no other, each with the colour it must have."""
    looks = _typed(file, file.tables, table, dict, {}, "a table")
    kind = "role" if table == "role" else "ground"
    _known(file, looks, names, kind, table)
    for name in names:
        if name not in looks:
            raise file.refusal(f"the {kind} {name!r} is missing in [{table}]", table)
    return {name: _look(file, looks[name], table, name) for name in names}


def _look(file: TomlFile, look: Any, *at: str) -> Style:
    keys = _KEYS[at[0]]
    must = keys[0]
    if not isinstance(look, dict):
        raise file.refusal(f'{at[-1]} must be a table such as {{ {must} = "#cdd5de" }}', *at)
    _known(file, look, keys, "key", *at)
    if must not in look:
        raise file.refusal(f"{at[-1]} has no {must!r}", *at)
    weights = {key: _typed(file, look, key, bool, None, "true or false", *at) for key in _WEIGHTS}
    return Style(
        color=_colour(file, look, "fg", *at), bgcolor=_colour(file, look, "bg", *at), **weights
    )


def _colour(file: TomlFile, look: Mapping[str, Any], key: str, *at: str) -> Color | None:
    value = _typed(file, look, key, str, None, 'a colour such as "#cdd5de" or "cyan"', *at)
    if value is None or _HEX.fullmatch(value) or value in TERMINAL_COLOURS:
        return None if value is None else Color.parse(value)
    hint = nearest(value, TERMINAL_COLOURS) if value[:1] != "#" else "one is # and six hex digits"
    raise file.refusal(f"{key} of {at[-1]}: {value!r} is no colour; {hint}", *at, key)


def _dark(file: TomlFile, value: Any) -> bool | None:
    if value is not True and value is not False and value != "terminal":
        raise file.refusal('dark must be true, false or "terminal"', "dark")
    return None if value == "terminal" else bool(value)


def _ratio(file: TomlFile, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 21:
        raise file.refusal("min_contrast must be a number from 0 to 21", "min_contrast")
    return float(value)


def _eyes(file: TomlFile, value: Any) -> tuple[Eye, ...]:
    if not isinstance(value, list) or not all(eye in EYES for eye in value):
        raise file.refusal(f"made_for must be a list of {', '.join(EYES)}", "made_for")
    return tuple(value)


def _known(
    file: TomlFile, table: Mapping[str, Any], known: Collection[str], kind: str, *at: str
) -> None:
    for key in table:
        if key not in known:
            hint = nearest(key, known)
            raise file.refusal(f"there is no {kind} {key!r}; {hint}", *at, key)


def _typed(
    file: TomlFile,
    table: Mapping[str, Any],
    key: str,
    kind: type[Any],
    default: Any,
    form: str,
    *at: str,
) -> Any:
    value = table.get(key, default)
    if value is not default and not isinstance(value, kind):
        raise file.refusal(f"{'.'.join((*at, key))} must be {form}", *at, key)
    return value
