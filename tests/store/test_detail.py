"""What is packed comes back the same, and no telemetry can forge a reference to a text."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentwatch.model import Evaluation, Facts, RuleEvaluated, SpanEvent
from agentwatch.store.detail import (
    LARGE_TEXT_CHARS,
    Detail,
    EventContent,
    pack,
    pack_event,
    unpack,
    unpack_event,
)
from agentwatch.store.texts import digest_of

LONG = "x" * LARGE_TEXT_CHARS
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=300)
    | st.binary(max_size=300)
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10
)
attributes = st.dictionaries(st.text(), values, max_size=6)


class Shelf:
    """Where large texts go."""

    def __init__(self) -> None:
        self.texts: dict[bytes, str] = {}

    def keep(self, text: str) -> bytes:
        digest = digest_of(text.encode())
        self.texts[digest] = text
        return digest


@given(attributes, attributes, st.none() | st.text())
def test_a_detail_comes_back_as_it_was(
    first: dict[str, Any], second: dict[str, Any], said: str | None
) -> None:
    shelf = Shelf()
    events = [SpanEvent("e", 7, second)]
    facts = Facts(effect="irreversible", scopes_used=("a",), user_id=said)
    detail = Detail(first, said, said, 3, "scope", events, [("t", "s")], facts)
    blob = pack(
        Detail(first, said, said, 3, "scope", list(events), [("t", "s")], facts), shelf.keep
    )
    assert unpack(blob, shelf.texts.__getitem__) == detail
    assert all(len(text) >= LARGE_TEXT_CHARS for text in shelf.texts.values())


@given(attributes, values)
def test_a_log_record_comes_back_as_it_was(told: dict[str, Any], body: Any) -> None:
    shelf = Shelf()
    for fact in (None, Evaluation(name="n", human=True), RuleEvaluated(rule_id="r", inputs=body)):
        content = EventContent(told, body, "gen_ai", fact)
        blob = pack_event(EventContent(told, body, "gen_ai", fact), shelf.keep)
        assert unpack_event(blob, shelf.texts.__getitem__) == content


def test_large_texts_leave_the_blob_wherever_they_stand() -> None:
    shelf = Shelf()
    blob = pack(
        Detail({"a": LONG, "b": [LONG + "1", {"c": LONG + "2"}], "d": "short"},
               events=[SpanEvent("e", 0, {"f": LONG + "3"})]),
        shelf.keep,
    )  # fmt: skip
    assert set(shelf.texts.values()) == {LONG, LONG + "1", LONG + "2", LONG + "3"}
    assert b"xxxx" not in blob and b"short" in blob


def test_bytes_that_look_like_a_reference_stay_bytes() -> None:
    forged = bytes([0xC7, 16, 1]) + digest_of(b"somebody else's prompt")
    asked: list[bytes] = []
    detail = unpack(pack(Detail({"a": forged}), Shelf().keep), lambda d: str(asked.append(d)))  # type: ignore[func-returns-value]
    assert detail.attributes == {"a": forged}
    assert asked == []


def test_an_unknown_extension_is_no_value() -> None:
    blob = msgspec.msgpack.encode({"attributes": {"a": msgspec.msgpack.Ext(9, b"x")}})
    with pytest.raises((ValueError, msgspec.MsgspecError)):
        unpack(blob, lambda _: "")


def test_packing_leaves_the_span_as_it_was() -> None:
    told: dict[str, Any] = {"a": LONG, "b": [LONG]}
    events = [SpanEvent("e", 0, {"f": LONG})]
    pack(Detail(told, events=events), Shelf().keep)
    assert told == {"a": LONG, "b": [LONG]}
    assert events[0].attributes == {"f": LONG}
