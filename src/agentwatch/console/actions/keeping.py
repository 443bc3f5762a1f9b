"""What leaves the screen: copies, evidence, saved filters; and the ways to help and out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from agentwatch.console.evidence import write_evidence
from agentwatch.console.screens.help import HelpSheet
from agentwatch.console.screens.menu import Choice, Menu
from agentwatch.console.screens.tour import Tour
from agentwatch.untrusted import show

if TYPE_CHECKING:
    from agentwatch.console.app import Console

GOES_ON = "the recorder goes on for a minute after the last console"


def copy(console: Console, _: str | None) -> None:
    """Offer what may be copied from the row; it goes through the terminal (OSC 52)."""
    values = console.pane.copies()
    if not values:
        console.say("nothing to copy here", "dim")
        return
    choices = [Choice(str(at), f"{name}  {value}") for at, (name, value) in enumerate(values)]

    def chosen(at: str | None) -> None:
        if at is not None:
            name, value = values[int(at)]
            console.copy_to_clipboard(show(value))
            console.say(f"copied the {name}", "dim")

    console.push_screen(Menu("COPY", choices), chosen)


def evidence(console: Console, _: str | None) -> None:
    """Write what is seen to files."""
    try:
        written = write_evidence(console)
    except OSError as error:
        console.say(f"the evidence could not be written: {error}", "warn")
    else:
        home = Path.home()
        place = f"~/{written.relative_to(home)}" if written.is_relative_to(home) else written
        console.say(f"written: {place}.txt .svg .json", "text")


def save_filter(console: Console, argument: str | None) -> None:
    """Keep the filter in force under a name; `@name` stands for it from now on."""
    name = (argument or "").strip().removeprefix("@")
    if not name.isidentifier():
        console.say("give the filter a name of letters and digits: :save slow", "warn")
    elif not console.pane.filter_text:
        console.say("there is no filter to save; / sets one", "warn")
    else:
        console.settings.session.filters[name] = console.pane.filter_text
        console.say(f"@{name} stands for {console.pane.filter_text}", "dim")


def help_sheet(console: Console, _: str | None) -> None:
    """Show every key."""
    console.push_screen(HelpSheet(console.settings.keymap, console.look))


def tour(console: Console, _: str | None) -> None:
    """Show the cards one after the other."""
    console.push_screen(Tour())


def quit_console(console: Console, _: str | None) -> None:
    """Go back where there is a way back; at the root ask once."""
    if console.trail.back():
        console.show_place()
    elif console.asked_to_quit:
        quit_now(console, None)
    else:
        console.asked_to_quit = True
        console.say(f"q again to quit; {GOES_ON}", "warn")


def interrupt(console: Console, _: str | None) -> None:
    """The first ctrl-c says what goes on, the second quits."""
    if console.asked_to_quit:
        quit_now(console, None)
    else:
        console.asked_to_quit = True
        console.say(f"ctrl-c again to quit; {GOES_ON}", "warn")


def quit_now(console: Console, _: str | None) -> None:
    """Keep how things stand, and end."""
    console.leave()
