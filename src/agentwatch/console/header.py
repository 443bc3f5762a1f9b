"""How things stand in, the first line of the screen out: where, what is wrong, how old. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol

from agentwatch.clock import NS_PER_S
from agentwatch.console.ages import STALE_INTERVALS, age_piece, age_s
from agentwatch.console.cells import Line, Piece, spread, width_of_line
from agentwatch.console.glyphs import Glyphs
from agentwatch.figures import age
from agentwatch.store.queries.status import FeedStanding
from agentwatch.untrusted import show

GAP: Piece = ("  ", "text")
SKEW_S = 2.0
"""A clock that is further ahead than this is told."""

LONGEST_NAME = 24


class Heard(Protocol):
    """What staleness is judged by."""

    @property
    def state(self) -> str: ...
    @property
    def interval_s(self) -> float | None: ...
    @property
    def last_frame_ns(self) -> int | None: ...


def header(
    width: int,
    crumbs: Sequence[str],
    badges: Sequence[Piece],
    feeds: Sequence[FeedStanding],
    now_ns: int,
    glyphs: Glyphs,
    down: bool = False,
) -> Line:
    """Return the line; when it is narrow feeds shrink first, then the breadcrumb its middle.

    `down`: nobody records, so that no feed's age means that it lives.
    """
    minute = datetime.fromtimestamp(now_ns // NS_PER_S, UTC).strftime("%H:%MZ")
    end: list[Piece] = []
    for text, role in badges:
        end += [(f" {text} ", role), (" ", "text")]
    end += [(" ", "text"), (minute, "text"), (" ", "text")]
    names = [show(crumb) for crumb in crumbs]
    told = [_joined(lines) for lines in _shrinking(feeds, now_ns, down, glyphs)]
    short = _breadcrumb(names[-1:], glyphs, cut=len(names) > 1)
    for left in (_breadcrumb(names, glyphs), short):
        for feeds_line in told:
            right = (*feeds_line, *end)
            if width_of_line(left) + width_of_line(right) + 2 <= width:
                return spread(left, right, width)
    return spread(short, tuple(end), width)


def _shrinking(
    feeds: Sequence[FeedStanding], now_ns: int, down: bool, glyphs: Glyphs
) -> list[list[Line]]:
    """Return what may be told of the feeds, the fullest first."""
    worst = sorted(feeds, key=lambda feed: _badness(feed, now_ns, down))
    bad = [feed for feed in worst if _badness(feed, now_ns, down) < _WELL]
    well = len(feeds) - len(bad)
    few: list[Line] = [((f"{well} feed{'s' if well != 1 else ''} ok", "dim"),)] if well else []
    rest: list[Line] = [((f"+{len(bad) - 1}", "warn"),)] if len(bad) > 1 else []

    def told(each: Sequence[FeedStanding], **words: bool) -> list[Line]:
        return [feed_pieces(feed, now_ns, down, glyphs, **words) for feed in each]

    return [
        told(feeds, reasons=True),
        told(feeds),
        [*few, *told(bad)],
        [*few, *told(bad, words=False)],
        [*told(bad[:1]), *rest] or few,
        [*told(bad[:1], words=False), *rest],
    ]


def feed_pieces(
    feed: FeedStanding,
    now_ns: int,
    down: bool,
    glyphs: Glyphs,
    *,
    words: bool = True,
    reasons: bool = False,
) -> Line:
    """Return a feed's name, and its age or what is the matter with it."""
    name: Piece = (f"{show(feed.name, LONGEST_NAME)} ", "dim")
    why = f": {show(feed.reason)}" if reasons and feed.reason else ""
    if down:
        last = "-" if feed.last_frame_ns is None else age(age_s(feed.last_frame_ns, now_ns))
        return name, (f"{last}{glyphs.error}", "stale")
    if feed.state == "connecting":
        return name, (f"{feed.state}{why}" if words else glyphs.warning, "warn")
    if feed.state == "closed":
        return name, (f"closed{why}", "error" if feed.reason else "dim")
    text, role = age_piece(feed.last_frame_ns, now_ns, feed.interval_s, "text")
    if is_stale(feed, now_ns):
        word = " stale" if words else ""
        return name, (f"{text.rstrip('!~ ')}{glyphs.error}{word}", "stale")
    matter = _matter(feed)
    if matter is None:
        return name, (text.strip(), role)
    return name, (text.strip(), role), (f"{glyphs.warning}{' ' + matter if words else ''}", "warn")


def is_stale(feed: Heard, now_ns: int) -> bool:
    """Say whether a feed has been silent for five times its interval, whoever noticed."""
    if feed.state == "stale":
        return True
    if feed.state != "live" or feed.interval_s is None or feed.last_frame_ns is None:
        return False
    return age_s(feed.last_frame_ns, now_ns) > STALE_INTERVALS * feed.interval_s


def _matter(feed: FeedStanding) -> str | None:
    """Return what is wrong with a feed that is heard."""
    if feed.sampled:
        return "sampled"
    if feed.clock == "wall" and feed.skew_s is not None and feed.skew_s > SKEW_S:
        return f"clock +{age(feed.skew_s)}"
    return None


_WELL = 5


def _badness(feed: FeedStanding, now_ns: int, down: bool) -> int:
    """Return the order in which feeds want to be seen when there is little room."""
    if down:
        return 0
    if feed.state == "closed" and feed.reason:
        return 1
    if feed.state == "connecting":
        return 2
    if is_stale(feed, now_ns):
        return 3
    return 4 if _matter(feed) is not None else _WELL


def _breadcrumb(crumbs: Sequence[str], glyphs: Glyphs, cut: bool = False) -> Line:
    names = ["agentwatch", *((glyphs.cut,) if cut else ()), *crumbs]
    line: list[Piece] = [(" ", "text")]
    for number, name in enumerate(names):
        if number:
            line.append((f" {glyphs.crumb} ", "dim"))
        line.append((name, "strong" if number == len(names) - 1 else "accent"))
    return tuple(line)


def _joined(lines: Sequence[Line]) -> Line:
    pieces: list[Piece] = []
    for line in lines:
        pieces += [*line, GAP]
    return tuple(pieces)
