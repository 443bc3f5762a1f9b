"""The agent key: who owns a span, by what its process and its name claim."""

from __future__ import annotations

from typing import Any

import pytest

from agentwatch.attribution import agent_key, service_agent
from agentwatch.model import Resource

SERVICE = {"service": "shop/desk", "service_name": "desk"}
MAIN = {**SERVICE, "main_agent_id": "urn:a", "main_agent_name": "clerk"}


@pytest.mark.parametrize(
    ("claims", "bound", "name", "agent_id", "key"),
    [
        (MAIN, "bound", None, None, "urn:a"),
        (MAIN, None, "clerk", "x", "urn:a"),
        (MAIN, None, "other", None, "shop/desk/other"),
        (SERVICE, "bound", None, None, "bound"),
        (SERVICE, None, None, "random", "shop/desk"),
        (SERVICE, None, "desk", None, "shop/desk"),
        (SERVICE, None, "shop/desk", None, "shop/desk"),
        (SERVICE, None, "other", None, "shop/desk/other"),
        ({}, None, "name", "id", "name"),
        ({}, None, None, "id", "id"),
        ({}, None, "", None, "unknown"),
    ],
)
def test_the_key(
    claims: dict[str, Any], bound: str | None, name: str | None, agent_id: str | None, key: str
) -> None:
    assert agent_key(Resource({}, **claims), bound, name, agent_id) == key


def test_a_process_without_a_name_has_no_agent_of_its_own() -> None:
    assert service_agent(Resource({}), None) is None
