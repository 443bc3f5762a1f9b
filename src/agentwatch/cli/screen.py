"""A store and the command line in; the console on this terminal, until it is left, out."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from agentwatch.clock import now_ns
from agentwatch.config import Config, ConfigError, config_path, store_path

if TYPE_CHECKING:
    from agentwatch.console.app import Console


def wants_plain(plain: bool) -> bool:
    """Say whether there is no terminal to draw on, or none is wanted."""
    terminal = sys.stdout.isatty() and sys.stdin.isatty()
    return plain or not terminal or os.environ.get("TERM", "dumb") in ("dumb", "")


def make_console(
    config: Config,
    store: Path,
    *,
    theme: str | None = None,
    config_file: Path | None = None,
    state_folder: Path | None = None,
    badges: Sequence[str] = (),
    tour: bool = False,
) -> Console:
    """Return the console for this terminal; what cannot be used is told on its screen."""
    # Textual reads these when it is first imported
    os.environ["TEXTUAL_ANIMATIONS"] = "none"
    os.environ["TEXTUAL_SMOOTH_SCROLL"] = "0"
    far = "SSH_CONNECTION" in os.environ
    if far:
        os.environ.setdefault("TEXTUAL_FPS", "30")
    from agentwatch.console import keymap, session, themes
    from agentwatch.console.app import Console
    from agentwatch.console.glyphs import glyphs
    from agentwatch.console.look import Look
    from agentwatch.console.settings import Settings
    from agentwatch.console.terminal import probe

    folder = (config_file or config_path()).parent
    state_folder = state_folder or store_path().parent
    notices: list[str] = []
    try:
        left = session.load(state_folder)
    except session.SessionError as error:
        left = session.Session()
        notices.append(str(error))
    try:
        keys = keymap.load(folder / keymap.FILE)
    except ConfigError as error:
        keys = keymap.defaults()
        notices.append(str(error))
    colours = themes.colours(os.environ)
    # a remembered theme may ask for more colours than this terminal has
    wanted = theme or (left.theme if colours >= 256 else None) or config.console.theme
    chosen, fault = themes.in_force(wanted, folder, os.environ, colours)
    notices += [fault] if fault else []
    terminal = probe()
    slow, mouse = config.console.low_bandwidth, config.console.mouse
    return Console(
        Settings(
            store=store,
            clock=now_ns,
            look=Look(chosen, glyphs(sys.stdout.encoding, wide=bool(terminal.wide))),
            config_folder=folder,
            state_folder=state_folder,
            keymap=keys,
            session=left,
            badges=tuple(badges),
            slow=terminal.is_far if slow is None else slow,
            mouse=not far if mouse is None else mouse,
            notices=notices,
            config=config,
            tour=tour,
        )
    )


async def run_console(console: Console) -> int:
    """Run until it is left; a lost terminal or SIGTERM ends it as q does."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, console.leave)
    code = await console.run_async(mouse=console.settings.mouse)
    return code or console.return_code or 0
