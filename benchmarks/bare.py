"""The control of every insert: frames in, rows of the same span table out, and nothing else.

msgspec decodes, `executemany` inserts all columns, a commit every so many frames. No dialect, no
tree, no run, no rollup, no price, no text stored once, no check of what a text holds.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import islice

import msgspec

from agentwatch.decode.wire import Document, KeyValue, WireSpan
from agentwatch.store.statements import INSERT_SPAN
from benchmarks.spans import BATCH_FRAMES

_DECODE = msgspec.json.Decoder(Document).decode
_ENCODE = msgspec.msgpack.Encoder().encode


def insert(
    connection: sqlite3.Connection, frames: Iterable[bytes], batch_frames: int = BATCH_FRAMES
) -> None:
    """Decode and insert all frames, so many a commit."""
    left = iter(frames)
    while batch := list(islice(left, batch_frames)):
        connection.execute("BEGIN IMMEDIATE")
        for frame in batch:
            connection.executemany(INSERT_SPAN, _rows(_DECODE(frame)))
        connection.execute("COMMIT")


def _rows(document: Document) -> Iterator[tuple[object, ...]]:
    for group in document.resource_spans or ():
        agent = _plain(group.resource.attributes if group.resource else None).get("service.name")
        for part in group.scope_spans or ():
            for span in part.spans or ():
                yield _row(span, agent)


def _row(span: WireSpan, agent: object) -> tuple[object, ...]:
    attributes = _plain(span.attributes)
    told = attributes.get
    end_ns = int(span.end_time_unix_nano or 0)
    return (
        None, bytes.fromhex(span.trace_id), bytes.fromhex(span.span_id),
        bytes.fromhex(span.parent_span_id or ""), 1, agent, None, None,
        told("gen_ai.conversation.id"), told("gen_ai.operation.name"), span.name, "ok",
        int(span.start_time_unix_nano or 0), end_ns, end_ns, end_ns,
        told("gen_ai.provider.name"), told("gen_ai.request.model"),
        told("gen_ai.response.model"), told("gen_ai.tool.name"), None,
        told("gen_ai.usage.input_tokens"), told("gen_ai.usage.output_tokens"), None, None, None,
        None, "unknown", 1, told("error.type"), "gen_ai", 1, _ENCODE(attributes),
    )  # fmt: skip


def _plain(pairs: Iterable[KeyValue] | None) -> dict[str, object]:
    return {
        pair.key: pair.value.string_value or pair.value.int_value
        for pair in pairs or ()
        if pair.value is not None
    }
