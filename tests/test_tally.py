"""The account of a recorder: its fields in their order, and how they add up."""

from __future__ import annotations

from collections import Counter

from agentwatch.tally import stats


class Ledger:
    gaps = 2

    def account(self) -> dict[str, int]:
        return {
            "frames": 9,
            "frames_stored": 6,
            "frames_empty": 1,
            "frames_rejected": 1,
            "frames_dropped": 1,
        }


def test_the_account_has_the_fields_of_the_contract_in_their_order() -> None:
    said = Counter(spans=5, spans_new=3, spans_duplicate=1, spans_rejected=1, commits=4)
    account = stats(Ledger(), said, 1.23456)
    assert list(account) == [
        "frames", "frames_stored", "frames_empty", "frames_rejected", "frames_dropped", "spans",
        "spans_new", "spans_duplicate", "spans_rejected", "logs", "metrics", "gaps", "commits",
        "wall_s", "cpu_s", "max_rss_bytes",
    ]  # fmt: skip
    assert (account["spans"], account["logs"], account["gaps"], account["commits"]) == (5, 0, 2, 4)
    assert account["wall_s"] == 1.235


def test_the_memory_is_in_bytes_and_the_processor_time_is_this_process_s() -> None:
    account = stats(Ledger(), Counter(), 0.0)
    assert 5_000_000 < account["max_rss_bytes"] < 50_000_000_000
    assert account["cpu_s"] > 0
