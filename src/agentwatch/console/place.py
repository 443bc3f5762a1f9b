"""Where the reader is in; the breadcrumb and the way back out. Pure."""

from __future__ import annotations

from msgspec import Struct

NAMED_BY_SUBJECT = frozenset({"runs"})
"""Views about one agent: its name says it all."""


class Place(Struct, frozen=True):
    """A view, and what it is about where it is about one thing."""

    view: str
    subject: str | None = None

    @property
    def title(self) -> str:
        """What the breadcrumb says."""
        if self.subject is None:
            return self.view
        if self.view in NAMED_BY_SUBJECT:
            return self.subject.rpartition("/")[2] or self.subject
        return f"{self.view} {self.subject}"


class Trail:
    """The places on the way here; the last is the present one."""

    def __init__(self, root: Place) -> None:
        self.places = [root]

    @property
    def here(self) -> Place:
        return self.places[-1]

    def enter(self, place: Place) -> None:
        """Go in; to be there already is no step."""
        if place != self.here:
            self.places.append(place)

    def switch(self, place: Place) -> None:
        """Begin anew at another view."""
        self.places = [place]

    def back(self) -> bool:
        """Go back exactly one level; False at the root."""
        if len(self.places) == 1:
            return False
        self.places.pop()
        return True
