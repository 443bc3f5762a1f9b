"""`store`: what it holds, whether it is sound, a copy, and this version's shape."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from agentwatch.store.tables import MIGRATIONS
from tests.cli.conftest import Cli


def test_info_counts_what_is_stored(cli: Cli, recorded: Path) -> None:
    info = json.loads(cli("--store", recorded, "store", "info").out)
    rows = cli("--store", recorded, "query", "spans").rows
    assert info["rows"]["spans"] == len(rows)
    assert info["version"] == len(MIGRATIONS)
    assert info["newest_received_ns"] == rows[0]["received_ns"]
    assert info["store"] == str(recorded)


def test_check_says_that_a_sound_store_is_sound(cli: Cli, recorded: Path) -> None:
    done = cli("--store", recorded, "store", "check")
    assert (done.code, done.out) == (0, f"{recorded} is sound\n")


def test_a_backup_is_a_store_and_never_overwrites(cli: Cli, recorded: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    assert cli("--store", recorded, "store", "backup", copy).out == f"{copy}\n"
    assert copy.stat().st_mode & 0o777 == 0o600
    assert (
        cli("--store", copy, "query", "runs").out == cli("--store", recorded, "query", "runs").out
    )
    again = cli("--store", recorded, "store", "backup", copy)
    assert (again.code, again.err) == (2, f"agentwatch: {copy} exists and was left as it is.\n")
    nowhere = cli("--store", recorded, "store", "backup", tmp_path / "no" / "copy.db")
    assert (nowhere.code, "cannot be written" in nowhere.err) == (2, True)


def test_migrate_has_nothing_to_do_for_a_store_of_today(cli: Cli, recorded: Path) -> None:
    for words in (["--dry-run"], []):
        done = cli("--store", recorded, "store", "migrate", *words)
        assert (done.code, done.out) == (0, f"{recorded} is up to date\n")


def test_a_dry_run_names_what_would_be_done_and_changes_nothing(cli: Cli, tmp_path: Path) -> None:
    store = tmp_path / "s.db"
    sqlite3.connect(store).close()
    store.touch()
    done = cli("--store", store, "store", "migrate", "--dry-run")
    assert done.out.splitlines() == [name for name, _ in MIGRATIONS]
    assert cli("--store", store, "query", "spans").code == 2
    assert cli("--store", store, "store", "migrate").code == 0
    assert cli("--store", store, "query", "spans").code == 0
