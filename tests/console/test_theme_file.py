"""A theme holds every role on every ground, and a bad file is refused with file, line and word."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentwatch.config import ConfigError
from agentwatch.console.theme_file import GROUNDS, ROLES, Theme, ThemeError, load, rgb
from agentwatch.console.themes import BUNDLED, bundled

NIGHT = bundled("night").read_text()


def line_of(start: str, text: str = NIGHT) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if line.startswith(start))


@pytest.mark.parametrize("name", BUNDLED)
def test_every_theme_of_ours_draws_every_role_on_every_ground(name: str) -> None:
    theme = load(bundled(name))
    assert (theme.name, tuple(theme.roles), tuple(theme.grounds)) == (name, ROLES, GROUNDS)
    for role in ROLES:
        for ground in GROUNDS:
            style = theme.style(role, ground)
            assert style.color is not None, (role, ground)
            assert style.bgcolor is not None, (role, ground)
            assert theme.style(role, ground) is style


def test_a_role_stands_on_its_ground_and_a_filled_one_on_its_own() -> None:
    night = load(bundled("night"))
    assert rgb(night.style("error", "selection").bgcolor) == (0x22, 0x34, 0x4A)
    assert rgb(night.style("error").bgcolor) == (0x0F, 0x13, 0x18)
    assert rgb(night.style("critical", "selection").bgcolor) == (0xFD, 0x70, 0x79)
    assert night.style("strong").bold
    assert not night.style("text").bold


@pytest.mark.parametrize("name", ["16", "mono"])
def test_where_colours_are_few_a_selected_row_is_plain_reverse(name: str) -> None:
    theme = load(bundled(name))
    for role in ROLES:
        style = theme.style(role, "selection")
        assert style.reverse, role
        assert style.color is not None and style.color.is_default, role
        assert style.bgcolor is not None and style.bgcolor.is_default, role
        assert bool(style.bold) == bool(theme.roles[role].bold), role
    assert rgb(theme.style("error").color) is None


def test_words_are_never_bright_black_in_sixteen_colours() -> None:
    sixteen = load(bundled("16"))
    faded = {role for role in ROLES if "bright_black" in str(sixteen.style(role))}
    assert faded == {"faint", "veil"}


def edited(folder: Path, old: str, new: str) -> Path:
    assert NIGHT.count(old) == 1, old
    path = folder / "night.toml"
    path.write_text(NIGHT.replace(old, new))
    return path


OK = 'ok          = { fg = "#6ed6b8" }'
CASES = (
    # what is changed, into what, the line's start, what is said
    (OK, OK.replace("ok ", "okay"), "ok  ", "there is no role 'okay'; did you mean 'ok'"),
    (OK, "", "[role]", "the role 'ok' is missing in [role]"),
    ('panel = { bg = "#19212a" }', "", "[surface]", "the ground 'panel' is missing in [surface]"),
    ("panel = ", "panle = ", "panel", "there is no ground 'panle'; did you mean 'panel'"),
    (OK, OK.replace("#6ed6b8", "#6ed6b"), "ok  ",
     "fg of ok: '#6ed6b' is no colour; one is # and six hex digits"),
    (OK, OK.replace("#6ed6b8", "gren"), "ok  ",
     "fg of ok: 'gren' is no colour; did you mean 'green'"),
    (OK, OK.replace('"#6ed6b8"', "7"), "ok  ",
     'role.ok.fg must be a colour such as "#cdd5de" or "cyan"'),
    (OK, OK.replace(" }", ", bolt = true }"), "ok  ",
     "there is no key 'bolt'; did you mean 'bold'"),
    (OK, OK.replace(" }", ', bold = "yes" }'), "ok  ", "role.ok.bold must be true or false"),
    (OK, OK.replace("fg", "bg"), "ok  ", "ok has no 'fg'"),
    (OK, 'ok = "#6ed6b8"', "ok  ", 'ok must be a table such as { fg = "#cdd5de" }'),
    ('bar = { bg = "#1a2129" }', "bar = {}", "bar", "bar has no 'bg'"),
    ('title = "Night"', "title = 1", "title", "title must be a text"),
    ('title = "Night"', 'titel = "Night"', "title",
     "there is no key 'titel'; did you mean 'title'"),
    ("dark = true", 'dark = "yes"', "dark", 'dark must be true, false or "terminal"'),
    ("dark = true", "dark = 1", "dark", 'dark must be true, false or "terminal"'),
    ("min_contrast = 4.5", "min_contrast = 45", "min_",
     "min_contrast must be a number from 0 to 21"),
    ("min_contrast = 4.5", "min_contrast = nan", "min_",
     "min_contrast must be a number from 0 to 21"),
    ("min_contrast = 4.5", 'made_for = ["red"]', "min_",
     "made_for must be a list of normal, protan, deutan, tritan"),
    ('name = "night"', 'name = "nacht"', "name",
     "a theme is named as its file, so this must be 'night'"),
    (OK, OK.replace("{", "{{"), "ok  ", "this is no TOML: "),
)  # fmt: skip


@pytest.mark.parametrize(("old", "new", "at", "said"), CASES)
def test_a_bad_file_is_refused_with_line_and_word(
    tmp_path: Path, old: str, new: str, at: str, said: str
) -> None:
    path = edited(tmp_path, old, new)
    with pytest.raises(ThemeError) as refused:
        load(path)
    message = str(refused.value)
    assert message.startswith(f"{path}, line {line_of(at)}: {said}")
    assert message.endswith(".")
    assert "\n" not in message


def test_a_role_may_have_a_table_of_its_own(tmp_path: Path) -> None:
    path = edited(tmp_path, OK, "")
    path.write_text(path.read_text() + '\n[role.ok]\nfg = "green"\nbold = 1\n')
    with pytest.raises(ThemeError, match=r"role\.ok\.bold must be true or false") as refused:
        load(path)
    assert f"line {len(path.read_text().splitlines())}:" in str(refused.value)
    path.write_text(path.read_text().replace("bold = 1", "bold = true"))
    assert load(path).style("ok").bold


def test_name_and_what_may_be_left_out(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(NIGHT[NIGHT.index("[surface]") :])
    theme = load(path)
    assert (theme.name, theme.title, theme.dark, theme.min_contrast, theme.made_for) == (
        "mine", "mine", True, 4.5, (),
    )  # fmt: skip


def test_a_refused_theme_is_a_refused_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="There is no file"):
        load(tmp_path / "none.toml")


ANY = st.recursive(
    st.one_of(st.booleans(), st.integers(), st.floats(), st.sampled_from(["red", "#123456", ""])),
    lambda inner: st.lists(inner, max_size=2),
    max_leaves=4,
)


@given(st.sampled_from(["fg", "bg", "bold", "reverse", "made_for"]), ANY)
def test_any_value_makes_a_theme_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, key: str, value: object
) -> None:
    written = str(value).replace("'", '"').replace("True", "true").replace("False", "false")
    written = f'"{value}"' if isinstance(value, str) else written
    look = f'{{ fg = "red", {key} = {written} }}' if key != "fg" else f"{{ fg = {written} }}"
    path = edited(tmp_path_factory.mktemp("theme"), OK, f"ok = {look}")
    try:
        assert isinstance(load(path), Theme)
    except ThemeError as error:
        assert f", line {line_of('ok  ')}: " in str(error)
