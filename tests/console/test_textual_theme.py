"""Textual's own widgets wear the theme, and every name that a style sheet may use is a colour."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.color import Color
from textual.widgets import Input

from agentwatch.console.textual_theme import css, textual_theme
from agentwatch.console.theme_file import GROUNDS, ROLES, load
from agentwatch.console.themes import BUNDLED, bundled


@pytest.mark.parametrize("name", BUNDLED)
def test_every_role_and_ground_is_a_name_of_the_style_sheet(name: str) -> None:
    ours = load(bundled(name))
    theirs = textual_theme(ours)
    names = theirs.to_color_system().generate() | theirs.variables  # as an App puts them together
    for ground in GROUNDS:
        Color.parse(names[f"ground-{ground}"])
    for role in ROLES:
        word = f"role-{role.replace('_', '-')}"
        assert names[word] == css(ours.roles[role].color)
        Color.parse(names[f"{word}-ground"])
        assert (names[f"{word}-style"] == "none") == (
            not (ours.roles[role].bold or ours.roles[role].underline or ours.roles[role].reverse)
        )


class Worn(App[None]):
    CSS = """
    Screen { background: $ground-base; color: $role-text; }
    Input { border: tall $role-error; text-style: $role-strong-style; }
    """

    def __init__(self) -> None:
        super().__init__()
        for name in BUNDLED:
            self.register_theme(textual_theme(load(bundled(name))))
        self.theme = BUNDLED[0]

    def compose(self) -> ComposeResult:
        yield Input("typed")


async def test_a_running_program_changes_its_theme() -> None:
    app = Worn()
    async with app.run_test() as pilot:
        for name in BUNDLED:
            ours = load(bundled(name))
            app.theme = name
            await pilot.pause()
            field = app.query_one(Input)
            assert app.native_ansi_color == (name in ("16", "mono"))
            assert app.screen.styles.background == Color.parse(css(ours.grounds["base"].bgcolor))
            assert app.screen.styles.color == Color.parse(css(ours.roles["text"].color))
            assert field.styles.border_top[1] == Color.parse(css(ours.roles["error"].color))
            assert field.styles.text_style.bold
