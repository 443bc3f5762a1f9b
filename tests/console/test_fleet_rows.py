"""Rows of the fleet: folds, order and what a state looks like."""

from __future__ import annotations

from typing import Any

import pytest

from agentwatch.console.fleet_rows import (
    Fold,
    agent_row,
    counted,
    fold_row,
    folded,
    key_of,
    sort_key,
)
from agentwatch.console.glyphs import UTF8
from agentwatch.store.queries.fleet import Home

NS = 1_000_000_000
NOW = 1_800_000_000 * NS
HERE = Home("prod", "live", NOW, 2.0, 10.0, NOW)
SILENT = Home("us", "stale", NOW - 95 * NS, 2.0, 10.0, NOW)


def agent(name: str, state: str = "idle", **more: Any) -> dict[str, Any]:
    given = {
        "agent": name, "state": state, "last_seen_ns": NOW, "runs_active": 0, "version": None,
        "error_ratio": None, "cost_usd_micros_per_run": None, "tokens_per_s": None,
    }  # fmt: skip
    return given | more


def test_a_silent_feed_folds_only_its_stale_agents() -> None:
    agents = [agent("a", "stale"), agent("b", "stale"), agent("c", "failing"), agent("d", "stale")]
    homes = {"a": SILENT, "b": SILENT, "c": SILENT, "d": HERE}
    shown = folded(agents, homes, ())
    assert [key_of(item) for item in shown] == ["c", "d", ("fold", "us")]
    assert shown[-1]["count"] == 2
    assert len(folded(agents, homes, {"us"})) == 5


def test_what_is_wrong_comes_first_and_a_fold_before_its_agents() -> None:
    fold = Fold(feed="us", state="stale", count=2, last_seen_ns=1)
    items = [agent("z"), agent("m", "stale"), fold, agent("y", "failing")]
    order = sorted(items, key=lambda item: sort_key(item, "us", None))
    assert [key_of(item) for item in order] == ["y", ("fold", "us"), "m", "z"]


@pytest.mark.parametrize(
    ("state", "home", "cause", "mark"),
    [
        ("failing", HERE, "errors", "!"),
        ("waiting", HERE, "person", " "),
        ("stale", SILENT, "feed", "~"),
        ("stale", HERE, "silent", "~"),
        ("revoked", HERE, "", "x"),
    ],
)
def test_a_state_has_its_mark_and_its_cause(state: str, home: Home, cause: str, mark: str) -> None:
    row = agent_row(agent("a", state), home, "a", [0, None, 2, 1, 2], NOW, UTF8)
    assert row.cells["cause"][0] == cause
    assert row.cells["mark"][0] == mark
    assert row.cells["trend"][0] == "_░█▄█"
    assert row.cells["cost"][0] == row.cells["errors"][0] == row.cells["tokens"][0] == "-"


def test_a_fold_says_since_when_and_which_key_opens_it() -> None:
    fold = Fold(feed="us", state="stale", count=2, last_seen_ns=NOW - 95 * NS)
    assert fold_row(fold, (), NOW).note_right[1][0] == " unfold"
    assert fold_row(fold, {"us"}, NOW).note_right[1][0] == " fold"
    assert fold_row(fold, (), NOW).cells["age"] == ("95s!", "stale")


def test_agents_are_counted_by_state() -> None:
    told = "".join(text for text, _ in counted([agent("a", "failing"), agent("b", "running")]))
    assert told == " 2 agents  1 run  1 failing"
