"""`demo`: the path of live feeds, and a summary whose account adds up."""

from __future__ import annotations

import re
import signal
from pathlib import Path

from agentwatch.demo.scenarios import SCENARIOS
from tests.cli.conftest import Cli
from tests.program import agentwatch, ended, start
from tests.terminal import leaks


def test_it_names_its_scenarios(cli: Cli) -> None:
    done = cli("demo", "--list")
    assert [line.split()[0] for line in done.out.splitlines()] == list(SCENARIOS)


async def test_without_a_terminal_it_prints_the_fleet_and_a_summary(tmp_path: Path) -> None:
    done = await agentwatch("demo", "--duration", 4, "--speed", 8, home=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert leaks(done.out) == []
    lines = done.out.splitlines()
    kinds = {line.split()[1] for line in lines[:-1]}
    assert {"head", "feed", "run"} <= kinds
    counts = re.fullmatch(
        r"demo ended: (\d+) agents, (\d+) runs, (\d+) spans, \d+ errors; (\d+) frames = "
        r"(\d+) stored \+ (\d+) empty \+ (\d+) rejected \+ (\d+) dropped",
        lines[-1],
    )
    assert counts is not None
    agents, runs, spans, frames, *parts = map(int, counts.groups())
    assert (agents >= 40, runs > 10, spans > 100) == (True, True, True)
    assert frames == sum(parts)
    assert list(tmp_path.iterdir()) == []


async def test_sigterm_ends_it_cleanly_with_its_recorder(tmp_path: Path) -> None:
    process = await start("demo", "--headless", home=tmp_path)
    assert process.stdout is not None
    await process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    done = await ended(process)
    assert (done.code, done.err) == (0, "")
    assert "demo ended: " in done.out


def test_what_it_does_not_know_is_refused(cli: Cli) -> None:
    for words, said in (
        (["--scenario", "clam"], "did you mean 'calm'?"),
        (["--speed", "0"], "is not a number over 0"),
        (["--speed", "nan"], "is not a number over 0"),
        (["--seed", "x"], "invalid int value: 'x'"),
    ):
        done = cli("demo", *words)
        assert (done.code, done.out) == (2, "")
        assert said in done.err
