"""What is built is what works: the wheel, alone in an empty environment, runs the demo."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import CHECKOUT
from tests.program import environment

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built with what the locked development environment holds, without a download."""
    folder = tmp_path_factory.mktemp("wheel")
    run(
        sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
        "--wheel-dir", folder, CHECKOUT,
    )  # fmt: skip
    (built,) = folder.glob("agentwatch-*.whl")
    return built


def run(*command: object, env: dict[str, str] | None = None) -> str:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, env=env)
    assert done.returncode == 0, f"{command[1:4]} ended with {done.returncode}:\n{done.stderr}"
    return done.stdout


def test_it_holds_the_types_mark_the_sample_feeds_and_the_themes(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    samples = {f"agentwatch/_data/{p.relative_to(CHECKOUT)}" for p in data_files("sample_feeds")}
    themes = {f"agentwatch/_data/{p.relative_to(CHECKOUT)}" for p in data_files("themes")}
    assert samples and themes
    assert samples | themes | {"agentwatch/py.typed"} <= held
    assert not [name for name in held if name.startswith(("tests/", "benchmarks/"))]


def data_files(folder: str) -> list[Path]:
    return [path for path in (CHECKOUT / folder).iterdir() if path.is_file()]


def test_it_runs_the_demo_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    bin_folder = tmp_path / "venv" / "bin"
    run(sys.executable, "-m", "venv", tmp_path / "venv")
    lock = CHECKOUT / "requirements" / "runtime.txt"
    pip = [bin_folder / "python", "-m", "pip", "install", "--quiet"]
    run(*pip, "--require-hashes", "--requirement", lock)
    run(*pip, "--no-deps", "--no-index", wheel)

    alone = environment(tmp_path) | {"PATH": f"{bin_folder}{os.pathsep}{os.defpath}"}
    out = run(bin_folder / "agentwatch", "demo", "--headless", "--duration", "5", env=alone)

    *lines, end = out.splitlines()
    assert re.match(r"demo ended: \d+ agents, [1-9]\d* runs, [1-9]\d* spans", end)
    assert any(" run   " in line for line in lines)
    assert "\x1b" not in out
    assert run(bin_folder / "python", "-m", "pip", "check") == "No broken requirements found.\n"
