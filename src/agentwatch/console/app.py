"""Settings in, the console out: it shows a pane, has the store looked into for it, and hears keys.

What keys do stands in `actions/`, what views show in `panes/`.
"""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import ContentSwitcher

from agentwatch.console.actions import run_action
from agentwatch.console.actions.prompting import filter_in_force
from agentwatch.console.badges import badges
from agentwatch.console.canvas import Canvas, Lines
from agentwatch.console.cells import Line, Piece
from agentwatch.console.checkup import Checkup
from agentwatch.console.crop import crop_both_sides
from agentwatch.console.flush import FLUSH_S, SLOW_FLUSH_S, Flush
from agentwatch.console.header import header
from agentwatch.console.in_order import Fence, InOrder
from agentwatch.console.keys_line import keys_line
from agentwatch.console.look import Look
from agentwatch.console.pane import Pane
from agentwatch.console.panes import PANES
from agentwatch.console.place import Place, Trail
from agentwatch.console.prompt import Prompt
from agentwatch.console.screens.notices import Notices
from agentwatch.console.session import save
from agentwatch.console.settings import Settings
from agentwatch.console.textual_theme import textual_theme

SMALLEST = (80, 20)
FRAME = ("header", "vitals", "hint", "keys", "small")


class _Main(Screen[None], inherit_bindings=False):
    """The one screen that lives; without Textual's own keys."""


