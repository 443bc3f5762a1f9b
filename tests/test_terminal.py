"""The checker of hostile text would see every leak: the positive control of test_hostile."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.terminal import HOSTILE, leaks


@pytest.mark.parametrize("text", [text for text in HOSTILE if "\n" not in text])
def test_each_hostile_text_is_seen_as_a_leak(text: str) -> None:
    assert leaks(text)


def test_ordinary_text_of_any_script_is_none() -> None:
    assert leaks("agent-7 sagt „Grüße“ 日本語 ‹U+001B› \n⏎␉") == []


def test_a_leak_that_a_program_prints_is_seen() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys; print(sys.argv[1])", "name \x1b]0;x\x07 \u202e \x9b"],
        capture_output=True, check=True,
    )  # fmt: skip
    assert leaks(done.stdout.decode()) == ["U+001B", "U+0007", "U+202E", "U+009B"]
