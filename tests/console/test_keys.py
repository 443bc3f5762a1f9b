"""One registry names every action once, and says how its keys are written."""

from __future__ import annotations

from collections import Counter

import pytest

from agentwatch.console.actions import RUN
from agentwatch.console.keys import ACTIONS, BY_ID, GROUPS, by_key, matching, spelled
from agentwatch.console.panes import PANES

UNUSED = {"ctrl+h", "ctrl+j", "ctrl+k", "ctrl+l", "ctrl+a", "ctrl+b", "ctrl+z", "ctrl+q"}


def test_ids_and_keys_are_each_given_once() -> None:
    assert Counter(action.id for action in ACTIONS).most_common(1)[0][1] == 1
    assert Counter(key for action in ACTIONS for key in action.keys).most_common(1)[0][1] == 1
    assert len(by_key()) == sum(len(action.keys) for action in ACTIONS)


def test_no_default_key_is_one_that_tmux_or_the_terminal_takes() -> None:
    keys = set(by_key())
    assert not keys & UNUSED
    assert not [key for key in keys if key.startswith(("alt+", "shift+"))]


def test_no_ctrl_key_is_the_only_way() -> None:
    assert not [a.id for a in ACTIONS if a.keys and all(k.startswith("ctrl+") for k in a.keys)]


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_each_action_says_what_it_does_and_does_it(action: object) -> None:
    found = BY_ID[action.id]  # type: ignore[attr-defined]
    assert found.label
    assert found.about
    assert found.group in GROUPS
    somewhere = found.id in RUN or any(hasattr(pane, f"act_{found.id}") for pane in PANES)
    assert somewhere, f"{found.id} has a key and no meaning"


@pytest.mark.parametrize(
    ("key", "written"),
    [("slash", "/"), ("ctrl+p", "ctrl-p"), ("escape", "esc"), ("G", "G"), ("space", "space")],
)
def test_keys_are_written_as_people_write_them(key: str, written: str) -> None:
    assert spelled(key) == written


@pytest.mark.parametrize(
    ("typed", "first"),
    [("fleet", "fleet"), ("fl", "fleet"), ("page d", "page_down"), ("SORT", "sort"), ("osc", None)],
)
def test_a_typed_name_finds_its_action(typed: str, first: str | None) -> None:
    found = [action.id for action in matching(typed)]
    assert (found[0] if found else None) == first


def test_what_is_said_of_an_action_is_searched_too_and_comes_after_its_name() -> None:
    assert [action.id for action in matching("clipboard")] == ["copy"]
    assert next(action.id for action in matching("columns")) == "columns"
