"""What happens to a feed in; its state, its expected interval and its gaps out."""

from __future__ import annotations

from collections import deque
from statistics import median

from agentwatch.clock import NS_PER_S
from agentwatch.config import FeedConfig
from agentwatch.feeds.url import parse_url
from agentwatch.model import FeedClock, FeedState, Gap

GAPS = 50
MIN_GAPS = 5
MIN_INTERVAL_S = 2.0
STALE_INTERVALS = 5


class FeedStatus:
    """One feed as its transport sees it; the recorder reads it."""

    def __init__(
        self, name: str, url: str, kind: str, clock: FeedClock, expected_s: float | None = None
    ) -> None:
        self.name = name
        self.url = url
        self.kind = kind
        self.clock: FeedClock = clock
        self.state: FeedState = "connecting"
        self.reason: str | None = None
        self.last_frame_ns: int | None = None
        self.frames_too_large = 0
        self.refused = False
        """For good: trying again would change nothing."""
        self.at_end = False
        self._expected_s = expected_s
        self._between_s: deque[float] = deque(maxlen=GAPS)
        self._opened_ns: int | None = None
        self._lost: Gap | None = None
        self._gaps: list[Gap] = []

    @classmethod
    def of(cls, feed: FeedConfig) -> FeedStatus:
        """Return the status of a feed that has not been tried yet. Raises FeedError."""
        clock = parse_url(feed.url).clock
        return cls(feed.name, feed.url, feed.kind, clock, feed.expected_interval_s)

    @property
    def interval_s(self) -> float | None:
        """Seconds expected between frames; None under five gaps."""
        if self._expected_s is not None:
            return self._expected_s
        if len(self._between_s) < MIN_GAPS:
            return None
        return max(MIN_INTERVAL_S, median(self._between_s))

    def opened(self, now_ns: int) -> None:
        """The connection stands; a gap that was open ends."""
        self.state, self.reason, self._opened_ns = "live", None, now_ns
        if self._lost is not None:
            lost, self._lost = self._lost, None
            self._gaps.append(Gap(self.name, lost.since_ns, now_ns, lost.reason))

    def resume(self, gap: Gap) -> None:
        """Nobody has seen the feed since an earlier recorder: that gap ends with the connection."""
        self._lost = gap
        self._gaps.append(gap)

    def frame_came(self, now_ns: int) -> None:
        """A frame was received."""
        if self.last_frame_ns is not None:
            self._between_s.append((now_ns - self.last_frame_ns) / NS_PER_S)
        self.last_frame_ns = now_ns
        self.state = "live"

    def lost(self, reason: str, now_ns: int) -> None:
        """The connection stood and is gone: nobody sees what is sent from here on."""
        self.failed(reason)
        if self._lost is None:
            self._lost = Gap(self.name, now_ns, None, reason)
            self._gaps.append(self._lost)

    def failed(self, reason: str) -> None:
        """The connection could not be made; the next attempt follows."""
        self.state, self.reason = "connecting", reason

    def refuse(self, reason: str) -> None:
        """The server will not have us, whatever we try."""
        self.state, self.reason, self.refused = "closed", reason, True

    def ended(self) -> None:
        """The recording is at its end."""
        self.state, self.at_end = "closed", True

    def closed(self) -> None:
        """The recorder ends."""
        self.state = "closed"

    def judge(self, now_ns: int) -> None:
        """Mark a live feed stale once it has been silent for five times its interval."""
        interval_s = self.interval_s
        if self.state != "live" or interval_s is None:
            return
        heard_ns = max(self.last_frame_ns or 0, self._opened_ns or 0)
        if now_ns - heard_ns > STALE_INTERVALS * interval_s * NS_PER_S:
            self.state = "stale"

    def drain_gaps(self) -> list[Gap]:
        """Return the gaps that opened or ended since the last call."""
        gaps, self._gaps = self._gaps, []
        return gaps
