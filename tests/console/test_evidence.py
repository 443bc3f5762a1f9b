"""The evidence is what the reader saw: as text, as a picture, and as its rows."""

from __future__ import annotations

import json
from pathlib import Path

from agentwatch.console.evidence import screen_text, write_evidence
from tests.console.screens import World, shown


async def test_the_files_hold_the_screen_and_its_rows(tmp_path: Path) -> None:
    world = World(tmp_path / "s.db")
    world.run("shop/one")
    async with shown(world, tmp_path) as (app, _):
        app.pane.apply_filter("one")
        base = write_evidence(app)
        text = base.with_name(base.name + ".txt").read_text("utf-8")
        facts = json.loads(base.with_name(base.name + ".json").read_text("utf-8"))
        picture = base.with_name(base.name + ".svg").read_text("utf-8")
        assert text == screen_text(app)
    assert facts["place"] == ["fleet"]
    assert facts["filter"] == "one"
    assert [row["agent"] for row in facts["rows"]] == ["shop/one"]
    assert picture.startswith("<svg")
    assert "one" in picture
