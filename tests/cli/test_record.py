"""`record`: which feeds, and how it ends. tests/test_recorder.py runs it at length."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agentwatch.cli.record import chosen_feeds
from agentwatch.config import Config, ConfigError, FeedConfig
from tests.cli.conftest import SAMPLE, Cli

CONFIGURED = FeedConfig(name="prod", url="ws://localhost:1")


def test_feeds_of_the_command_line_take_the_place_of_the_configured_ones() -> None:
    config = Config(feed=(CONFIGURED,))
    assert chosen_feeds(config, []) == [CONFIGURED]
    named = chosen_feeds(config, ["ws://localhost:2", "replay:x"])
    assert [(feed.name, feed.url) for feed in named] == [
        ("feed", "ws://localhost:2"),
        ("feed-2", "replay:x"),
    ]


def test_without_any_feed_it_is_refused() -> None:
    with pytest.raises(ConfigError, match="There is no feed: give --feed URL"):
        chosen_feeds(Config(), [])


def test_recordings_that_are_at_their_end_end_it(cli: Cli, tmp_path: Path) -> None:
    store = tmp_path / "s" / "s.db"
    feed = f"replay:{SAMPLE}?speed=0"
    first = cli("--store", store, "record", "--feed", feed, "--stats-json")
    assert (first.code, first.err) == (0, "")
    stats = json.loads(first.out)
    assert stats["frames"] == stats["frames_stored"] == len(SAMPLE.read_text().splitlines())
    again = json.loads(cli("--store", store, "record", "--feed", feed, "--stats-json").out)
    assert (again["spans_new"], again["spans_duplicate"]) == (0, stats["spans"])


def test_without_stats_it_says_nothing(cli: Cli, tmp_path: Path) -> None:
    done = cli("--store", tmp_path / "s" / "s.db", "record", "--feed", f"replay:{SAMPLE}?speed=0")
    assert (done.code, done.out, done.err) == (0, "", "")


def test_prices_of_the_user_that_cannot_be_read_are_refused(cli: Cli, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("")
    (tmp_path / "prices.toml").write_text("[")
    done = cli(
        "--store",
        tmp_path / "s" / "s.db",
        "--config",
        config,
        "record",
        "--feed",
        f"replay:{SAMPLE}",
    )
    assert (done.code, done.err.count("\n"), "prices.toml" in done.err) == (2, 1, True)
