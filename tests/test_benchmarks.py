"""Every benchmark runs and prints its figures; how good they are is for people to judge."""

from __future__ import annotations

import subprocess
import sys

import pytest

from benchmarks.__main__ import BENCHMARKS
from tests.conftest import CHECKOUT

pytestmark = pytest.mark.long


@pytest.mark.parametrize("name", [each.__name__.rpartition(".")[2] for each in BENCHMARKS])
def test_a_benchmark_prints_its_figures_beside_their_controls(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick", name],
        capture_output=True, text=True, cwd=CHECKOUT, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    heading, *rows = done.stdout.splitlines()
    assert heading.split() == ["figure", "measured", "control", "ratio", "control", "is"]
    assert rows
    assert all(any(char.isdigit() for char in row) for row in rows)
