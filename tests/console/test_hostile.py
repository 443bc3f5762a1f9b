"""Whatever agents say, the terminal hears only the console: every view and dialog, by the byte.

What the console itself writes is taken out of the stream, form by form; every control character
that is left came from data. The checker must see each hostile text, or it proves nothing.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from agentwatch.clock import FakeClock, now_ns
from agentwatch.model import SpanEvent
from tests.console.ptys import Pty, console_on_pty
from tests.console.screens import World
from tests.terminal import HOSTILE, MARKUP, leaks

COLOUR = r"[34]8;2;\d+;\d+;\d+"
OURS = re.compile(
    rf"\x1b\[(?:0|[1347]|39|49|{COLOUR})?(?:;(?:[1347]|39|49|{COLOUR}))*m"  # styles
    r"|\x1b\[\d+;\d+H"  # the cursor goes there
    r"|\x1b\[\?(?:25|1000|1003|1004|1006|1015|1016|2004|2026|2048)[hl]|\x1b\[\?(?:2026|2048)\$p"
    r"|\x1b\[\?7l|\x1b\[\?7h|\x1b\[>\d+u|\x1b\[<u|\x1b\[=\d+(?:;\d+)?u"
    r"|\x1b\]22;default\x07"  # the pointer's shape
    r"|^\r[^\x00-\x1f]{6}\x1b\[6n|\r\x1b\[K"  # the probe, once, first of all
    r"|\r"
)
FULL_SCREEN = "\x1b[?1049h"
"""A form that a hostile text has too: the console needs it once."""

PAYLOAD = "hello"
"""What the hostile texts would copy."""

KEYS = (
    "j", "j", "m", "M", "z", "z", "\t", "j", "\x1b[B", "\t", "G", "g", "-", "-",
    "?", "\x1b", "y", "j", "\r", "s", "j", "\r", "c", "\r", "c", "\r", " ", "j", " ",
    "\r", "j", "-", "\r", "y", "\r", "E", "h", "h",
    "3", "j", "l", "h", "\t", "G", "y", "\r", "z", "z",
    "0", "j", "\t", "j", "\r", "h", "y", "\r",
    "f", "needle", "\r", "j", "y", "\r", "\r", "h", "h", "h",
    "/", "end", "\r", "n", "N", "\x1b", "/", "stat:x", "\x1b",
    "/", "\x1b[200~pasted \u202e\x9b31m\x1b]0;x\x07 end\x1b[201~", "\r", "\x1b",
    ":", "th", "\t", "\x1b", ":", "nonsense \u200b", "\r",
    ":theme\r", "\x1b", ":tour\r", " ", "\x1b", "1", "q", "j",
)  # fmt: skip


SEEN = (
    "NOW", "DROPPED", "SNIPPET", "SORT BY", "COLUMNS", "COPY", "THEME", "esc close", "evidence/",
    "did you mean state", "no command", "1 of 6",
)  # fmt: skip
"""Every view and dialog was there to leak."""


def left_over(stream: str) -> list[str]:
    """Return the control characters that the console did not write itself."""
    stream = stream.replace(FULL_SCREEN, "", 1)
    copied = re.findall(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", stream)
    for content in copied:
        text = base64.b64decode(content).decode()
        if leaks(text) or text == PAYLOAD:
            return [f"copied: {text!r}"]
        stream = stream.replace(f"\x1b]52;c;{content}\x07", "")
    return leaks(OURS.sub("", stream))


def hostile_texts() -> Iterator[str]:
    for text in (*MARKUP, *HOSTILE):
        try:
            text.encode()
        except UnicodeEncodeError:  # no store can hold it
            continue
        yield text


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A store in which every name, id and text is hostile."""
    made = World(tmp_path_factory.mktemp("hostile") / "s" / "s.db", FakeClock(now_ns()))
    feed = "feed \x1b]0;x\x07\u202e[/"
    made.feed(feed, interval_s=3600.0)
    spans = [
        made.span(
            f"shop/{text}",
            version=text,
            name=text,
            tool=text if number % 2 else None,
            operation="execute_tool" if number % 2 else "chat",
            provider=text,
            request_model=text,
            response_model=text,
            conversation_id=text,
            data_source=text,
            agent_version=text,
            state="error" if number % 3 else "ok",
            error_type=text,
            status_message=text,
            attributes={text: text, "needle": f"needle {text}"},
            events=[SpanEvent(text, made.clock(), {text: text})],
            end_ns=made.clock() if number % 4 else None,
        )
        for number, text in enumerate(hostile_texts())
    ]
    made.write(*spans[::2])
    made.write(*spans[1::2], feed=feed)
    made.connection.execute(
        "UPDATE feeds SET reason = ?, state = 'stale' WHERE name = ?", ("\x1b[2J\x9b\u202e", feed)
    )
    return made


def walk(pty: Pty, keys: tuple[str, ...]) -> None:
    for key in keys:
        pty.send(key)
        pty.read(0.2 if key == "\x1b" else 0.08)  # alone, esc could begin a sequence
    pty.read(0.5)


@pytest.mark.parametrize("size", [(120, 40), pytest.param((80, 24), marks=pytest.mark.long)])
def test_no_control_character_of_the_data_reaches_the_terminal(
    world: World, size: tuple[int, int], tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[console]\nmouse = false\n")
    arguments = ("--store", world.path, "--config", config, "--read-only")
    with console_on_pty(*arguments, home=tmp_path, size=size) as pty:
        pty.read_until(" end", 30)
        pty.read(0.5)
        walk(pty, KEYS)
        assert pty.process.poll() is None
    stream = bytes(pty.written).decode()
    assert "Traceback" not in stream
    assert "‹U+001B›" in stream
    assert "\x1b]52;c;" in stream
    seen = OURS.sub("", stream)
    assert not [word for word in SEEN if word not in seen]
    assert left_over(stream) == []


OWN = ("c0 \n end", "c0 \r end", "sequence a\rb end")
"""A line feed and a return are the console's own as well."""


@pytest.mark.parametrize("text", [t for t in hostile_texts() if t not in (*MARKUP, *OWN)])
def test_each_hostile_text_would_be_seen(text: str) -> None:
    genuine = "\r▌…›←░▸\x1b[6n\r\x1b[K\x1b[?1049h\x1b[0;38;2;1;2;3;48;2;4;5;6m\x1b[1;1Hagents"
    assert left_over(genuine) == []
    assert left_over(f"{genuine}{text}")
