"""What the documents say can be typed and found: commands parse, links lead somewhere."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from agentwatch.cli.parser import parser
from agentwatch.config import parse as parse_config
from agentwatch.filters import parse as parse_filter
from agentwatch.store.queries import TABLES
from tests.conftest import CHECKOUT

DOCUMENTS = sorted([*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").glob("*.md")])
UNIT = CHECKOUT / "docs" / "agentwatch-record.service"


def name(path: Path) -> str:
    return path.name


def blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", path.read_text("utf-8"), re.M | re.S)


def commands() -> list[list[str]]:
    """Return the arguments of every command line of ours in the documents' shell blocks."""
    typed = [
        line for path in DOCUMENTS for block in blocks(path, "sh") for line in block.split("\n")
    ]
    ours = [line.partition(">")[0] if "completion" in line else line for line in typed]
    words = [
        shlex.split(line) for line in ours if re.match(r"(/opt/agentwatch/bin/)?agentwatch ", line)
    ]
    return [line[1:] for line in words]


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_link_to_a_file_leads_to_one(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), target


def test_every_command_line_is_one_that_the_program_takes() -> None:
    found = commands()
    assert len(found) > 3
    for arguments in found:
        if "--print-completion" not in arguments:  # prints and ends
            assert callable(parser().parse_args(arguments).run), arguments


def test_every_filter_names_columns_that_there_are() -> None:
    asked = [parser().parse_args(line) for line in commands() if "--where" in line]
    assert asked
    for options in asked:
        table = TABLES[options.table]
        sql, _ = parse_filter(options.where).sql(table.columns, table.words, 0)
        assert sql


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_configuration_is_one_that_holds(path: Path) -> None:
    for block in blocks(path, "toml"):
        if "input_mtok" in block:
            assert tomllib.loads(block)  # a table of prices
        else:
            assert parse_config(block, path).feed


def test_the_service_runs_a_command_that_the_program_takes() -> None:
    line = re.search(r"^ExecStart=\S+/agentwatch (.*)$", UNIT.read_text("utf-8"), re.M)
    assert line is not None
    options = parser().parse_args(shlex.split(line[1]))
    assert options.store == Path("/var/lib/agentwatch/agentwatch.db")
    assert options.run.__module__ == "agentwatch.cli.record"
