"""`agentwatch find`: the runs that hold a value, as JSON lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentwatch.cli.find_command import remarks
from agentwatch.store.queries.unsearched import Unsearched
from tests.cli.conftest import Cli


def value_of(cli: Cli, store: Path) -> tuple[str, str]:
    """A conversation of the sample, and its run."""
    (row,) = cli("--store", store, "query", "runs", "--limit", 1).rows
    return row["conversation_id"], row["trace_id"]


def test_a_run_is_told_with_the_fields_of_a_run_and_every_place_that_holds_the_value(
    cli: Cli, recorded: Path
) -> None:
    conversation, trace = value_of(cli, recorded)
    found = cli("--store", recorded, "find", conversation.upper())
    assert found.code == 0
    (run,) = [row for row in found.rows if row["trace_id"] == trace]
    fields = set(cli("--store", recorded, "query", "runs", "--limit", 1).rows[0])
    assert set(run) == fields | {"hits"}
    assert run["hits"]
    for place in run["hits"]:
        assert set(place) == {"span_id", "where", "snippet"}
        assert conversation in place["snippet"]


def test_each_run_comes_once_the_newest_first(cli: Cli, recorded: Path) -> None:
    found = cli("--store", recorded, "find", "execute_tool")
    traces = [row["trace_id"] for row in found.rows]
    assert len(traces) == len(set(traces)) > 3
    times = [row["received_ns"] for row in found.rows]
    assert times == sorted(times, reverse=True)
    few = cli("--store", recorded, "find", "execute_tool", "--limit", 2)
    assert few.rows == found.rows[:2]


def test_a_run_is_found_by_its_own_id(cli: Cli, recorded: Path) -> None:
    _, trace = value_of(cli, recorded)
    (run,) = cli("--store", recorded, "find", trace[:12]).rows
    assert run["hits"] == [{"span_id": None, "where": "id", "snippet": trace}]


@pytest.mark.parametrize("text", ["55-20417-nobody", '" OR "', "NEAR(a b)", "-order", "--help me"])
def test_nothing_found_is_no_failure(cli: Cli, recorded: Path, text: str) -> None:
    found = cli("--store", recorded, "find", "--", text)
    assert (found.code, found.out, found.err) == (0, "", "")


def test_since_leaves_out_what_came_before(cli: Cli, recorded: Path) -> None:
    assert cli("--store", recorded, "find", "execute_tool", "--since", "2999-01-01").out == ""
    assert cli("--store", recorded, "find", "execute_tool", "--since", "7d").out != ""


@pytest.mark.parametrize("text", ["ab", "x" * 1001])
def test_what_cannot_be_looked_for_is_one_line_and_exit_2(
    cli: Cli, recorded: Path, text: str
) -> None:
    refused = cli("--store", recorded, "find", text)
    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith("agentwatch: ")
    assert refused.err.count("\n") == 1


def test_without_a_store_it_says_so(cli: Cli, tmp_path: Path) -> None:
    refused = cli("--store", tmp_path / "none.db", "find", "55-20417")
    assert refused.code == 2
    assert "There is no store" in refused.err


def test_what_was_not_searched_is_a_sentence_for_each_kind() -> None:
    missed = [
        Unsearched("waiting", records=12_000),
        Unsearched("too_old", until_ns=1),
        Unsearched("gap", "eu", 1, 2),
        Unsearched("gap", "us", 1, None),
        Unsearched("lost", "eu", records=7, reason="frames"),
    ]
    assert list(remarks(missed)) == [
        "not searched: up to 12,000 records that wait for the index.",
        "not searched: what is too old to be kept.",
        "not searched: 2 times that nobody saw, of eu, us.",
        "not searched: 7 frames that were dropped or refused, of eu.",
    ]
