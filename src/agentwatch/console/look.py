"""A theme and the terminal's glyphs in, the styles that canvases draw with out."""

from __future__ import annotations

from dataclasses import dataclass

from rich.style import Style

from agentwatch.console.glyphs import Glyphs
from agentwatch.console.themes import Theme


@dataclass(frozen=True)
class Look:
    """How everything is drawn; another theme is another Look."""

    theme: Theme
    glyphs: Glyphs

    def style(self, role: str, ground: str = "base") -> Style:
        """Return the style of a role on a ground."""
        return self.theme.style(role, ground)
