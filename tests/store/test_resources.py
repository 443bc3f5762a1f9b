"""Each distinct process is one row, whoever asks."""

from __future__ import annotations

import sqlite3

import pytest

from agentwatch.model import Resource
from agentwatch.store import resources
from agentwatch.store.masking import Mask
from agentwatch.store.resources import Resources
from agentwatch.untrusted import Redactor
from tests.store.records import SERVICE
from tests.store.stores import one


def table(store: sqlite3.Connection) -> Resources:
    return Resources(store, Mask(Redactor()))


def twin(resource: Resource) -> Resource:
    return Resource(
        attributes=dict(resource.attributes),
        service=resource.service,
        service_name=resource.service_name,
    )


def test_the_same_process_is_one_row_across_objects_and_restarts(
    store: sqlite3.Connection,
) -> None:
    first = table(store)
    ids = {first.id_of(SERVICE), first.id_of(SERVICE), first.id_of(twin(SERVICE))}
    ids.add(table(store).id_of(twin(SERVICE)))
    other = first.id_of(Resource(attributes={"service.name": "other"}))
    assert len(ids) == 1 and other not in ids
    assert one(store, "SELECT count(*) FROM resources") == 2


def test_a_row_comes_back_as_the_process_was(store: sqlite3.Connection) -> None:
    told = Resource(
        attributes={"a": [1, {"b": None}], "c": b"\0"},
        service="ns/shop",
        claimed_identities=("keycloak:x",),
        library="sdk@1",
    )
    row = table(store).id_of(told)
    assert table(store).by_id(row) == told


def test_a_row_that_was_undone_is_made_again(store: sqlite3.Connection) -> None:
    known = table(store)
    store.execute("BEGIN")
    known.id_of(SERVICE)
    store.execute("ROLLBACK")
    known.forget()
    assert known.id_of(SERVICE) == one(store, "SELECT id FROM resources")


def test_memory_is_bounded_whatever_telemetry_names(
    store: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "CACHED", 10)
    known = table(store)
    kept = [Resource(attributes={"n": number}) for number in range(95)]
    ids = [known.id_of(each) for each in kept]
    assert len(set(ids)) == 95
    assert len(known._by_object) <= 10 and len(known._by_id) <= 10
    assert [known.id_of(each) for each in kept] == ids
