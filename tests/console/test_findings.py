"""The doctor's rows: what is wrong first, and below it what to do."""

from __future__ import annotations

import pytest

from agentwatch.console.findings import Finding, findings, row, title
from agentwatch.console.glyphs import UTF8
from agentwatch.doctor import Check

FOUND = [
    Check("sqlite", "ok", "3.40.1"),
    Check("feed prod", "warning", "stale", "see its sender"),
    Check("disk", "warning", "1.0 GB free", "free some"),
    Check("secret x", "skipped", "not asked"),
    Check("recorder", "failure", "none", "start one"),
]


def test_what_is_wrong_comes_first_each_with_its_remedy_below() -> None:
    assert [(line.check, line.text) for line in findings(FOUND)] == [
        ("recorder", "none"), ("recorder", "start one"), ("disk", "1.0 GB free"),
        ("disk", "free some"), ("sqlite", "3.40.1"), ("secret x", "not asked"),
    ]  # fmt: skip


def test_feeds_are_left_to_the_table_above() -> None:
    assert not [line for line in findings(FOUND) if line.check.startswith("feed ")]


def test_the_title_counts_checks_and_not_lines() -> None:
    told = "".join(text for text, _ in title(findings(FOUND)))
    assert told == "DOCTOR  4 checks  1 warnings  1 failures"
    assert ("1", "error") in title(findings(FOUND))
    assert ("0", "text") in title(findings(FOUND[:1]))


@pytest.mark.parametrize(
    ("state", "sign"),
    [
        ("ok", ("ok", "ok")),
        ("warning", ("^", "warn")),
        ("failure", ("!", "error")),
        ("skipped", ("-", "dim")),
    ],
)
def test_every_state_has_a_sign_of_its_own(state: str, sign: tuple[str, str]) -> None:
    assert row(Finding("x", state, "said"), UTF8).cells["state"] == sign


def test_a_remedy_stands_under_what_it_is_for() -> None:
    cells = row(Finding("x", "warning", "do this", is_remedy=True), UTF8).cells
    assert cells["detail"] == (("→ ", "dim"), ("do this", "text"))
