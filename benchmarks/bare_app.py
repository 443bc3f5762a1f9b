"""The control of the console's figures: a terminal in, one Static that a key changes out."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Static

SAYS = "bare"


class Bare(App[None]):
    """A Textual app that could not do less."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [("j", "turn"), ("k", "turn")]  # noqa: RUF012

    turned = False

    def compose(self) -> ComposeResult:
        yield Static(SAYS)

    def action_turn(self) -> None:
        """Say something else."""
        self.turned = not self.turned
        self.query_one(Static).update("turned" if self.turned else SAYS)


if __name__ == "__main__":
    Bare().run(mouse=False)
