"""A moved recording keeps its order, and its gaps and durations by the speed."""

import json
import re

import pytest

from agentwatch.demo.generate import BASE_NS, generate
from agentwatch.demo.rewrite import Move, rewrite

DOCUMENTS = [text for rows in generate("calm", 5, 10).values() for text in rows]
START_NS = 1_900_000_000_000_000_000
TIME = re.compile(r'UnixNano":"(\d+)"')


@pytest.mark.parametrize("speed", [0.5, 1.0, 4.0])
def test_first_record_is_now_and_gaps_are_divided_by_the_speed(speed: float) -> None:
    move = Move(BASE_NS, START_NS, speed)
    for document in DOCUMENTS:
        before = [int(t) for t in TIME.findall(document)]
        after = [int(t) for t in TIME.findall(rewrite(document, move))]
        for old, new in zip(before, after, strict=True):
            assert abs((new - START_NS) - (old - BASE_NS) / speed) <= 1


def test_nothing_but_times_changes_in_the_first_lap() -> None:
    same = Move(BASE_NS, BASE_NS)
    for document in DOCUMENTS:
        assert json.loads(rewrite(document, same)) == json.loads(document)


def test_dates_in_attributes_move_unstretched() -> None:
    move = Move(BASE_NS, BASE_NS + 3_600 * 10**9, speed=10)
    assert move.date("2026-06-01T08:00:00Z") == "2026-06-01T09:00:00Z"
    document = next(text for text in DOCUMENTS if "last_updated" in text)
    pattern = re.compile(r'last_updated","value":\{"stringValue":"([^"]+)"')
    old, new = pattern.findall(document), pattern.findall(rewrite(document, move))
    assert new == [move.date(date) for date in old] != old


def test_another_lap_has_other_ids_and_the_same_shape() -> None:
    ids = re.compile(r'(?:"(?:traceId|spanId|parentSpanId)":|pending_parent_id","value":'
                     r'\{"stringValue":)"([0-9a-f]+)"')  # fmt: skip
    move = Move(BASE_NS, START_NS, lap=3, lap_ns=10**10)
    for document in DOCUMENTS:
        pairs = zip(ids.findall(document), ids.findall(rewrite(document, move)), strict=True)
        for old, new in pairs:
            assert len(old) == len(new)
            assert (old == new) == (int(old, 16) == 0)
