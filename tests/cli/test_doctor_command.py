"""`doctor`: a line a check, and exit code 1 on a failure."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from tests.cli.conftest import Cli


def test_without_a_store_there_is_no_failure_and_nothing_is_made(cli: Cli, home: Path) -> None:
    done = cli("doctor")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"ok       sqlite           {sqlite3.sqlite_version}\n")
    assert "skipped  store " in done.out
    assert not home.exists()


def test_a_failure_is_exit_code_one_with_what_to_do(cli: Cli, recorded: Path) -> None:
    connection = sqlite3.connect(recorded)
    (beat,) = connection.execute("SELECT value FROM meta WHERE key = 'recorder'").fetchone()
    long_ago = json.dumps(json.loads(beat) | {"heartbeat_ns": 1})
    connection.execute("UPDATE meta SET value = ? WHERE key = 'recorder'", (long_ago,))
    connection.commit()
    connection.close()
    done = cli("--store", recorded, "doctor")
    assert done.code == 1
    (line,) = (line for line in done.out.splitlines() if line.startswith("failure"))
    assert line.endswith("→ start `agentwatch record`; nobody is watching")


def test_json_has_the_fields_of_the_contract(cli: Cli, recorded: Path) -> None:
    rows = cli("--store", recorded, "doctor", "--json").rows
    assert all(list(row) == ["check", "state", "detail", "remedy"] for row in rows)
    assert {row["state"] for row in rows} <= {"ok", "warning", "failure", "skipped"}
    assert "feed feed" in {row["check"] for row in rows}
