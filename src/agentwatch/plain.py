"""The store's changes in, a line each out: the console of pipes, logs and screen readers.

No escape code, no cursor movement, no colour. What a burst leaves out is said in a line of its own.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from agentwatch.clock import NS_PER_S, Clock
from agentwatch.figures import age, duration, money, second, tokens
from agentwatch.store.queries import TABLES, rows
from agentwatch.store.read import Reader, fault
from agentwatch.store.schema import StoreError, StoreMissing, StoreOlder
from agentwatch.untrusted import show

POLL_S = 0.25
JUDGE_EVERY = 8
"""Staleness comes with time, not with news: it is looked at every two seconds."""

AWAIT_STORE_S = 10.0
BURST = 50
DOWN_S = 10.0
WELL = frozenset({"running", "idle"})
STATE_WORDS = {"running": "run", "waiting": "wait"}

_RUNS = """
SELECT id, lower(hex(trace_id)), agent, state, outcome, span_count, error_count, end_ns - start_ns,
    cost_usd_micros, coalesce(input_tokens, 0) + coalesce(output_tokens, 0), received_ns
FROM runs WHERE end_ns IS NOT NULL AND received_ns > ? ORDER BY received_ns
"""
_ERRORS = """
SELECT id, agent, coalesce(tool, name), error_type, lower(hex(trace_id)), received_ns
FROM spans WHERE id > ? AND state = 'error' ORDER BY id
"""


def watch(
    store: Path,
    *,
    out: TextIO,
    clock: Clock,
    duration_s: float | None = None,
    stop: threading.Event | None = None,
) -> int:
    """Print until stopped, out of time or nobody reads; return the exit code. Raises StoreError."""
    stop = stop or threading.Event()
    until_ns = None if duration_s is None else clock() + round(duration_s * NS_PER_S)
    reader = _await_store(store, clock, stop)
    if reader is None:
        return 0
    teller = _Teller(reader, out, clock)
    try:
        teller.begin()
        seen, polls = reader.changes(), 0
        while not stop.wait(POLL_S) and (until_ns is None or clock() < until_ns):
            polls += 1
            news = reader.changes()
            if news != seen or polls % JUDGE_EVERY == 0:
                seen = news
                _tell(teller, reader)
    except BrokenPipeError:
        return 0
    finally:
        reader.close()
    return 0


def _tell(teller: _Teller, reader: Reader) -> None:
    try:
        teller.tell()
    except StoreError:
        # what changed under an unchanging file looks like damage; the next look opens it anew
        if not reader.outdated():
            raise
    except sqlite3.Error as error:
        if not reader.outdated():
            raise fault(reader.connection, error) from error


def _await_store(store: Path, clock: Clock, stop: threading.Event) -> Reader | None:
    """Open the store; a recorder that has just started may still be making it."""
    deadline_ns = clock() + round(AWAIT_STORE_S * NS_PER_S)
    while True:
        try:
            return Reader(store)
        except (StoreMissing, StoreOlder):
            if clock() > deadline_ns:
                raise
        if stop.wait(POLL_S):
            return None


class _Teller:
    """Remembers what was said, and says what is new."""

    def __init__(self, reader: Reader, out: TextIO, clock: Clock) -> None:
        self._reader = reader
        self._out = out
        self._clock = clock
        self._agents: dict[str, str] = {}
        self._feeds: dict[str, str] = {}
        self._gaps: set[int] = set()
        self._ended: dict[int, None] = {}
        self._last_span = 0
        self._last_run_ns = 0
        self._down = False

    @property
    def _connection(self) -> sqlite3.Connection:
        return self._reader.connection

    def begin(self) -> None:
        """Say how things stand, and take all that has been as known."""
        now_ns = self._clock()
        counts = Counter(row["state"] for row in self._rows("agents"))
        facts = {"agents": sum(counts.values())} | {
            STATE_WORDS.get(state, state): counts[state]
            for state in ("running", "waiting", "idle", "failing", "degraded", "stale")
        }
        self._line(now_ns, "head", "", **facts)
        row = self._connection.execute("SELECT coalesce(max(id), 0) FROM spans").fetchone()
        self._last_span = row[0]
        row = self._connection.execute("SELECT coalesce(max(received_ns), 0) FROM runs").fetchone()
        self._last_run_ns = row[0]
        self._gaps = {
            row[0]
            for row in self._connection.execute("SELECT id FROM gaps WHERE until_ns IS NOT NULL")
        }
        self._tell_feeds()
        self._tell_agents()
        self._tell_recorder()
        self._out.flush()

    def tell(self) -> None:
        """Say what has changed since the last time."""
        self._tell_recorder()
        self._tell_feeds()
        self._tell_gaps()
        self._tell_agents()
        self._tell_errors()
        self._tell_runs()
        self._out.flush()

    def _rows(self, table: str) -> Iterator[dict[str, Any]]:
        return rows(self._connection, TABLES[table], now_ns=self._clock())

    def _tell_recorder(self) -> None:
        row = self._connection.execute("SELECT value FROM meta WHERE key = 'recorder'").fetchone()
        beat_ns = json.loads(row[0])["heartbeat_ns"] if row else None
        now_ns = self._clock()
        down = beat_ns is None or now_ns - beat_ns > DOWN_S * NS_PER_S
        if down != self._down:
            self._down = down
            last = age((now_ns - beat_ns) / NS_PER_S) if beat_ns is not None else "never"
            word = "RECORDER DOWN" if down else "recorder up"
            self._line(now_ns, "head", "", word, last_beat=last)

    def _tell_feeds(self) -> None:
        now_ns = self._clock()
        for feed in self._rows("feeds"):
            if self._feeds.get(feed["feed"]) == feed["state"]:
                continue
            self._feeds[feed["feed"]] = feed["state"]
            last_ns = feed["last_frame_ns"]
            self._line(
                now_ns,
                "feed",
                feed["feed"],
                feed["state"],
                age=None if last_ns is None else age((now_ns - last_ns) / NS_PER_S),
                frames=feed["frames"],
                rejected=feed["frames_rejected"] or None,
                dropped=feed["frames_dropped"] or None,
            )

    def _tell_gaps(self) -> None:
        gaps = self._connection.execute(
            "SELECT g.id, f.name, g.since_ns, g.until_ns, g.reason FROM gaps g "
            "JOIN feeds f ON f.id = g.feed_id ORDER BY g.id"
        )
        for gap_id, feed, since_ns, until_ns, reason in gaps:
            if gap_id in self._gaps or until_ns is None:
                continue
            self._gaps.add(gap_id)
            self._line(
                until_ns, "gap", feed, "what was sent meanwhile is lost",
                since=second(since_ns), until=second(until_ns), reason=reason,
            )  # fmt: skip

    def _tell_agents(self) -> None:
        now_ns = self._clock()
        for agent in self._rows("agents"):
            key, state = agent["agent"], agent["state"]
            before = self._agents.get(key)
            self._agents[key] = state
            known_well = before is None and state in WELL
            if before == state or known_well:
                continue
            if before in WELL and state in WELL:
                continue  # an agent that starts and ends runs is no news; its runs are
            self._line(
                now_ns,
                "agent",
                key,
                STATE_WORDS.get(state, state),
                cause=agent["condition"],
                runs=agent["runs_active"],
            )

    def _tell_errors(self) -> None:
        errors = self._connection.execute(_ERRORS, (self._last_span,)).fetchall()
        for span_id, agent, what, kind, trace_id, received_ns in self._burst("error", errors):
            self._last_span = span_id
            self._line(received_ns, "error", agent, _word(what, 60), type=kind, run=trace_id[:8])
        row = self._connection.execute("SELECT coalesce(max(id), 0) FROM spans").fetchone()
        self._last_span = max(self._last_span, row[0])

    def _tell_runs(self) -> None:
        ended = self._connection.execute(_RUNS, (self._last_run_ns,)).fetchall()
        fresh = [run for run in ended if run[0] not in self._ended]
        for run in self._burst("run", fresh):
            run_id, trace_id, agent, state, outcome, spans, errors, lasted_ns, cost, used, at = run
            self._ended[run_id] = None
            self._line(
                at, "run", agent, state, run=trace_id[:8], outcome=outcome, spans=spans,
                errors=errors or None, dur=duration(lasted_ns), tokens=tokens(used),
                usd=money(cost),
            )  # fmt: skip
        for run in ended:
            self._last_run_ns = max(self._last_run_ns, run[-1])
        while len(self._ended) > 10_000:
            del self._ended[next(iter(self._ended))]

    def _burst(self, kind: str, found: list[Any]) -> list[Any]:
        """Return the last few, after saying how many are left out."""
        if len(found) > BURST:
            left_out = len(found) - BURST
            self._line(self._clock(), kind, "", f"and {left_out:,} more, too many to print")
        return found[-BURST:]

    def _line(self, at_ns: int, kind: str, subject: str, *words: str, **facts: object) -> None:
        told = [second(at_ns), f"{kind:<5}", _word(subject, 80), *words]
        told += [
            f"{name}={_word(str(value), 200)}" for name, value in facts.items() if value is not None
        ]
        self._out.write(" ".join(part for part in told if part) + "\n")


def _word(text: str, limit: int) -> str:
    """Return a text as one word: in quotes where it could pass for several, or for a fact."""
    shown = show(text, limit)
    if any(char in ' "=\u00a0' for char in shown):
        return json.dumps(shown, ensure_ascii=False)
    return shown
