"""A started recorder: a session of its own, a log beside the store, an end when nobody watches."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from agentwatch.cli.launch import recorder_runs, start_recorder, watched, watching
from agentwatch.store import health
from agentwatch.store.schema import ProcessLock, StoreError
from tests.cli.conftest import SAMPLE


def has_beaten(store: Path) -> bool:
    try:
        return health.info(store)["recorder"] is not None
    except StoreError:
        return False


def test_it_records_in_a_session_of_its_own_and_logs_beside_the_store(tmp_path: Path) -> None:
    store = tmp_path / "new" / "s.db"
    feed = f"replay:{SAMPLE}?speed=1"
    process = start_recorder(store, ["record", "--feed", feed, "--stats-json"])
    deadline_s = time.monotonic() + 20
    while not recorder_runs(store) and time.monotonic() < deadline_s:
        time.sleep(0.02)
    assert recorder_runs(store)
    assert os.getsid(process.pid) == process.pid != os.getsid(0)
    while not has_beaten(store) and time.monotonic() < deadline_s:
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert not recorder_runs(store)
    log = store.with_name("s.db.recorder.log")
    assert '"frames"' in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600
    assert store.parent.stat().st_mode & 0o777 == 0o700


def test_a_module_in_the_present_folder_does_not_run_in_place_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "msgspec.py").write_text("open('owned', 'w')\n")
    monkeypatch.chdir(tmp_path)
    process = start_recorder(tmp_path / "s" / "s.db", ["record", "--feed", "replay:none"])
    assert process.wait(20) == 2
    assert not (tmp_path / "owned").exists()
    assert "cannot be read" in (tmp_path / "s" / "s.db.recorder.log").read_text()


def test_a_recorder_is_known_by_its_lock(tmp_path: Path) -> None:
    store = tmp_path / "s" / "s.db"
    assert not recorder_runs(store)
    with ProcessLock(store, "recorder"):
        assert recorder_runs(store)
    assert not recorder_runs(store)


def test_any_number_may_watch_and_the_last_one_is_missed(tmp_path: Path) -> None:
    store = tmp_path / "s" / "s.db"
    is_watched = watched(store)
    assert not is_watched()
    with watching(store):
        with watching(store):
            assert is_watched()
        assert is_watched()
    assert not is_watched()
