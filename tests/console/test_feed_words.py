"""What is the matter with a feed, in signs and in words; and nothing that was not seen."""

from __future__ import annotations

from typing import Any

import pytest

from agentwatch.clock import NS_PER_S
from agentwatch.console.feed_words import (
    fact_lines,
    facts,
    is_bad,
    lag_s,
    mark,
    span,
    strip,
    title,
    unheard_ns,
)  # fmt: skip
from agentwatch.console.glyphs import ASCII, UTF8
from agentwatch.console.seen import MINUTE_NS
from agentwatch.store.queries.feed_view import Lost
from tests.console.feed_facts import NOW, feed

SILENT = {"last_frame_ns": NOW - 95 * NS_PER_S}
CONNECTING = {"state": "connecting", "reason": "no route"}
NEXT = NOW // MINUTE_NS


def said(**more: Any) -> dict[str, str]:
    found = facts(feed(**more), NOW, False)
    return {label: "".join(text for text, _ in line) for label, line in found}


@pytest.mark.parametrize(
    ("more", "down", "sign"),
    [
        ({}, False, (" ", "text")),
        ({}, True, ("~", "stale")),
        (SILENT, False, ("~", "stale")),
        (CONNECTING, False, ("^", "warn")),
        ({"state": "closed", "reason": "refused us"}, False, ("!", "error")),
        ({"state": "closed"}, False, (" ", "text")),
        ({"sampled": True}, False, ("^", "warn")),
        ({"dropped": 1}, False, ("^", "warn")),
        ({"skew_s": 2.5}, False, ("^", "warn")),
        ({"skew_s": 2.5, "clock": "event"}, False, (" ", "text")),
    ],
)
def test_a_feed_has_the_mark_of_its_state(
    more: dict[str, Any], down: bool, sign: tuple[str, str]
) -> None:
    assert mark(feed(**more), NOW, down, UTF8) == sign


def test_a_sound_feed_has_nothing_the_matter() -> None:
    assert list(said()) == ["from", "frames", "spans", "gaps"]
    assert not is_bad(feed(), NOW, down=False)
    assert title(feed(), NOW, False) == (("prod-eu", "strong"), ("  live", "dim"))


def test_a_silent_feed_says_how_long_and_what_that_takes_away() -> None:
    told = "".join(text for text, _ in title(feed(**SILENT), NOW, False))
    assert told == "prod-eu  silent for 95s, 48 times its interval"
    found = said(**SILENT)
    assert found["socket"] == "open, and silent; an open socket proves nothing"
    assert found["inhibits"] == "3 agents heard only here"


def test_while_nobody_records_no_feed_is_called_live() -> None:
    told = "".join(text for text, _ in title(feed(), NOW, True))
    assert told == "prod-eu  nobody records; last frame 1s ago"


def test_a_feed_that_never_came_says_so() -> None:
    told = title(feed(**CONNECTING, last_frame_ns=None, last_record_ns=None), NOW, False)
    assert "".join(text for text, _ in told) == "prod-eu  connecting; no frame yet"
    assert next(iter(said(**CONNECTING).items())) == ("reason", "no route")


