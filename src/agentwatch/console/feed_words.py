"""A feed's facts in; its signs, its strip and what is the matter with it in words out. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from agentwatch.clock import NS_PER_S
from agentwatch.console.ages import age_s
from agentwatch.console.cells import Line, Piece
from agentwatch.console.glyphs import Glyphs, trend
from agentwatch.console.header import SKEW_S, is_stale
from agentwatch.console.seen import MINUTE_NS
from agentwatch.figures import age, second
from agentwatch.store.queries.feed_view import FeedFacts

LABEL = 10
REJECTIONS = {
    "bad_json": "no JSON", "not_utf8": "not UTF-8", "too_deep": "nested too deep",
    "too_large": "over max_frame_bytes",
}  # fmt: skip
FAULTS = {
    "secret": "secrets masked", "mended": "control characters shown as marks",
    "surrogate": "lone surrogates shown as marks", "duplicate_key": "keys twice in one record",
    "collision": "spans told twice, differently", "wrong_type": "values of a wrong type",
    "enum_name": "enums by name", "base64_id": "ids in base64", "not_finite": "NaN or infinite",
}  # fmt: skip
MOST_REASONS = 4
Fact = tuple[str, Line]
"""A label, and what it says."""


def is_bad(feed: FeedFacts, now_ns: int, down: bool) -> bool:
    """Say whether what the feed brought last must not look alive."""
    return down or is_stale(feed, now_ns)


def mark(feed: FeedFacts, now_ns: int, down: bool, glyphs: Glyphs) -> Piece:
    """Return the sign of a feed's state."""
    if feed.state == "closed" and feed.reason:
        return glyphs.error, "error"
    if feed.state == "connecting":
        return glyphs.warning, "warn"
    if is_bad(feed, now_ns, down):
        return glyphs.ageing, "stale"
    if feed.sampled or feed.dropped or is_skewed(feed):
        return glyphs.warning, "warn"
    return " ", "text"


def unheard_ns(feed: FeedFacts, now_ns: int) -> int | None:
    """Return since when nobody hears a feed; a recording that is at its end is not missed."""
    closed = feed.state == "closed" and feed.clock == "wall"
    return feed.last_frame_ns if closed or is_stale(feed, now_ns) else None


def is_skewed(feed: FeedFacts) -> bool:
    """Say whether the senders' clock is too far ahead to be believed."""
    return feed.clock == "wall" and feed.skew_s is not None and feed.skew_s > SKEW_S


def lag_s(feed: FeedFacts) -> float | None:
    """Return how old the newest record was when the last frame came; None: not known."""
    if feed.clock != "wall" or feed.last_frame_ns is None or feed.last_record_ns is None:
        return None
    seconds = (feed.last_frame_ns - feed.last_record_ns) / NS_PER_S
    return seconds if seconds >= 0 else None


def span(seconds: float) -> str:
    """Return seconds in at most five cells, with three digits where they are few: 4ms, 1.40s."""
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f}ms"
    return f"{seconds:.2f}s" if seconds < 9.995 else age(seconds)


def strip(
    counts: Sequence[int | None],
    feed: FeedFacts,
    next_minute: int,
    dead_ns: int | None,
    signs: Glyphs,
) -> str:
    """Return a sign a minute, the last one before `next_minute`; nobody sees it from `dead_ns`.

    Blank is before anything was seen, or not counted yet.
    """
    top, known, drawn = max([count or 0 for count in counts] + [1]), False, []
    for at, count in enumerate(counts, next_minute - len(counts)):
        sees_until_ns = at * MINUTE_NS + (0 if count else MINUTE_NS)
        unseen = _is_lost(feed, at * MINUTE_NS) or (dead_ns is not None and sees_until_ns > dead_ns)
        known = known or unseen or bool(count)
        if unseen:
            drawn.append(signs.unseen)
        else:
            drawn.append(" " if count is None or not known else trend((count,), top, signs))
    return "".join(drawn)


def _is_lost(feed: FeedFacts, begins_ns: int) -> bool:
    return any(
        gap.since_ns < begins_ns + MINUTE_NS and (gap.until_ns is None or gap.until_ns > begins_ns)
        for gap in feed.lost
    )


def title(feed: FeedFacts, now_ns: int, down: bool) -> Line:
    """Return the feed's name and how it stands."""
    bad = is_bad(feed, now_ns, down)
    name = (feed.name, "stale" if bad else "strong")
    last_ns = feed.last_frame_ns
    since = "no frame yet" if last_ns is None else f"last frame {age(age_s(last_ns, now_ns))} ago"
    if down:
        return name, (f"  nobody records; {since}", "dim")
    if bad and last_ns is not None and feed.interval_s:
        seconds = age_s(last_ns, now_ns)
        told = f"  silent for {age(seconds)}, {seconds / feed.interval_s:,.0f} times its interval"
        return name, (told, "dim")
    if feed.state == "live" and last_ns is not None:
        return name, ("  live", "dim")
    role = "warn" if feed.state == "connecting" else "dim"
    return name, ("  ", "text"), (feed.state, role), (f"; {since}", "dim")


