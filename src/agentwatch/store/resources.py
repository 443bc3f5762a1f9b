"""Resources in, their row ids out: each distinct process is stored once."""

from __future__ import annotations

import sqlite3

import msgspec

from agentwatch.model import Resource
from agentwatch.store.masking import Mask
from agentwatch.store.texts import digest_of

CACHED = 4096


class Resources:
    """The table `resources` as the writer sees it."""

    def __init__(self, connection: sqlite3.Connection, mask: Mask) -> None:
        self._connection = connection
        self._mask = mask
        self._by_object: dict[int, tuple[Resource, int]] = {}
        self._by_content: dict[bytes, int] = {}
        self._by_id: dict[int, Resource] = {}

    def forget(self) -> None:
        """Drop what a rolled-back batch may have added."""
        self._by_object.clear()
        self._by_content.clear()
        self._by_id.clear()

    def id_of(self, resource: Resource) -> int:
        """Return the row of `resource`, made if need be."""
        # by identity first: all records of one resource in a frame share the object
        cached = self._by_object.get(id(resource))
        if cached is not None:
            return cached[1]
        if len(self._by_object) >= CACHED:
            self.forget()
        said = msgspec.msgpack.encode(resource)
        resource_id = self._by_content.get(said)
        if resource_id is None:
            resource_id = self._by_content[said] = self._stored(resource)
        self._by_object[id(resource)] = (resource, resource_id)
        self._by_id[resource_id] = resource
        return resource_id

    def _stored(self, resource: Resource) -> int:
        content = msgspec.msgpack.encode(self._mask.resource(resource))
        (resource_id,) = self._connection.execute(
            "INSERT INTO resources (digest, content) VALUES (?, ?) "
            "ON CONFLICT (digest) DO UPDATE SET digest = excluded.digest RETURNING id",
            (digest_of(content), content),
        ).fetchone()
        return int(resource_id)

    def by_id(self, resource_id: int) -> Resource:
        """Return the resource of a row."""
        known = self._by_id.get(resource_id)
        if known is None:
            (content,) = self._connection.execute(
                "SELECT content FROM resources WHERE id = ?", (resource_id,)
            ).fetchone()
            known = self._by_id[resource_id] = msgspec.msgpack.decode(content, type=Resource)
        return known
