"""In: the bytes of one frame. Out: Records, or a DecodeError that says why there are none.

Pure: no I/O, no clock, no state. Any bytes give records or a DecodeError, nothing else.
"""

from __future__ import annotations

import binascii
from collections import Counter
from typing import Final

import msgspec

from agentwatch.decode.guard import DecodeError, check, needs_no_mending, surrogates_shown
from agentwatch.decode.otlp import read_document
from agentwatch.decode.salvage import salvage
from agentwatch.decode.values import Mending
from agentwatch.decode.wire import Document
from agentwatch.model import Records

__all__ = ["DecodeError", "decode"]

_DOCUMENT: Final = msgspec.json.Decoder(Document)
_BOM = b"\xef\xbb\xbf"


def decode(data: bytes) -> Records:
    """Return what the frame holds; JSON that is no OTLP gives empty records."""
    faults: Counter[str] = Counter()
    records = Records()
    clean, document = _parsed(data, faults)
    inner = _enveloped(document)
    if inner is not None:
        clean, document = _parsed(inner, faults)
    read_document(document, records, Mending(clean, faults))
    records.spans_rejected += faults["span_wrong_type"]
    records.faults = {name: count for name, count in faults.items() if count}
    return records


def _parsed(data: bytes, faults: Counter[str]) -> tuple[bool, Document]:
    """Return whether the text needs no mending, and its document; raises DecodeError."""
    if data.startswith(_BOM):
        raise DecodeError("bad_json", "The frame begins with a byte order mark.")
    check(data)
    clean = needs_no_mending(data)
    text = data if clean else surrogates_shown(data, faults)
    try:
        return clean, _DOCUMENT.decode(text)
    except msgspec.ValidationError:
        return clean, _salvaged(text, faults)
    except (msgspec.DecodeError, RecursionError) as error:
        raise _bad_json(error) from None


def _salvaged(text: bytes, faults: Counter[str]) -> Document:
    try:
        content = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise _bad_json(error) from None
    return salvage(content, faults)


def _enveloped(document: Document) -> bytes | None:
    """Return the content of a CloudEvents envelope, None where the document is none."""
    if document.specversion is None:
        return None
    if document.data_base64 is not None:
        try:
            return binascii.a2b_base64(document.data_base64)
        except (binascii.Error, ValueError):
            raise DecodeError(
                "bad_base64", "The CloudEvents frame's data_base64 is not base64."
            ) from None
    if document.data is None:
        return None
    if isinstance(document.data, str):
        return document.data.encode()
    return msgspec.json.encode(document.data)


def _bad_json(error: Exception) -> DecodeError:
    return DecodeError("bad_json", f"The frame is not JSON: {error}.")
