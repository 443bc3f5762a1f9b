"""The way in is the way out, one level at a time."""

from __future__ import annotations

from agentwatch.console.place import Place, Trail

FLEET, RUNS = Place("fleet"), Place("runs", "shop/refund-03")


def test_a_place_is_called_by_its_view_and_what_it_is_about() -> None:
    assert FLEET.title == "fleet"
    assert Place("find", "55-20417").title == "find 55-20417"


def test_the_runs_of_an_agent_go_by_its_short_name() -> None:
    assert RUNS.title == "refund-03"
    assert Place("runs", "refund-03").title == "refund-03"
    assert Place("runs", "shop/").title == "shop/"


def test_going_in_and_back_is_one_level_each() -> None:
    trail = Trail(FLEET)
    trail.enter(RUNS)
    trail.enter(Place("trace", "9f31"))
    assert trail.back()
    assert trail.here == RUNS
    assert trail.back()
    assert trail.here == FLEET


def test_the_root_has_no_way_back() -> None:
    trail = Trail(FLEET)
    assert not trail.back()
    assert trail.places == [FLEET]


def test_being_there_already_is_no_step() -> None:
    trail = Trail(FLEET)
    trail.enter(RUNS)
    trail.enter(RUNS)
    assert trail.places == [FLEET, RUNS]


def test_another_view_begins_anew() -> None:
    trail = Trail(FLEET)
    trail.enter(RUNS)
    trail.switch(Place("feeds"))
    assert trail.places == [Place("feeds")]
