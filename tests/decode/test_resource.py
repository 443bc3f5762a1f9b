"""Resources: the service, the agent and the identities that a process claims."""

from __future__ import annotations

from typing import Any

import pytest

from agentwatch.decode import decode
from agentwatch.model import Resource
from tests.decode.wires import span, spans_frame


def resource(attributes: dict[str, Any]) -> Resource:
    return decode(spans_frame(span(), resource=attributes)).spans[0].resource


@pytest.mark.parametrize(
    ("attributes", "service"),
    [
        ({"service.name": "a", "service.namespace": "n"}, "n/a"),
        ({"service.name": "a"}, "a"),
        ({"service.name": "unknown_service:python", "service.namespace": "n"}, None),
        ({}, None),
    ],
)
def test_the_service(attributes: dict[str, Any], service: str | None) -> None:
    assert resource(attributes).service == service


def test_claimed_identities_are_listed_once_and_spelt_alike() -> None:
    claimed = resource(
        {
            "agentwatch.identity.provider": "entra",
            "agentwatch.identity.client_id": "c1",
            "agentwatch.identity.spiffe_id": "spiffe://a/b",
            "agentwatch.identity.x509.fingerprint_sha256": "9F:86",
            "agentwatch.identity.api_key.fingerprint_sha256": "AB",
            "agentwatch.identities": ["entra:c1", "okta:z", "nonsense"],
        }
    ).claimed_identities
    assert claimed == ("entra:c1", "spiffe:spiffe://a/b", "apikey:ab", "x509:9f86", "okta:z")


def test_the_library_is_the_distribution_before_the_sdk() -> None:
    sdk = {"telemetry.sdk.name": "otel", "telemetry.sdk.version": "1"}
    assert resource(sdk).library == "otel@1"
    assert resource({**sdk, "telemetry.distro.name": "d"}).library == "d"


def test_the_scope_carries_its_version() -> None:
    frame = spans_frame(span()).replace(b'{"spans"', b'{"scope":{"name":"s","version":"2"},"spans"')
    assert decode(frame).spans[0].scope == "s@2"
