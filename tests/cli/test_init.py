"""Whatever is refused is one clear sentence on standard error, and exit code 2."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import SAMPLE, Cli
from tests.feeds.servers import Server, serving
from tests.program import environment

LOADED = """
import json, sys
from agentwatch.cli import run
code = run(sys.argv[1:])
names = sorted({name.partition(".")[0] for name in sys.modules})
print(json.dumps([code, *names]), file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--sore", "x", "query", "spans"], "There is no option '--sore'; did you mean --store?"),
        (["query", "spans", "--limt=3"], "There is no option '--limt'; did you mean --limit?"),
        (["query", "spns"], "There is no 'spns' here; did you mean spans?"),
        (["zzz"], "There is no 'zzz' here; known are demo, record, query"),
        (["query"], "the following arguments are required: TABLE."),
        (["query", "spans", "--duration", "3"], "unrecognized arguments: --duration 3."),
        (["store"], "the following arguments are required: ACTION."),
        (["store", "inf"], "There is no 'inf' here; did you mean info?"),
        (["store", "backup", "--dry"], "There is no option '--dry'; did you mean --dry-run?"),
        (["config", "chck"], "There is no 'chck' here; did you mean check?"),
        (["query", "spans", "--limit", "0"], "'0' is no number of rows, 1 or more."),
        (["query", "spans", "--since", "soon"], "'soon' is no time: write 15m, 7d or 2026-"),
        (["record", "--duration", "long"], "'long' is no duration such as 30s"),
        (["demo", "--speed", "fast"], "invalid float value: 'fast'."),
        (["demo", "--scenario", "clam"], "no demo scenario 'clam'; did you mean 'calm'?"),
        (["--store", ".", "query", "spans"], "'.' is a folder; name a file"),
        (["--store", "/", "record"], "'/' is a folder; name a file"),
        (["--store", "x" * 300, "query", "spans"], "File name too long."),
        (["query", "spans"], "There is no store at"),
        (["store", "info"], "There is no store at"),
        (["store", "check"], "There is no store at"),
        (["store", "migrate"], "There is no store at"),
        (["store", "backup", "x"], "There is no store at"),
        (["record"], "There is no feed: give --feed URL"),
        (["record", "--feed", "http://x"], "must begin with ws://, wss:// or replay:"),
        (["record", "--feed", "ws://far.example/"], "must use wss://"),
        (["record", "--feed", "replay:nowhere"], "The recording nowhere cannot be read"),
        (["record", "--feed", "replay:x?sped=2"], "knows speed=NUMBER and clock=event|shift"),
        (["--config", "none.toml", "doctor"], "There is no configuration at none.toml"),
    ],
)
def test_a_refusal_is_one_sentence(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = cli(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("agentwatch: ")
    assert said in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("agnt:x", "--where, at character 1: There is no key 'agnt' here; did you mean agent."),
        ("a (b", "--where, at character 3: This ( is never closed."),
        ("/(/", "--where, at character 1: /(/ is no pattern: missing ): (."),
    ],
)
def test_a_filter_says_where_it_cannot_be_understood(
    cli: Cli, recorded: Path, where: str, said: str
) -> None:
    done = cli("--store", recorded, "query", "spans", "--where", where)
    assert (done.code, done.out, done.err) == (2, "", f"agentwatch: {said}\n")


@pytest.mark.parametrize("name", ["\x1b]0;x\x07", "\u202eabc", "two\nlines", "\udcff"])
def test_what_a_sentence_quotes_cannot_reach_the_terminal(
    cli: Cli, tmp_path: Path, name: str
) -> None:
    done = cli("--store", tmp_path / name, "query", "spans")
    assert done.code == 2
    assert "‹U+" in done.err or "⏎" in done.err
    assert name not in done.err


def test_a_damaged_store_is_one_sentence_whatever_is_asked(
    cli: Cli, recorded: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    assert cli("--store", recorded, "store", "backup", copy).code == 0
    content = bytearray(copy.read_bytes())
    content[8192:] = b"\xa5" * (len(content) - 8192)
    copy.write_bytes(content)
    for command in (("query", "spans"), ("query", "agents"), ("store", "info"), ("--plain",)):
        done = cli("--store", copy, *command)
        assert (done.code, done.err.count("\n")) == (2, 1), command
        assert "Traceback" not in done.err
    assert cli("--store", copy, "store", "check").code in (1, 2)
    assert cli("--store", copy, "doctor").code == 1
    assert copy.read_bytes() == content


@pytest.mark.parametrize("content", [b"", b"no database at all", b"\x00" * 5000])
def test_what_is_no_store_is_refused_and_left_as_it_is(
    cli: Cli, tmp_path: Path, content: bytes
) -> None:
    store = tmp_path / "s.db"
    store.write_bytes(content)
    done = cli("--store", store, "query", "spans")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert store.read_bytes() == content


def test_a_store_of_a_newer_version_is_refused_by_every_command(
    cli: Cli, recorded: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    cli("--store", recorded, "store", "backup", copy)
    connection = sqlite3.connect(copy)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = copy.read_bytes()
    commands: list[list[object]] = [
        ["query", "spans"], ["store", "info"], ["store", "check"], ["store", "migrate"],
        ["record", "--feed", f"replay:{SAMPLE}"], ["--plain"],
    ]  # fmt: skip
    for command in commands:
        done = cli("--store", copy, *command)
        assert (done.code, done.err.count("\n")) == (2, 1), command
        assert "newer AgentWatch" in done.err
    assert copy.read_bytes() == before


def loaded(home: Path, *arguments: object) -> tuple[int, set[str]]:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *map(str, arguments)],
        capture_output=True, check=True, env=environment(home), timeout=60,
    )  # fmt: skip
    code, *modules = json.loads(done.stderr.splitlines()[-1])
    return code, set(modules)


HEAVY = {"textual", "rich", "httpx"}


def test_a_query_loads_neither_screen_nor_network(recorded: Path, tmp_path: Path) -> None:
    for form in ("jsonl", "table", "csv"):
        code, modules = loaded(tmp_path, "--store", recorded, "query", "spans", "--format", form)
        assert code == 0
        assert not modules & (HEAVY | {"websockets", "genai_prices"})
        assert {"agentwatch", "sqlite3"} <= modules


async def test_a_recorder_that_has_stored_and_waits_loads_no_screen(tmp_path: Path) -> None:
    frames = SAMPLE.read_text().splitlines()[:20]
    async with serving(Server(frames)) as server:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", LOADED, "--store", str(tmp_path / "s" / "s.db"), "record",
            "--feed", server.url(), "--until-idle", "1",
            env=environment(tmp_path), stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        _, err = await process.communicate()
    code, *modules = json.loads(err.splitlines()[-1])
    assert code == 0
    assert not set(modules) & HEAVY
    assert {"websockets", "genai_prices"} <= set(modules)


def test_a_module_that_is_loaded_would_be_seen(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import rich\n" + LOADED, "config", "path"],
        capture_output=True, check=True, env=environment(tmp_path), timeout=60,
    )  # fmt: skip
    assert "rich" in json.loads(done.stderr.splitlines()[-1])
