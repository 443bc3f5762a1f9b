"""Fixtures for every test."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The recorded traces beside the checkout."""
    folder = Path(os.environ.get("AGENTWATCH_SHARED", CHECKOUT.parent / "shared")) / "data"
    if not folder.is_dir():
        pytest.skip(f"the recorded traces are not at {folder}")
    return folder
