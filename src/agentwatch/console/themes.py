"""The user's wish and the terminal in, the theme to draw with out: ours, and the user's own.

A theme that cannot be used never stops the console: the default takes its place, and why is said.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from importlib import resources
from pathlib import Path

from agentwatch.console.palette import fit
from agentwatch.console.theme_file import GROUNDS, ROLES, Theme, ThemeError, load
from agentwatch.console.toml_lines import nearest

__all__ = (
    "BUNDLED", "GROUNDS", "ROLES", "Theme", "ThemeError", "available", "bundled", "choose",
    "colours", "fitted", "in_force", "load",
)  # fmt: skip

BUNDLED = ("night", "day", "okabe-ito", "tritan", "high-contrast", "16", "mono")
"""In the order in which they are offered; the first is the default."""


def bundled(name: str) -> Path:
    """Return a theme of ours: in the installed package, else in the checkout."""
    folder = Path(str(resources.files("agentwatch"))) / "_data" / "themes"
    folder = folder if folder.is_dir() else Path(__file__).parents[3] / "themes"
    return folder / f"{name}.toml"


def available(config_folder: Path) -> dict[str, Path]:
    """Return every theme's file by its name; one of the user's comes before ours of that name."""
    users = sorted((config_folder / "themes").glob("[!.]*.toml"))
    return {name: bundled(name) for name in BUNDLED} | {path.stem: path for path in users}


def choose(
    name: str | None,
    environ: Mapping[str, str],
    colours: int,
    known: Collection[str] = BUNDLED,
) -> str:
    """Return the theme to use: the one asked for, else the one that this terminal can show."""
    if name is not None and name not in known:
        raise ThemeError(f"There is no theme {name!r}; {nearest(name, known)}.")
    if name is not None:
        return name
    return "16" if environ.get("NO_COLOR") or colours < 256 else BUNDLED[0]


def in_force(
    name: str | None, config_folder: Path, environ: Mapping[str, str], colours: int
) -> tuple[Theme, str | None]:
    """Return the theme to draw with; where it cannot be used, the default and why."""
    known = available(config_folder)
    try:
        return fitted(known[choose(name, environ, colours, known)], colours), None
    except ThemeError as error:
        return fitted(bundled(choose(None, environ, colours)), colours), str(error)


def fitted(path: Path, colours: int) -> Theme:
    """Read a theme and fit it to a terminal of so many colours. Raises ThemeError."""
    theme = load(path)
    return fit(theme) if colours <= 256 else theme


def colours(environ: Mapping[str, str]) -> int:
    """Return how many colours the library that draws will send to this terminal."""
    from rich.console import Console

    system = Console(force_terminal=True, _environ=environ).color_system
    return {None: 0, "256": 256, "truecolor": 1 << 24}.get(system, 16)
