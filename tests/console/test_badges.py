"""What the header fills with a ground, the gravest first."""

from __future__ import annotations

from pathlib import Path

from agentwatch.console.badges import badges
from agentwatch.console.flush import Flush
from agentwatch.store.queries.status import FeedStanding, Status


def feed(clock: str) -> FeedStanding:
    return FeedStanding("prod", "agents", "live", 5, 2.0, False, None, None, clock)


def test_badges_stand_in_the_order_of_their_weight(tmp_path: Path) -> None:
    flush = Flush(tmp_path / "s.db")
    assert list(badges(flush, False, (), 0)) == []
    flush.status = Status((feed("wall"), feed("event")), 9, 1_000)
    flush.freeze(7)
    flush.status = Status(flush.status.feeds, 9, 2_234)
    assert list(badges(flush, True, ("DEMO",), 2)) == [
        ("RECORDER DOWN", "critical"), ("FROZEN +1,234", "badge"), ("REPLAY", "badge"),
        ("DEMO", "badge"), ("2 marked", "mark"),
    ]  # fmt: skip
    flush.source.close()