def facts(feed: FeedFacts, now_ns: int, down: bool) -> list[Fact]:
    """Return what is to be said of a feed, what is the matter with it first."""
    return [*_matters(feed, now_ns, down), *_standing(feed), *_quiet(feed)]


def fact_lines(told: Sequence[Fact]) -> list[Line]:
    """Return the facts, a line each."""
    return [((f" {label:<{LABEL}}", "dim"), *line) for label, line in told]


def _matters(feed: FeedFacts, now_ns: int, down: bool) -> Iterator[Fact]:
    if feed.reason:
        yield "reason", ((feed.reason, "error" if feed.state == "closed" else "warn"),)
    if is_stale(feed, now_ns) and not down:
        yield "socket", (("open, and silent", "text"), ("; an open socket proves nothing", "dim"))
    if is_bad(feed, now_ns, down) and feed.agents:
        many = "s" if feed.agents != 1 else ""
        yield "inhibits", ((f"{feed.agents} agent{many}", "text"), (" heard only here", "dim"))
    if feed.gaps and feed.lost:
        yield _lost_fact(feed)
    if feed.rejected or feed.spans_rejected:
        yield _rejected(feed)
    if feed.dropped:
        told = (" frames came faster than this disk stores them", "dim")
        yield "dropped", ((f"{feed.dropped:,}", "warn"), told)
    if feed.sampled:
        told = ("; over 5 % of its last 200 runs miss a parent", "dim")
        yield "sampled", (("suspected", "warn"), told)
        yield "try", (
            ("limit: 10000", "text"), (" in the Collector's remotetap processor", "dim"),
        )  # fmt: skip
    yield from _clock(feed)


def _lost_fact(feed: FeedFacts) -> Fact:
    last = feed.lost[-1]
    until = "now" if last.until_ns is None else second(last.until_ns)[11:]
    count = "1 gap" if feed.gaps == 1 else f"{feed.gaps:,} gaps"
    return "lost", (
        (f"{count} in 24 h", "stale"), (", the last ", "dim"),
        (f"{second(last.since_ns)[11:]} - {until}", "stale"), (f": {last.reason}", "dim"),
    )  # fmt: skip


def _rejected(feed: FeedFacts) -> Fact:
    told = _counts(feed.rejections, REJECTIONS)
    line: list[Piece] = []
    if feed.rejected:
        frames = "frame" if feed.rejected == 1 else "frames"
        line += [(f"{feed.rejected:,} {frames}", "warn"), (f": {told}" if told else "", "dim")]
    if feed.spans_rejected:
        line += [("; ", "dim")] if line else []
        line += [(f"{feed.spans_rejected:,}", "warn"), (" single spans", "dim")]
    return "rejected", tuple(line)


def _clock(feed: FeedFacts) -> Iterator[Fact]:
    if feed.clock == "event":
        yield "clock", (("its own", "text"), (": a recording, at the times that it tells", "dim"))
    elif feed.clock == "shift":
        yield "clock", (("a recording", "text"), (", its times moved to now", "dim"))
    elif is_skewed(feed):
        ahead = f"{span(feed.skew_s or 0)} ahead"
        yield "clock", ((ahead, "warn"), (" of this machine; set the senders' clock", "dim"))
    elif feed.skew_s is not None and feed.skew_s < -SKEW_S:
        late = f"{span(-feed.skew_s)} late"
        told = " at best: what it sends waits, or the senders' clock is behind"
        yield "clock", ((late, "text"), (told, "dim"))


def _standing(feed: FeedFacts) -> Iterator[Fact]:
    kind: Line = ()
    if feed.kind == "witness":
        kind = (("   witness", "text"), (": what an enforcement point saw", "dim"))
    yield "from", ((feed.url, "text"), *kind)
    parts = zip(
        (feed.stored, feed.empty, feed.rejected, feed.dropped),
        ("stored", "empty", "rejected", "dropped"),
        strict=True,
    )
    line: list[Piece] = [(f"{feed.frames:,}", "text")]
    for number, (count, what) in enumerate(parts):
        line += [(" + " if number else " = ", "dim"), (f"{count:,}", "text"), (f" {what}", "dim")]
    yield "frames", tuple(line)


def _quiet(feed: FeedFacts) -> Iterator[Fact]:
    if feed.empty:
        told = " frames held no record: an exporter sends what is no OTLP/JSON"
        yield "empty", ((f"{feed.empty:,}", "text"), (told, "dim"))
    if any(feed.faults.values()):
        yield "mended", ((_counts(feed.faults, FAULTS), "text"),)
    yield "spans", ((f"{feed.spans:,}", "text"), (f"   from {feed.agents:,} agents", "dim"))
    if not feed.gaps:
        yield "gaps", (("none in 24 h", "dim"),)


def _counts(counts: Mapping[str, int], words: Mapping[str, str]) -> str:
    """Return the most frequent reasons in words."""
    most = sorted(((count, name) for name, count in counts.items() if count), reverse=True)
    told = [f"{count:,} {words.get(name, name)}" for count, name in most[:MOST_REASONS]]
    more = [f"{len(most) - MOST_REASONS} more kinds"] if len(most) > MOST_REASONS else []
    return ", ".join(told + more)
