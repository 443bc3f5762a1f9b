"""The program as a process: its exit codes, and streams that go away or cannot take a text."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from agentwatch import __version__
from tests.program import environment


def run(home: Path, *arguments: str, more: dict[str, str] | None = None, **how: Any) -> Any:
    return subprocess.run(
        [sys.executable, "-m", "agentwatch", *arguments],
        env=environment(home) | (more or {}), timeout=60, **({"capture_output": True} | how),
    )  # fmt: skip


def test_the_exit_code_is_the_command_s(tmp_path: Path) -> None:
    done = run(tmp_path, "--version")
    assert (done.returncode, done.stdout.decode()) == (0, f"agentwatch {__version__}\n")
    done = run(tmp_path, "query", "spans")
    assert done.returncode == 2
    assert done.stderr.startswith(b"agentwatch: There is no store at ")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_output_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = run(
            tmp_path, "config", "path", capture_output=False, stdout=full, stderr=subprocess.PIPE
        )
    assert done.returncode == 2
    assert done.stderr == b"agentwatch: The output cannot be written: No space left on device.\n"


def test_a_pipe_that_nobody_reads_is_no_failure(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = run(
        tmp_path, "config", "path", capture_output=False, stdout=writing, stderr=subprocess.PIPE
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    "more", [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C"}, {"NO_COLOR": "1"}]
)
def test_a_locale_that_lacks_a_character_ends_nothing(tmp_path: Path, more: dict[str, str]) -> None:
    done = run(tmp_path, "--store", "no\x1b[31m-日本.db", "query", "spans", more=more)
    assert done.returncode == 2
    assert b"\x1b" not in done.stderr
    assert b"Traceback" not in done.stderr
    assert b"U+001B" in done.stderr
