"""A theme in, the same theme for Textual's own widgets and style sheets out.

A style sheet reaches each role as `$role-NAME` (its colour), `$role-NAME-ground` and
`$role-NAME-style`, and each ground as `$ground-NAME`.
"""

from __future__ import annotations

from rich.color import Color, ColorType
from rich.style import Style
from textual.theme import Theme as TextualTheme

from agentwatch.console.theme_file import GROUNDS, ROLES, Theme


def textual_theme(theme: Theme) -> TextualTheme:
    """Return the theme to register; the sixteen colours stay the terminal's own."""
    colour = {role: css(theme.roles[role].color) for role in ROLES}
    ground = {name: css(theme.grounds[name].bgcolor) for name in GROUNDS}
    return TextualTheme(
        name=theme.name,
        primary=colour["accent"],
        secondary=colour["accent"],
        accent=colour["accent"],
        warning=colour["warn"],
        error=colour["error"],
        success=colour["ok"],
        foreground=colour["text"],
        background=ground["base"],
        surface=ground["base"],
        panel=ground["panel"],
        dark=theme.dark is not False,
        ansi=ground["base"].startswith("ansi_"),
        variables=_widgets(theme, colour, ground) | _roles(theme),
    )


def css(colour: Color | None) -> str:
    """Return a colour in the words of a style sheet."""
    if colour is None or colour.type is ColorType.DEFAULT:
        return "ansi_default"
    return f"ansi_{colour.name}" if colour.triplet is None else colour.triplet.hex


def _roles(theme: Theme) -> dict[str, str]:
    variables = {f"ground-{name}": css(theme.grounds[name].bgcolor) for name in GROUNDS}
    for role in ROLES:
        style, word = theme.style(role), role.replace("_", "-")
        variables[f"role-{word}"] = css(style.color)
        variables[f"role-{word}-ground"] = css(style.bgcolor)
        variables[f"role-{word}-style"] = _weight(style)
    return variables


def _widgets(theme: Theme, colour: dict[str, str], ground: dict[str, str]) -> dict[str, str]:
    """What inputs, borders and scroll bars take; a cursor is reverse where colours are few."""
    chosen = theme.style("text", "selection")
    return {
        "text": colour["text"],
        "text-muted": colour["dim"],
        "text-disabled": colour["dim"],
        "foreground-muted": colour["dim"],
        **{f"text-{role}": colour["accent"] for role in ("primary", "secondary", "accent")},
        "text-warning": colour["warn"],
        "text-error": colour["error"],
        "text-success": colour["ok"],
        "border": colour["dim"],
        "border-blurred": colour["faint"],
        "block-cursor-foreground": colour["text"],
        "block-cursor-background": ground["selection"],
        "block-cursor-text-style": _weight(chosen),
        "input-cursor-foreground": colour["text"],
        "input-cursor-background": ground["base"],
        "input-cursor-text-style": "reverse",
        "input-selection-foreground": colour["text"],
        "input-selection-background": ground["selection"],
        "screen-selection-foreground": colour["text"],
        "screen-selection-background": ground["selection"],
        **{f"scrollbar{state}": colour["veil"] for state in ("", "-hover", "-active")},
        **{f"scrollbar-background{state}": ground["base"] for state in ("", "-hover", "-active")},
        "scrollbar-corner-color": ground["base"],
        # the sixteen colours' style sheets ask for these two and have no default
        "ansi-foreground": colour["text"],
        "ansi-background": ground["base"],
        "link-color": colour["accent"],
        "link-background": ground["base"],
        "link-style": "underline",
    }


def _weight(style: Style) -> str:
    worn = (("bold", style.bold), ("underline", style.underline), ("reverse", style.reverse))
    return " ".join(word for word, on in worn if on) or "none"
