"""The key table of the manual is the registry's, and says so when it no longer is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from agentwatch.console.key_table import BEGIN, END, key_table, main, put_into
from agentwatch.console.keys import ACTIONS
from tests.conftest import CHECKOUT

MANUAL = CHECKOUT / "docs" / "console.md"


def test_the_manuals_key_table_is_that_of_the_registry() -> None:
    text = MANUAL.read_text("utf-8")
    assert put_into(text) == text, (
        "renew it: python -m agentwatch.console.key_table docs/console.md"
    )


def test_every_action_has_a_row_with_its_name() -> None:
    table = key_table()
    assert len(table.splitlines()) == len(ACTIONS) + 2
    assert not [action.id for action in ACTIONS if f"`{action.id}" not in table]


def test_a_file_without_marks_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "m.md"
    for text in ("no marks", BEGIN, END + BEGIN):
        path.write_text(text)
        with pytest.raises(ValueError, match="has no"):
            main([str(path)])
        assert path.read_text() == text


def test_it_prints_and_it_writes(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "agentwatch.console.key_table"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == key_table()
    path = tmp_path / "m.md"
    path.write_text(f"a\n{BEGIN}\nold\n{END}\nb\n")
    assert main([str(path)]) == 0
    assert path.read_text() == f"a\n{BEGIN}\n\n{key_table()}\n{END}\nb\n"
