"""What may be followed, and one sentence for what may not."""

from __future__ import annotations

import pytest

from agentwatch.feeds.url import FeedUrl, FeedUrlError, parse_url


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("ws://localhost:12001", FeedUrl("ws")),
        ("ws://127.0.0.7:1/path", FeedUrl("ws")),
        ("ws://[::1]:12001/", FeedUrl("ws")),
        ("wss://telemetry.example/v1", FeedUrl("wss")),
        ("replay:a b.jsonl", FeedUrl("replay", "event", "a b.jsonl", 1.0)),
        ("replay:/x.jsonl?speed=0", FeedUrl("replay", "event", "/x.jsonl", 0.0)),
        ("replay:x?clock=shift&speed=2.5", FeedUrl("replay", "shift", "x", 2.5)),
    ],
)
def test_urls_that_can_be_followed(text: str, parts: FeedUrl) -> None:
    assert parse_url(text) == parts


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("http://x", "must begin with ws://, wss:// or replay:"),
        ("ws://telemetry.example", "must use wss://"),
        ("ws://localhost.example", "must use wss://"),
        ("wss://user:pw@telemetry.example", "holds a credential"),
        ("wss://telemetry.example/?token=abc", "holds a credential"),
        ("wss://", "names no host"),
        ("wss://x:99999", "is no URL"),
        ("replay:", "names no file"),
        ("replay:x?speed=nan", "knows speed=NUMBER"),
        ("replay:x?speed=-1", "knows speed=NUMBER"),
        ("replay:x?clock=wall", "knows speed=NUMBER"),
        ("\x1b[31m", "must begin with"),
    ],
)
def test_urls_that_cannot(text: str, sentence: str) -> None:
    with pytest.raises(FeedUrlError) as caught:
        parse_url(text)
    assert sentence in str(caught.value)
    assert "abc" not in str(caught.value)
    assert "pw@" not in str(caught.value)
    assert "\x1b" not in str(caught.value)