@pytest.mark.parametrize(
    ("more", "label", "sentence"),
    [
        (
            {"gaps": 2, "lost": (Lost(NOW - 90 * NS_PER_S, NOW - 60 * NS_PER_S, "cut"),)},
            "lost", "2 gaps in 24 h, the last 07:58:30Z - 07:59:00Z: cut",
        ),
        (
            {"gaps": 1, "lost": (Lost(NOW - 90 * NS_PER_S, None, "cut"),)},
            "lost", "1 gap in 24 h, the last 07:58:30Z - now: cut",
        ),
        (
            {"rejected": 3, "rejections": {"bad_json": 1, "too_large": 2}},
            "rejected", "3 frames: 2 over max_frame_bytes, 1 no JSON",
        ),
        ({"rejected": 1, "rejections": {"new": 1}}, "rejected", "1 frame: 1 new"),
        ({"spans_rejected": 4}, "rejected", "4 single spans"),
        ({"dropped": 6}, "dropped", "6 frames came faster than this disk stores them"),
        ({"sampled": True}, "sampled", "suspected; over 5 % of its last 200 runs miss a parent"),
        ({"sampled": True}, "try", "limit: 10000 in the Collector's remotetap processor"),
        ({"skew_s": 5.2}, "clock", "5.20s ahead of this machine; set the senders' clock"),
        (
            {"skew_s": -3.2}, "clock",
            "3.20s late at best: what it sends waits, or the senders' clock is behind",
        ),
        ({"clock": "event"}, "clock", "its own: a recording, at the times that it tells"),
        ({"clock": "shift"}, "clock", "a recording, its times moved to now"),
        (
            {"kind": "witness"}, "from",
            "wss://telemetry.corp/v1   witness: what an enforcement point saw",
        ),
        (
            {"frames": 12, "stored": 9, "empty": 1, "rejected": 2}, "frames",
            "12 = 9 stored + 1 empty + 2 rejected + 0 dropped",
        ),
        ({"empty": 1}, "empty", "1 frames held no record: an exporter sends what is no OTLP/JSON"),
        ({"faults": {"secret": 3, "mended": 0}}, "mended", "3 secrets masked"),
    ],
)  # fmt: skip
def test_what_is_the_matter_is_said_in_words(
    more: dict[str, Any], label: str, sentence: str
) -> None:
    assert said(**more)[label] == sentence


def test_what_is_the_matter_comes_before_what_is_always_so() -> None:
    found = list(said(**SILENT, dropped=1, gaps=1, lost=(Lost(NOW, None, "x"),)))
    assert found[:4] == ["socket", "inhibits", "lost", "dropped"]


def test_many_kinds_are_named_by_the_most_frequent() -> None:
    told = said(faults={f"kind{number}": number for number in range(1, 8)})["mended"]
    assert told == "7 kind7, 6 kind6, 5 kind5, 4 kind4, 3 more kinds"


def test_a_fact_is_a_line_with_its_label_in_front() -> None:
    assert fact_lines([("gaps", (("none", "dim"),))]) == [((" gaps      ", "dim"), ("none", "dim"))]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.004, "4ms"), (0.9996, "1.00s"), (1.4, "1.40s"), (10, "10s"), (125, "2m")],
)
def test_seconds_take_five_cells_at_most(seconds: float, text: str) -> None:
    assert span(seconds) == text
    assert len(text) <= 5


@pytest.mark.parametrize(
    ("more", "lag"),
    [
        ({}, 0.08),
        ({"last_record_ns": NOW}, None),
        ({"last_record_ns": None}, None),
        ({"clock": "event"}, None),
    ],
)
def test_a_lag_is_known_only_on_this_machines_clock(
    more: dict[str, Any], lag: float | None
) -> None:
    assert lag_s(feed(**more)) == lag


def test_a_strip_draws_zero_gaps_and_what_was_before_each_in_its_own_way() -> None:
    lost = (Lost((NEXT - 2) * MINUTE_NS + 1, (NEXT - 2) * MINUTE_NS + 2, "cut"),)
    counts = [None, 0, 8, 0, 7, 4]
    assert strip(counts, feed(lost=lost), NEXT, None, UTF8) == "  █_░▄"
    assert strip(counts, feed(lost=lost), NEXT, None, ASCII) == "  @_?="


def test_a_strip_ends_in_unseen_minutes_once_nobody_sees_the_feed() -> None:
    dead_ns = (NEXT - 3) * MINUTE_NS + 30 * NS_PER_S
    assert strip([4, 4, 4, 0, 0], feed(), NEXT, dead_ns, UTF8) == "███░░"
    assert strip([0, 0, 0], feed(), NEXT, None, UTF8) == "   "
    assert strip([], feed(), NEXT, None, UTF8) == ""


def test_only_a_feed_that_should_be_heard_is_missed() -> None:
    last_ns = NOW - 95 * NS_PER_S
    assert unheard_ns(feed(), NOW) is None
    assert unheard_ns(feed(**SILENT), NOW) == last_ns
    assert unheard_ns(feed(**SILENT, state="closed"), NOW) == last_ns
    assert unheard_ns(feed(**SILENT, state="closed", clock="shift"), NOW) is None
