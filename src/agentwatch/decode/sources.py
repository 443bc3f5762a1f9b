"""In: attributes of a retrieval. Out: the data source it read, its version and its age."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct

from agentwatch.decode.dialects.reading import text
from agentwatch.model import Attributes

RETRIEVALS = frozenset({"retrieval", "retrieve", "vector_db_retrieve", "vector_db_query"})

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_DOCUMENTS = 100
_MAX_JSON_CHARACTERS = 1 << 20


class Source(Struct, frozen=True):
    """What grounded an answer."""

    id: str | None = None
    version: str | None = None
    as_of_ns: int | None = None


def read_source(attributes: Attributes) -> Source:
    """Return the source named outright, completed from the metadata of its documents."""
    name = text(attributes, "gen_ai.data_source.id")
    as_of_ns = moment_ns(attributes.get("agentwatch.data_source.last_updated"))
    if name is None or as_of_ns is None:
        found = _of_documents(_metadata(attributes), name)
        name = name or found.id
        as_of_ns = as_of_ns if as_of_ns is not None else found.as_of_ns
    return Source(name, text(attributes, "agentwatch.data_source.version"), as_of_ns)


def moment_ns(value: object) -> int | None:
    """Return an RFC 3339 time or a date as nanoseconds since the epoch; None for anything else."""
    if not isinstance(value, str) or len(value) > 64:
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return (moment - _EPOCH) // timedelta(microseconds=1) * 1_000
    except (ValueError, OverflowError):
        return None


def parsed(value: object) -> Any:
    """Return what a text of JSON holds, None where it is no JSON or far too long."""
    if not isinstance(value, str) or len(value) > _MAX_JSON_CHARACTERS:
        return None
    try:
        return msgspec.json.decode(value)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return None


def _of_documents(documents: list[dict[str, Any]], wanted: str | None) -> Source:
    """Return the best document's source; the oldest update among its documents is its age."""
    name = wanted
    oldest: int | None = None
    for metadata in documents:
        source = metadata.get("source")
        name = name or (source if isinstance(source, str) else None)
        updated_ns = moment_ns(metadata.get("last_updated"))
        if updated_ns is not None and source == name:
            oldest = updated_ns if oldest is None else min(oldest, updated_ns)
    return Source(name, None, oldest)


def _metadata(attributes: Attributes) -> list[dict[str, Any]]:
    """Return the documents' metadata, best document first (OpenInference, then Traceloop)."""
    found: list[Any] = []
    for rank in range(_MAX_DOCUMENTS):
        prefix = f"retrieval.documents.{rank}.document."
        if prefix + "content" not in attributes and prefix + "metadata" not in attributes:
            break
        found.append(parsed(attributes.get(prefix + "metadata")))
    if not found:
        output = parsed(attributes.get("traceloop.entity.output"))
        documents = output.get("documents") if isinstance(output, dict) else None
        for document in documents[:_MAX_DOCUMENTS] if isinstance(documents, list) else ():
            found.append(document.get("metadata") if isinstance(document, dict) else None)
    return [metadata for metadata in found if isinstance(metadata, dict)]
