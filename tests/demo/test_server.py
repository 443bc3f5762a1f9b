"""The server tells a recording over a real websocket, again and again."""

import asyncio
from itertools import pairwise, takewhile

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from agentwatch.decode import decode
from agentwatch.demo.generate import BASE_NS, generate
from agentwatch.demo.server import Recording, last_record_ns, serve_feeds, stream

LAP_NS = 5 * 10**9
START_NS = 1_900_000_000 * 10**9
RECORDING = Recording(tuple(generate("calm", 5, 5)["prod-eu"]), BASE_NS, LAP_NS)


def test_stream_is_in_order_and_tells_every_document_once_a_lap() -> None:
    until_ns = START_NS + 60 * 10**9
    told = list(takewhile(lambda item: item[0] < until_ns, stream(RECORDING, START_NS, 1.0)))
    assert all(one[0] <= two[0] for one, two in pairwise(told))
    spans = [
        span.span_id for _, text in told for span in decode(text.encode()).spans if span.end_ns
    ]
    assert len(spans) == len(set(spans))
    assert len(told) > 5 * len(RECORDING.documents)


def test_a_document_is_due_when_its_last_record_is() -> None:
    until_ns = START_NS + 4 * 10**9
    told = list(takewhile(lambda item: item[0] < until_ns, stream(RECORDING, START_NS, 2.0)))
    begun = [(due, text) for due, text in told if last_record_ns(text) >= START_NS]
    assert len(begun) > 20
    assert all(due == START_NS for due, text in told[:3])
    assert all(0 <= due - last_record_ns(text) <= 60 * 10**9 for due, text in told)
    assert all(
        abs(due - last_record_ns(text)) <= 1 for due, text in begun if due < START_NS + LAP_NS // 2
    )


def test_an_empty_recording_ends() -> None:
    assert list(stream(Recording((), 0, LAP_NS), 0, 1.0)) == []


def test_frames_arrive_as_text_and_unknown_paths_are_refused() -> None:
    async def scene() -> tuple[list[str | bytes], str]:
        async with serve_feeds({"prod-eu": RECORDING}, speed=50.0) as feeds:
            async with asyncio.timeout(20), connect(feeds["prod-eu"]) as client:
                frames = [await client.recv() for _ in range(30)]
            async with asyncio.timeout(20), connect(feeds["prod-eu"] + "x") as client:
                with pytest.raises(ConnectionClosed) as closed:
                    await client.recv()
            return frames, str(closed.value)

    frames, refusal = asyncio.run(scene())
    assert all(isinstance(frame, str) and len(decode(frame.encode())) for frame in frames)
    assert "prod-eu" in refusal
