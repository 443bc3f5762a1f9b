"""What the reader left in; view, sort, columns, filters and theme of the next start out.

The file is JSON in the state folder, written by the console alone. One that cannot be used is named
and left behind; the console starts with the defaults.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct, field

from agentwatch.filters import FilterError

if TYPE_CHECKING:
    from agentwatch.console.pane import Pane

FILE = "console.json"
DEFAULT_VIEW = "fleet"


class SessionError(Exception):
    """A file of the last session that cannot be used: one sentence."""


class ViewState(Struct, omit_defaults=True):
    """How one view was left."""

    sorted_by: str | None = None
    descending: bool = False
    hidden: list[str] = field(default_factory=list)
    filter: str = ""


class Session(Struct, omit_defaults=True):
    """How the console was left."""

    view: str = DEFAULT_VIEW
    theme: str | None = None
    views: dict[str, ViewState] = field(default_factory=dict)
    filters: dict[str, str] = field(default_factory=dict)
    """Saved filters by name, without the @."""

    def restore(self, panes: Iterable[Pane]) -> list[str]:
        """Put every pane back as it was left; return what could not be, a sentence each."""
        lost: list[str] = []
        for pane in panes:
            left = self.views.get(pane.VIEW)
            if left is None:
                continue
            columns = {column.id for column in pane.table.spec.columns}
            if left.sorted_by in columns:
                pane.table.sorted_by, pane.table.descending = left.sorted_by, left.descending
            pane.table.hidden = columns & set(left.hidden)
            try:
                pane.apply_filter(left.filter)
            except FilterError as error:  # a key may have gone with its version
                lost.append(f"The last filter of {pane.VIEW}, {left.filter}, is left out: {error}")
        return lost

    def remember(self, view: str, panes: Iterable[Pane]) -> None:
        """Take in how things stand now."""
        self.view = view
        for pane in panes:
            table = pane.table
            self.views[pane.VIEW] = ViewState(
                table.sorted_by, table.descending, sorted(table.hidden), pane.filter_text
            )


def load(folder: Path) -> Session:
    """Return the last session, a new one where there is none. Raises SessionError."""
    path = folder / FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=Session)
    except FileNotFoundError:
        return Session()
    except (OSError, msgspec.DecodeError, ValueError, RecursionError) as error:
        raise SessionError(f"{path}: {error}; the console starts with its defaults.") from error


def save(session: Session, folder: Path) -> None:
    """Write the session, whole or not at all; a folder that may not be written is no fault."""
    path = folder / FILE
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f"{FILE}.{os.getpid()}")
        draft.write_bytes(msgspec.json.format(msgspec.json.encode(session)))
        draft.chmod(0o600)
        draft.replace(path)
