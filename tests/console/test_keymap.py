"""A key map is used whole or not at all, and what is wrong with it is one helpful sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentwatch.console.keymap import FILE, TAKEN, KeymapError, defaults, load, normal
from agentwatch.console.keys import ACTIONS, spelled


def made(folder: Path, text: str) -> Path:
    path = folder / FILE
    path.write_text(text, encoding="utf-8")
    return path


def refusal(folder: Path, text: str) -> str:
    """What is said after the file's name."""
    path = made(folder, text)
    with pytest.raises(KeymapError) as raised:
        load(path)
    said = str(raised.value)
    assert said.startswith(f"{path}, line ")
    assert "\n" not in said
    return said.removeprefix(f"{path}, ")


@pytest.mark.parametrize("key", sorted(defaults()))
def test_every_default_key_is_read_as_the_sheet_writes_it(key: str) -> None:
    assert normal(spelled(key)) == key
    assert normal(key) == key


def test_without_a_file_the_keys_are_the_registrys(tmp_path: Path) -> None:
    assert load(tmp_path / FILE) == defaults()
    assert set(defaults().values()) == {action.id for action in ACTIONS if action.keys}


def test_the_whole_map_written_out_is_the_map(tmp_path: Path) -> None:
    lines = [f"{a.id} = {[spelled(key) for key in a.keys]!r}" for a in ACTIONS]
    assert load(made(tmp_path, "\n".join(lines))) == defaults()


def test_what_the_file_names_is_changed_and_nothing_else(tmp_path: Path) -> None:
    keys = load(made(tmp_path, 'sort = "o"\nfilter = ["/", "ctrl-f", "F7"]\nzoom = ""\n'))
    assert {key for key, id in keys.items() if id == "sort"} == {"o"}
    assert {key for key, id in keys.items() if id == "filter"} == {"slash", "ctrl+f", "f7"}
    assert "zoom" not in keys.values()
    assert "z" not in keys
    changed = {"sort", "filter", "zoom"}
    assert {k: i for k, i in keys.items() if i not in changed} == {
        k: i for k, i in defaults().items() if i not in changed
    }


def test_two_actions_may_change_places(tmp_path: Path) -> None:
    keys = load(made(tmp_path, 'sort = "z"\nzoom = "s"\n'))
    assert (keys["z"], keys["s"]) == ("sort", "zoom")


def test_the_same_key_twice_for_one_action_is_no_clash(tmp_path: Path) -> None:
    assert load(made(tmp_path, 'sort = ["s", "s"]'))["s"] == "sort"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('# mine\nsort = "q"', "line 2: q would be both sort and quit; give one of them another"),
        ('sort = "q"\nquit = "q"', "line 2: q would be both sort and quit"),
        ('down = "esc"', "line 1: esc would be both down and back"),
        ('\n\nsrot = "o"', "line 3: there is no action 'srot'; did you mean 'sort'"),
        ('zzzz = "o"', "line 1: there is no action 'zzzz'; known are down, up"),
        ('[keys]\nsort = "o"', "line 1: there is no action 'keys'"),
        ('sort = "ctrl-b"', "line 1: sort: ctrl-b is taken by the terminal or by tmux"),
        ('sort = "ctrl-c"', "line 1: sort: ctrl-c is taken"),
        ('sort = "pgdwn"', "line 1: sort: 'pgdwn' is no key; did you mean 'pgdn'"),
        ('sort = "alt-x"', "line 1: sort: 'alt-x' is no key"),
        ('sort = "xy"', "line 1: sort: 'xy' is no key"),
        ("sort = 7", 'line 1: sort must be a key such as "s", or a list of keys'),
        ("sort = [1]", "line 1: sort must be a key"),
        ('sort = {a = "b"}', "line 1: sort must be a key"),
        ('sort = "o"\nsort = "p"', "line 2: this is no TOML"),
        ("sort =", "line 1: this is no TOML"),
        ("\x00", "line 1: this is no TOML"),
    ],
)
def test_a_bad_map_is_refused_with_line_and_remedy(text: str, said: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, text).startswith(said)


@pytest.mark.parametrize("key", sorted(TAKEN))
def test_no_key_that_others_take_can_be_bound(key: str, tmp_path: Path) -> None:
    assert "is taken" in refusal(tmp_path, f'sort = "{spelled(key)}"')


def test_bytes_and_folders_are_refused_as_well(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b'sort = "\xff"')
    with pytest.raises(KeymapError, match="line 1: this is not UTF-8"):
        load(tmp_path / FILE)
    (tmp_path / "folder").mkdir()
    with pytest.raises(KeymapError, match="cannot be read"):
        load(tmp_path / "folder")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("/", "slash"), ("-", "minus"), ("+", "plus"), ("_", "underscore"), ("\\", "backslash"),
        ("@", "at"), ("!", "exclamation_mark"), (" ", "space"), (",", "comma"), ("é", "é"),
        ("Esc", "escape"), ("PgUp", "pageup"), ("F5", "f5"), ("ctrl-x", "ctrl+x"),
        ("ctrl+x", "ctrl+x"), ("Enter", "enter"), ("g", "g"), ("G", "G"), ("", None),
        ("\x00", None), ("f13", None), ("ctrl-", None), ("ctrl-é!", None), ("shift-tab", None),
    ],
)  # fmt: skip
def test_a_key_is_spelled_as_people_do(text: str, key: str | None) -> None:
    assert normal(text) == key
