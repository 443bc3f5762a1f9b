"""A file written by hand: where each key stands, and what is said of a file that is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentwatch.console.toml_lines import TomlError, nearest, read_toml

TEXT = """\
# a comment = not a key
name = "x"

[surface]  # grounds
base = { bg = "#000000" }
"quoted key" = 1
a.b . c = 2
[role.text]
fg = "red"
[[many]]
one = 1
"""


def test_each_key_has_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(TEXT)
    file = read_toml(tmp_path / "a.toml")
    assert file.tables["surface"]["quoted key"] == 1
    assert file.lines == {
        ("name",): 2, ("surface",): 4, ("surface", "base"): 5, ("surface", "quoted key"): 6,
        ("surface", "a", "b", "c"): 7, ("role", "text"): 8, ("role", "text", "fg"): 9,
        ("many",): 10, ("many", "one"): 11,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("at", "line"),
    [(("surface", "base", "bg"), 5), (("role", "text", "fg"), 9), (("surface", "none"), 4),
     (("nowhere",), 1), ((), 1)],
)  # fmt: skip
def test_what_has_no_line_has_that_of_the_table_around_it(
    tmp_path: Path, at: tuple[str, ...], line: int
) -> None:
    path = tmp_path / "a.toml"
    path.write_text(TEXT)
    assert str(read_toml(path).refusal("wrong", *at)) == f"{path}, line {line}: wrong."


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a = 1\nb = = 2\n", "line 2: this is no TOML: Invalid value."),
        (b"a = 1\nb = ", "line 2: this is no TOML: Invalid value at the end of the file."),
        (b"a = 1\na = 2\n", "line 2: this is no TOML: Cannot overwrite a value."),
        (b"a = 1\n\nb = '\xff'\n", "line 3: this is not UTF-8; save it as UTF-8."),
        (b"a = " + b"[" * 100_000, "line 1: the brackets are nested too deeply."),
    ],
)
def test_a_broken_file_is_refused_with_its_line(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(content)
    with pytest.raises(TomlError) as refused:
        read_toml(path)
    assert str(refused.value) == f"{path}, {said}"


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TomlError, match=r"^There is no file .*/none\.toml\.$"):
        read_toml(tmp_path / "none.toml")
    with pytest.raises(TomlError, match=r"cannot be read: Is a directory\.$"):
        read_toml(tmp_path)
    with pytest.raises(TomlError, match=r"cannot be read: embedded null"):
        read_toml(Path("a\0b"))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_file_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("toml") / "a.toml"
    path.write_bytes(content)
    try:
        assert isinstance(read_toml(path).tables, dict)
    except TomlError as error:
        assert str(error).startswith(f"{path}, line ")
        assert str(error).endswith(".")


def test_the_nearest_word_is_offered_else_all() -> None:
    assert nearest("wran", ("ok", "warn", "error")) == "did you mean 'warn'"
    assert nearest("zzz", ("ok", "warn")) == "known are ok, warn"
