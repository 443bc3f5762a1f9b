"""The shapes of OTLP/JSON: what the standard writes, what is common, and nothing invented."""

from __future__ import annotations

import msgspec
import pytest

from agentwatch.decode.wire import AnyValue, Document, WireLog, WireSpan

IDS = b'"traceId":"a","spanId":"b"'


@pytest.mark.parametrize(("written", "read"), [(b'"5"', "5"), (b"5", 5), (b"null", None)])
def test_a_64_bit_integer_is_a_string_or_a_number(written: bytes, read: object) -> None:
    span = msgspec.json.decode(b'{%s,"startTimeUnixNano":%s}' % (IDS, written), type=WireSpan)
    assert span.start_time_unix_nano == read


@pytest.mark.parametrize("written", [b'"NaN"', b'"-Infinity"', b"1", b"0.5", b'"1e3"'])
def test_a_double_is_a_number_or_a_string(written: bytes) -> None:
    value = msgspec.json.decode(b'{"doubleValue":%s}' % written, type=AnyValue)
    assert value.double_value is not None


@pytest.mark.parametrize("written", [b"2", b'"SPAN_KIND_SERVER"', b"null"])
def test_an_enum_is_a_number_or_a_name(written: bytes) -> None:
    msgspec.json.decode(b'{%s,"kind":%s}' % (IDS, written), type=WireSpan)


def test_a_span_needs_its_two_ids_and_nothing_else() -> None:
    assert msgspec.json.decode(b"{%s}" % IDS, type=WireSpan).name is None
    with pytest.raises(msgspec.ValidationError, match="spanId"):
        msgspec.json.decode(b'{"traceId":"a"}', type=WireSpan)


def test_snake_case_names_are_unknown_fields_and_ignored() -> None:
    log = msgspec.json.decode(b'{"event_name":"x","eventName":"y","other":[1]}', type=WireLog)
    assert log.event_name == "y"
    document = msgspec.json.decode(b'{"resource_spans":[],"data_base64":"eA=="}', type=Document)
    assert (document.resource_spans, document.data_base64) == (None, "eA==")


def test_values_nest() -> None:
    text = b'{"kvlistValue":{"values":[{"key":"k","value":{"arrayValue":{"values":[{}]}}}]}}'
    value = msgspec.json.decode(text, type=AnyValue)
    assert value.kvlist_value is not None
    assert value.kvlist_value.values is not None
    (pair,) = value.kvlist_value.values
    assert pair.value is not None
    assert pair.value.array_value is not None
    assert pair.value.array_value.values == [AnyValue()]
