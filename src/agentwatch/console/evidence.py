"""The console in, three files of what it shows out: text, SVG and the rows as JSON."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentwatch.clock import NS_PER_S

if TYPE_CHECKING:
    from agentwatch.console.app import Console


def screen_text(console: Console) -> str:
    """Return the screen as plain text, as a reader sees it."""
    strips = console.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips) + "\n"


def write_evidence(console: Console) -> Path:
    """Write the files, private to this user; return their common path without an ending."""
    now_ns = console.settings.clock()
    folder = console.settings.state_folder / "evidence"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    at = datetime.fromtimestamp(now_ns / NS_PER_S, UTC).strftime("%Y%m%dT%H%M%S.%f")[:-3]
    base = folder / f"{at}Z-{console.trail.here.view}"
    facts: dict[str, Any] = {
        "shown_ns": console.pane.now_ns,
        "place": [place.title for place in console.trail.places],
        "filter": console.pane.filter_text or None,
        "store": str(console.settings.store),
        "rows": console.pane.facts(),
    }
    _write(base.with_name(base.name + ".txt"), screen_text(console))
    _write(base.with_name(base.name + ".svg"), console.export_screenshot())
    _write(base.with_name(base.name + ".json"), json.dumps(facts, indent=1, default=str) + "\n")
    return base


def _write(path: Path, text: str) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        file.write(text)
