"""The console starts as it was left, and a file that cannot be used is named and left alone."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from agentwatch.console.session import FILE, Session, SessionError, ViewState, load, save

LEFT = Session(
    view="feeds",
    theme="day",
    views={"fleet": ViewState("cost", True, ["feed", "version"], "state:stale")},
    filters={"slow": "duration>3s"},
)


def test_what_was_left_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "state"
    save(LEFT, folder)
    assert load(folder) == LEFT
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == [FILE]


def test_the_first_start_has_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path) == Session()
    assert Session().view == "fleet"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "Input data was truncated"),
        (b"{", "Input data was truncated"),
        (b"[]", "Expected `object`, got `array`"),
        (b'{"view": 7}', "Expected `str`, got `int` - at `$.view`"),
        (b'{"views": {"fleet": {"hidden": "x"}}}', "Expected `array`, got `str`"),
        (b'{"view": "\xff"}', "can't decode byte 0xff"),
        (b'{"x": ' + b"[" * 100_000, "maximum recursion depth"),
    ],
)
def test_a_bad_file_is_named_and_left_behind(content: bytes, why: str, tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_bytes(content)
    with pytest.raises(SessionError) as raised:
        load(tmp_path)
    said = str(raised.value)
    assert said.startswith(f"{path}: ")
    assert why in said
    assert said.endswith("; the console starts with its defaults.")
    assert path.read_bytes() == content


def test_a_folder_in_its_place_is_a_bad_file(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(SessionError, match="directory"):
        load(tmp_path)


def test_what_a_later_version_added_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"view": "feeds", "new": {"a": [1]}}')
    assert load(tmp_path).view == "feeds"


def test_a_folder_that_may_not_be_written_ends_nothing(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file stands here")
    save(LEFT, tmp_path / "state")
    assert (tmp_path / "state").read_text() == "a file stands here"


def test_the_file_is_replaced_whole(tmp_path: Path) -> None:
    save(Session(), tmp_path)
    before = os.stat(tmp_path / FILE).st_ino  # noqa: PTH116 - the inode
    save(LEFT, tmp_path)
    assert load(tmp_path) == LEFT
    assert (tmp_path / FILE).stat().st_ino != before
