"""`config`: where it is, what it says, whether it holds, and a first one."""

from __future__ import annotations

import json
from pathlib import Path

from agentwatch.config import TEMPLATE, load
from tests.cli.conftest import Cli


def test_init_writes_a_configuration_that_check_accepts(cli: Cli, home: Path) -> None:
    path = home / ".config" / "agentwatch" / "config.toml"
    assert cli("config", "path").out == f"{path}\n"
    assert not path.exists()
    assert cli("config", "init").out == f"{path}\n"
    assert path.read_text() == TEMPLATE
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert cli("config", "check").out == f"{path}: 0 feeds, 0 agents, nothing wrong\n"


def test_init_leaves_what_is_there(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text("# mine\n")
    done = cli("--config", path, "config", "init")
    assert (done.code, done.err) == (2, f"agentwatch: {path} exists and was left as it is.\n")
    assert path.read_text() == "# mine\n"


def test_init_where_nothing_can_be_written_is_one_sentence(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "c.toml"
    done = cli("--config", path, "config", "init")
    assert done.code == 2
    assert done.err.startswith(f"agentwatch: {path} ")


def test_show_gives_what_is_in_force_and_no_secret(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text('[[feed]]\nname = "f"\nurl = "ws://localhost:1"\ntoken = "env:TOKEN"\n')
    shown = json.loads(cli("--config", path, "config", "show").out)
    assert shown["feed"][0]["token"] == "env:TOKEN"  # noqa: S105 - a reference
    assert shown["store"]["retain_days"] == load(path).store.retain_days


def test_check_looks_at_the_feeds_urls_too(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text('[[feed]]\nname = "f"\nurl = "ws://far.example"\n')
    done = cli("--config", path, "config", "check")
    assert (done.code, "must use wss://" in done.err) == (2, True)
