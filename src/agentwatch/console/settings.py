"""What the command line, the configuration and the terminal chose for the console. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from agentwatch.clock import Clock
from agentwatch.config import Config
from agentwatch.console.look import Look
from agentwatch.console.session import Session


@dataclass
class Settings:
    """Everything that the console starts with."""

    store: Path
    clock: Clock
    look: Look
    config_folder: Path
    """Where user themes stand."""
    state_folder: Path
    """Where the session and the evidence go."""
    keymap: Mapping[str, str]
    """key → action id"""
    session: Session
    config: Config = field(default_factory=Config)
    badges: tuple[str, ...] = ()
    slow: bool = False
    mouse: bool = False
    tour: bool = False
    notices: list[str] = field(default_factory=list)
    """What was wrong with theme, key map or state: said once the screen stands."""
