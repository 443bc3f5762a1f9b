"""`agentwatch themes`, run as its user does."""

from __future__ import annotations

from pathlib import Path

from agentwatch.console.themes import BUNDLED, bundled
from tests.program import agentwatch

FOLDER = ".config/agentwatch/themes"


def users(home: Path, name: str, old: str, new: str) -> Path:
    path = home / FOLDER / f"{name}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(bundled("night").read_text().replace('name = "night"\n', "").replace(old, new))
    return path


async def test_list_names_every_theme_and_the_one_in_force(tmp_path: Path) -> None:
    mine = users(tmp_path, "mine", "Night", "Mine")
    bad = users(tmp_path, "bad", "#6ed6b8", "gren")
    ended = await agentwatch("themes", "list", home=tmp_path)
    lines = ended.out.splitlines()
    assert (ended.code, ended.err) == (0, "")
    assert [line.split()[0] for line in lines] == [*BUNDLED, "bad", "mine"]
    assert [line.split()[0] for line in lines if "in force" in line] == ["night"]
    assert all(line.endswith("built in") for line in lines[: len(BUNDLED)])
    assert f"refused: {bad}, line " in lines[-2]
    assert "did you mean 'green'" in lines[-2]
    assert lines[-1].split() == ["mine", "Mine", str(mine)]


async def test_list_follows_the_configuration_that_is_named(tmp_path: Path) -> None:
    users(tmp_path, "mine", "Night", "Mine")
    elsewhere = tmp_path / "elsewhere" / "config.toml"
    ended = await agentwatch("--config", elsewhere, "themes", "list", home=tmp_path)
    assert [line.split()[0] for line in ended.out.splitlines()] == list(BUNDLED)


async def test_a_bad_theme_of_a_bundled_name_is_told_and_ours_is_in_force(tmp_path: Path) -> None:
    bad = users(tmp_path, "night", "[role]", "[roll]")
    ended = await agentwatch("themes", "list", home=tmp_path)
    assert ended.code == 0
    assert ended.err.startswith(f"agentwatch: {bad}, line ")
    assert len(ended.err.splitlines()) == 1


async def test_check_finds_nothing_in_a_good_theme(tmp_path: Path) -> None:
    ended = await agentwatch("themes", "check", bundled("day"), home=tmp_path)
    assert (ended.code, ended.out, ended.err) == (0, f"{bundled('day')}: nothing wrong\n", "")


async def test_check_says_what_it_did_not_measure(tmp_path: Path) -> None:
    ended = await agentwatch("themes", "check", bundled("mono"), home=tmp_path)
    assert ended.code == 0
    assert ended.out.endswith("its colours are the terminal's, so none was measured\n")


async def test_check_warns_of_what_eyes_cannot_tell(tmp_path: Path) -> None:
    path = users(tmp_path, "mine", "#95a2b1", "#8494a3")
    ended = await agentwatch("themes", "check", path, home=tmp_path)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines() == [
        "warning: dim on selection has a contrast of 4.0:1 and wants 4.5:1",
        "warning: unknown on selection has a contrast of 4.0:1 and wants 4.5:1",
        f"{path} can be used, with 2 warnings",
    ]


async def test_check_refuses_a_bad_file_in_one_line(tmp_path: Path) -> None:
    path = users(tmp_path, "mine", 'ok          = { fg = "#6ed6b8" }', "okk = 1")
    ended = await agentwatch("themes", "check", path, home=tmp_path)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"agentwatch: {path}, line ")
    assert ended.err.endswith("there is no role 'okk'; did you mean 'ok'.\n")


async def test_an_action_is_wanted_and_a_wrong_one_is_put_right(tmp_path: Path) -> None:
    ended = await agentwatch("themes", home=tmp_path)
    assert (ended.code, len(ended.err.splitlines())) == (2, 1)
    ended = await agentwatch("themes", "lst", home=tmp_path)
    assert (ended.code, ended.err) == (
        2, "agentwatch: There is no 'lst' here; did you mean list?\n",
    )  # fmt: skip
