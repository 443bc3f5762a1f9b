"""The command line inside this process, and one store that a real recorder has filled."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from agentwatch.cli import run
from tests.conftest import CHECKOUT
from tests.program import Ended, environment

Cli = Callable[..., Ended]
SAMPLE = CHECKOUT / "sample_feeds" / "superseded-price-list.batch.jsonl"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment in which nothing of this user's is found."""
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "CREDENTIALS_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    """Run a command; SystemExit is its exit code."""

    def call(*arguments: object) -> Ended:
        capsys.readouterr()
        try:
            code = run([str(argument) for argument in arguments])
        except SystemExit as ending:
            code = int(ending.code or 0)
        out, err = capsys.readouterr()
        return Ended(code, out, err)

    return call


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with one sample feed."""
    folder = tmp_path_factory.mktemp("recorded")
    store = folder / "s" / "s.db"
    subprocess.run(
        [sys.executable, "-m", "agentwatch", "--store", str(store), "record",
         "--feed", f"replay:{SAMPLE}?speed=0"],
        check=True, env=environment(folder), timeout=60,
    )  # fmt: skip
    return store
