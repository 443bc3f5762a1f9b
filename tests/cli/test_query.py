"""`query`: rows in three forms, newest first, that stream and that no spreadsheet runs."""

from __future__ import annotations

import asyncio
import csv
import io
import os
import signal
import sys
from pathlib import Path

import pytest

from agentwatch.cli.query import TABLE_ROWS, WIDEST
from tests.cli.conftest import Cli
from tests.program import environment

FIELDS = {
    "agents": "agent name version owner state condition last_seen_ns runs_active error_ratio "
    "cost_usd_micros_per_run tokens_per_s accuracy off_switch identities",
    "runs": "trace_id agent state outcome task_id conversation_id start_ns end_ns span_count "
    "error_count input_tokens output_tokens cost_usd_micros complete received_ns",
    "feeds": "feed url state last_frame_ns frames frames_stored frames_empty frames_rejected "
    "frames_dropped spans gaps sampled clock_skew_s",
}


@pytest.mark.parametrize("table", FIELDS)
def test_rows_have_the_fields_of_the_contract(cli: Cli, recorded: Path, table: str) -> None:
    rows = cli("--store", recorded, "query", table).rows
    assert rows
    assert all(list(row) == FIELDS[table].split() for row in rows)


def test_newest_first_in_a_window_and_no_more_than_asked(cli: Cli, recorded: Path) -> None:
    every = cli("--store", recorded, "query", "spans").rows
    received = [row["received_ns"] for row in every]
    assert len(received) > TABLE_ROWS
    assert received == sorted(received, reverse=True)
    assert cli("--store", recorded, "query", "spans", "--limit", 3).rows == every[:3]
    assert cli("--store", recorded, "query", "spans", "--since", "7d").rows == every
    assert cli("--store", recorded, "query", "spans", "--until", "7d").rows == []
    assert cli("--store", recorded, "query", "spans", "--since", "9999-12-31").rows == []


def test_where_takes_the_filter_language(cli: Cli, recorded: Path) -> None:
    every = cli("--store", recorded, "query", "spans").rows
    failed = cli("--store", recorded, "query", "spans", "--where", "state:error !tool:x").rows
    assert failed == [row for row in every if row["state"] == "error" and row["tool"] != "x"]
    assert failed


def test_csv_holds_the_same_rows(cli: Cli, recorded: Path) -> None:
    rows = cli("--store", recorded, "query", "runs").rows
    told = list(csv.DictReader(io.StringIO(
        cli("--store", recorded, "query", "runs", "--format", "csv").out
    )))  # fmt: skip
    assert [row["trace_id"] for row in told] == [row["trace_id"] for row in rows]
    assert [row["outcome"] or None for row in told] == [row["outcome"] for row in rows]


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_a_cell_that_a_spreadsheet_would_run_is_quoted(start: str) -> None:
    from agentwatch.cli.query import _cell

    assert _cell(f"{start}cmd|' /C calc'!A0").startswith(f"'{start}")
    assert _cell(-5) == "-5"
    assert _cell("\t=1") == "␉=1"


def test_a_table_has_columns_of_bounded_width_and_200_rows(cli: Cli, recorded: Path) -> None:
    lines = cli("--store", recorded, "query", "spans", "--format", "table").out.splitlines()
    assert len(lines) == TABLE_ROWS + 1
    head = lines[0]
    assert head.split()[:3] == ["trace_id", "span_id", "parent_span_id"]
    assert "attributes" not in head
    assert max(map(len, lines)) < 30 * (WIDEST + 2)
    at = head.index("agent ")
    assert all(line[at - 2 : at] == "  " for line in lines)


def test_nothing_found_is_no_output_and_no_failure(cli: Cli, recorded: Path) -> None:
    for form in ("jsonl", "table", "csv"):
        done = cli("--store", recorded, "query", "runs", "--where", "agent:none", "--format", form)
        assert (done.code, done.out, done.err) == (0, "", "")


@pytest.mark.parametrize("form", ["jsonl", "table", "csv"])
async def test_a_reader_that_leaves_ends_it_quietly(
    recorded: Path, tmp_path: Path, form: str
) -> None:
    reading, writing = os.pipe()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "agentwatch", "--store", str(recorded), "query", "spans",
        "--limit", "5000", "--format", form,
        stdout=writing, stderr=asyncio.subprocess.PIPE, env=environment(tmp_path),
    )  # fmt: skip
    os.close(writing)
    os.read(reading, 100)
    os.close(reading)
    assert process.stderr is not None
    err = await process.stderr.read()
    assert (await process.wait(), err) == (0, b"")


async def test_ctrl_c_ends_it_quietly(recorded: Path, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "agentwatch", "--store", str(recorded), "query", "spans",
        stdout=writing, stderr=asyncio.subprocess.PIPE, env=environment(tmp_path),
    )  # fmt: skip
    os.close(writing)
    await asyncio.to_thread(os.read, reading, 1)  # it stands in a write that nobody takes
    process.send_signal(signal.SIGINT)
    os.close(reading)
    assert process.stderr is not None
    err = await process.stderr.read()
    assert (await process.wait(), err) in [(130, b""), (0, b"")]
