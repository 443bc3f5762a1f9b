"""In: a resource of the wire. Out: the process that emitted, and what it claims to be."""

from __future__ import annotations

from agentwatch.decode.values import Mending, attributes
from agentwatch.decode.wire import WireResource, WireScope
from agentwatch.model import Attributes, Resource

_IDENTITY = "agentwatch.identity."


def read_resource(wire: WireResource | None, mending: Mending) -> Resource:
    """Return the resource with its service, agent and claimed identities picked out."""
    found = attributes(wire.attributes if wire is not None else None, mending)
    name = _text(found, "service.name")
    if name is not None and name.startswith("unknown_service"):
        name = None
    namespace = _text(found, "service.namespace")
    return Resource(
        attributes=found,
        service=f"{namespace}/{name}" if namespace and name else name,
        service_name=name,
        service_version=_text(found, "service.version"),
        main_agent_id=_text(found, "gen_ai.main_agent.id"),
        main_agent_name=_text(found, "gen_ai.main_agent.name"),
        parent_agent=_text(found, "agentwatch.agent.parent"),
        claimed_identities=claimed_identities(found),
        library=_library(found),
    )


def read_scope(wire: WireScope | None, mending: Mending) -> str | None:
    """Return the instrumentation scope as `name@version`, or its name alone."""
    if wire is None or not wire.name:
        return None
    name = mending.text(wire.name)
    return f"{name}@{mending.text(wire.version)}" if wire.version else name


def claimed_identities(found: Attributes) -> tuple[str, ...]:
    """Return each claimed identity once, as `PROVIDER:EXTERNAL_ID`, in the order of the table."""
    claims: list[str] = []
    client = _text(found, _IDENTITY + "client_id")
    if client is not None:
        claims.append(f"{_text(found, _IDENTITY + 'provider') or 'client'}:{client}")
    spiffe = _text(found, _IDENTITY + "spiffe_id")
    if spiffe is not None:
        claims.append(f"spiffe:{spiffe}")
    for provider, key in (("apikey", "api_key"), ("x509", "x509")):
        fingerprint = _text(found, f"{_IDENTITY}{key}.fingerprint_sha256")
        if fingerprint is not None:
            claims.append(f"{provider}:{plain_fingerprint(fingerprint)}")
    listed = found.get("agentwatch.identities")
    if isinstance(listed, list):
        claims.extend(item for item in listed if isinstance(item, str) and ":" in item)
    return tuple(dict.fromkeys(claims))


def plain_fingerprint(text: str) -> str:
    """Return a fingerprint in lower case without colons, so that two spellings compare equal."""
    return text.replace(":", "").lower()


def _library(found: Attributes) -> str | None:
    for kind in ("distro", "sdk"):
        name = _text(found, f"telemetry.{kind}.name")
        if name is not None:
            version = _text(found, f"telemetry.{kind}.version")
            return f"{name}@{version}" if version else name
    return None


def _text(found: Attributes, key: str) -> str | None:
    value = found.get(key)
    return value if isinstance(value, str) and value else None
