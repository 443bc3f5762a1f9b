"""A test that cannot run says so: skipped on a desk, failed in CI."""

from __future__ import annotations

import sys

import pytest

from tests.conftest import needs

NOWHERE = "agentwatch-no-such-program"


def test_a_program_that_is_there_is_found() -> None:
    assert needs(sys.executable) == sys.executable


def test_a_missing_program_skips_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=f"{NOWHERE} is not installed"):
        needs(NOWHERE)


def test_a_missing_program_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=f"{NOWHERE} is not installed"):
        needs(NOWHERE)
