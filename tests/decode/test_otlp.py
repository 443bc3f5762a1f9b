"""Documents: all three signals in one frame."""

from __future__ import annotations

import json

from agentwatch.decode import decode
from tests.decode.wires import log, logs_frame, span, spans_frame


def test_one_frame_may_carry_spans_and_logs_together() -> None:
    frame = {**json.loads(spans_frame(span())), **json.loads(logs_frame(log(), log()))}
    records = decode(json.dumps(frame).encode())
    assert (len(records.spans), len(records.events), len(records)) == (1, 2, 3)


def test_spans_of_one_group_share_their_resource() -> None:
    records = decode(spans_frame(span(), span(spanId="00000000000000aa")))
    assert records.spans[0].resource is records.spans[1].resource
