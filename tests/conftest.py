"""Fixtures for every test, and what a test does where the machine lacks something."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, settings

CHECKOUT = Path(__file__).parent.parent

# a busy machine is slow, not wrong
settings.register_profile("agentwatch", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("agentwatch")


def lacking(reason: str) -> NoReturn:
    """Skip the test with its reason; under CI=true it fails, so that nothing goes unseen there."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must not skip: {reason}", pytrace=False)
    pytest.skip(reason)


def needs(program: str) -> str:
    """Return where `program` is; without it the test is skipped, and fails in CI."""
    path = shutil.which(program)
    if path is None:
        lacking(f"{program} is not installed")
    return path


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The recorded traces beside the checkout."""
    folder = Path(os.environ.get("AGENTWATCH_SHARED", CHECKOUT.parent / "shared")) / "data"
    if not folder.is_dir():
        lacking(f"the recorded traces are not at {folder}; AGENTWATCH_SHARED says where else")
    return folder
