"""One parser: every command in the help, completions that a shell accepts."""

from __future__ import annotations

import subprocess

import pytest

from agentwatch import __version__
from agentwatch.cli.parser import COMMANDS, UsageError, parse, parser
from tests.cli.conftest import Cli
from tests.conftest import needs

NAMES = ["demo", "record", "query", "doctor", "store", "config"]


def test_every_command_stands_in_the_help_and_has_its_own(cli: Cli) -> None:
    shown = cli("--help")
    assert (shown.code, shown.err) == (0, "")
    for name in NAMES:
        assert f"\n    {name} " in shown.out
        own = cli(name, "--help")
        assert own.code == 0
        assert own.out.startswith(f"usage: agentwatch {name}")
    assert len(COMMANDS) >= len(NAMES)


def test_the_help_is_the_same_for_every_user(cli: Cli, home: object) -> None:
    assert str(home) not in cli("--help").out


def test_the_version(cli: Cli) -> None:
    assert cli("--version").out == f"agentwatch {__version__}\n"


def test_no_option_may_be_shortened() -> None:
    for words in (["--stor", "x"], ["query", "spans", "--lim", "3"], ["store", "migrate", "--dry"]):
        with pytest.raises(UsageError, match="There is no option"):
            parse(words)


def test_what_follows_two_dashes_and_what_has_spaces_is_no_option() -> None:
    assert parse(["query", "spans", "--where=--x"]).where == "--x"
    assert parse(["query", "spans", "--where", "-- a b"]).where == "-- a b"
    assert str(parse(["store", "backup", "--", "--file"]).file) == "--file"


def test_without_a_command_it_is_the_console() -> None:
    from agentwatch.cli import console

    assert parse([]).run is console.run


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_completions_come_from_the_same_parser(cli: Cli, shell: str) -> None:
    done = cli("--print-completion", shell)
    assert (done.code, done.err) == (0, "")
    for word in (*NAMES, "backup", "until-idle"):
        assert word in done.out
    assert "while-watched" not in done.out


def test_bash_completes_commands_and_options(cli: Cli) -> None:
    script = cli("--print-completion", "bash").out
    ask = (
        f"{script}\nCOMP_WORDS=(agentwatch $1); COMP_CWORD=$2; "
        'COMP_LINE="${COMP_WORDS[*]}"; _shtab_agentwatch; printf \'%s\\n\' "${COMPREPLY[@]}"'
    )

    def complete(words: str, position: int) -> set[str]:
        done = subprocess.run(
            [needs("bash"), "-c", ask, "bash", words, str(position)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return set(done.stdout.split())

    assert complete("qu", 1) == {"query"}
    assert "--until-idle" in complete("record --u", 2)


def test_building_it_twice_gives_the_same() -> None:
    assert parser().format_help() == parser().format_help()