class Console(App[int], inherit_bindings=False):
    """The console."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [Binding("ctrl+c", "interrupt", show=False, priority=True)]  # noqa: RUF012
    CSS_PATH = "console.tcss"
    AUTO_FOCUS = None

    def __init__(self, settings: Settings) -> None:
        few = settings.look.theme.name in ("16", "mono")
        super().__init__(ansi_color=True if few else None)
        crop_both_sides()
        self.settings = settings
        self.look = settings.look
        self.register_theme(textual_theme(self.look.theme))
        self.theme = self.look.theme.name
        views = [pane.VIEW for pane in PANES]
        left = settings.session.view
        self.trail = Trail(Place(left if left in views else views[0]))
        self.flush = Flush(settings.store)
        self.checkup = Checkup()
        self.slow = settings.slow
        self.asked_to_quit = False
        self.said: Piece | None = None
        """A word for the keys line until the next key."""
        self.telling: Callable[[], Line] | None = None
        """What stands below the input, and goes on being true: drawn anew with the frame."""
        self._stands = False
        self.keys = InOrder(self)

    def get_default_screen(self) -> Screen[None]:
        return _Main()

    def compose(self) -> ComposeResult:
        yield Lines("bar", id="header")
        yield Lines(id="vitals")
        with ContentSwitcher(initial=self.trail.here.view, id="views"):
            for pane in PANES:
                yield pane()
        yield Prompt(id="prompt")
        yield Lines(id="hint")
        yield Lines(id="keys")
        yield Lines(id="small")

    def on_mount(self) -> None:
        self._frame = {name: self.query_one(f"#{name}", Lines) for name in FRAME}
        self.prompt = self.query_one(Prompt)
        self._views = self.query_one(ContentSwitcher)
        self.panes = {pane.VIEW: pane for pane in self.query(Pane)}
        notices = [*self.settings.notices, *self.settings.session.restore(self.panes.values())]
        self._stands = True
        self._timer = self.set_interval(FLUSH_S, self.look_for_news)
        self.set_slow(self.slow)
        self.show_place()
        if notices:
            self.push_screen(Notices(notices))
        if self.settings.tour:
            self.call_after_refresh(run_action, self, "tour")

    @property
    def pane(self) -> Pane:
        """The pane that is seen."""
        return self.panes[self.trail.here.view]

    def show_place(self) -> None:
        """Bring the present place to the screen."""
        self.pane.enter(self.trail.here)
        self._views.current = self.trail.here.view
        self.pane.table.focus()
        self.draw_frame()
        self.want()

    def apply_look(self, look: Look) -> None:
        """Draw everything with another theme."""
        self.look = look
        self.register_theme(textual_theme(look.theme))
        self.theme = look.theme.name
        self.refresh_css()
        for screen in self.screen_stack:  # a menu that asked for it may still stand above
            for canvas in screen.query(Canvas):
                canvas.forget()

    def set_slow(self, slow: bool) -> None:
        """Look for news once a second only, or four times."""
        self.slow = slow
        self._timer.stop()
        self._timer = self.set_interval(SLOW_FLUSH_S if slow else FLUSH_S, self.look_for_news)

    def on_resize(self, event: events.Resize) -> None:
        width, height = event.size
        small = width < SMALLEST[0] or height < SMALLEST[1]
        for name, holds in (
            ("-small", small), ("-wide", width >= 120), ("-huge", width >= 200),
            ("-tall", height >= 30),
        ):  # fmt: skip
            self.screen_stack[0].set_class(holds, name)
        if self._stands:
            told = f" agentwatch needs {SMALLEST[0]}x{SMALLEST[1]}; this is {width}x{height}"
            self._frame["small"].show_lines([((told, "warn"),)] if small else [])
            if not small and self.screen_stack[0].focused is None:  # what is hidden loses the keys
                (self.prompt if self.prompt.is_open else self.pane.table).focus()
            self.call_after_refresh(self.draw_frame)

    # -- what stands around the pane -----------------------------------------------------------

    def draw_frame(self) -> None:
        """Draw header, vitals and keys."""
        now_ns, width = self.settings.clock(), self.size.width
        crumbs = [place.title for place in self.trail.places]
        down, feeds = self.flush.is_down(now_ns), self.flush.status.feeds
        marked = len(self.pane.table.marked)
        told = badges(self.flush, down, self.settings.badges, marked)
        self._frame["header"].show_lines(
            [header(width, crumbs, list(told), feeds, now_ns, self.look.glyphs, down)]
        )
        self._frame["vitals"].show_lines([self.pane.vitals_line(width)])
        self._frame["keys"].show_lines([keys_line(width, self)])
        below = filter_in_force(self) if self.telling is None else self.telling()
        self._frame["hint"].set_class(bool(below), "open")
        self._frame["hint"].show_lines([((" ", "text"), *below)] if below else [])

    def say(self, text: str, role: str = "text") -> None:
        """Put a word on the keys line, until the next key."""
        self.said = (text, role)
        self.draw_frame()

    def tell(self, telling: Callable[[], Line] | None) -> None:
        """Say something below the input, or nothing any more."""
        self.telling = telling
        self.draw_frame()

    # -- the store -----------------------------------------------------------------------------

    def want(self) -> None:
        """Have the pane's question put at once, whether or not there is news."""
        self.flush.want()
        self.look_for_news()

    def look_for_news(self) -> None:
        """Look into the store; keys go on being heard meanwhile."""
        self.run_worker(self._look(), group="store")
        self.checkup.look(self)

    async def _look(self) -> None:
        await self.flush.look(self.pane, self.settings.clock())
        self.draw_frame()

    @property
    def rate(self) -> float:
        """Records a second, over the last few seconds."""
        return self.flush.rate(self.settings.clock())

    def leave(self) -> None:
        """Keep how things stand, and end, however the end came."""
        if self._stands:
            session = self.settings.session
            session.remember(self.trail.places[0].view, self.panes.values())
            save(session, self.settings.state_folder)
        self.exit(0)

    def on_unmount(self) -> None:
        self.flush.source.close()

    # -- what is heard -------------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        await self.keys.hear(event, super().on_event)

    async def on_fence(self, event: Fence) -> None:
        await self.keys.passed(event)

    async def on_key(self, event: events.Key) -> None:
        action = self.settings.keymap.get(event.key)
        if action is None or self.prompt.has_focus:
            return
        event.stop()
        self.said = None
        self.asked_to_quit = self.asked_to_quit and action == "quit"
        await run_action(self, action)

    async def action_interrupt(self) -> None:
        await run_action(self, "interrupt")

    async def on_prompt_told(self, event: Prompt.Told) -> None:
        await run_action(self, f"{event.purpose}_{event.how}", event.text)

    def on_pane_enter(self, event: Pane.Enter) -> None:
        self.trail.enter(event.place)
        self.show_place()
        if event.filter_text:
            self.pane.apply_filter(event.filter_text)

    def on_pane_ask(self) -> None:
        self.want()

    def on_pane_say(self, event: Pane.Say) -> None:
        self.say(event.text, event.role)
