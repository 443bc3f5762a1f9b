"""The manual page that is committed is what the parser gives."""

from __future__ import annotations

import os
import re
import subprocess

import pytest

from agentwatch.cli.manual import page
from agentwatch.cli.parser import COMMANDS
from tests.conftest import CHECKOUT, needs

PAGE = CHECKOUT / "docs" / "agentwatch.1"


def test_the_committed_page_is_up_to_date() -> None:
    # Pythons fold the usage lines each in their own way
    assert PAGE.read_text().split() == page().split(), "run: make man"


def test_the_page_is_the_same_in_any_terminal_and_for_any_user(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = page()
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("HOME", "/somewhere/else")
    monkeypatch.setenv("XDG_STATE_HOME", "/another")
    assert page() == before
    assert os.environ["COLUMNS"] == "40"


def test_every_command_and_option_stands_in_it() -> None:
    text = page().replace("\\-", "-").replace("\\,", "").replace("\\/", "")
    assert len(re.findall(r"^\.SH COMMAND ", text, re.M)) >= len(COMMANDS)
    for word in ("--until-idle", "--where", "--feed", "--headless", "--dry-run", "--store"):
        assert word in text
    assert "while-watched" not in text


def test_man_can_read_it() -> None:
    done = subprocess.run(
        [needs("groff"), "-man", "-Tutf8", "-ww", "-z", str(PAGE)], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
