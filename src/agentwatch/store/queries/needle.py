"""What a person looks for in: how the index is asked for it, and where it stands in a text, out."""

from __future__ import annotations

import re2

from agentwatch.store.indexing import LONGEST_FIND
from agentwatch.untrusted import mend

SHORTEST_FIND = 3
MOST_TRIGRAMS = 16
"""Of a long text so many are asked for: they thin out the rest well enough."""


class FindError(Exception):
    """What cannot be looked for: one sentence."""


class Needle:
    """One text, to be found whatever its case. Raises FindError."""

    def __init__(self, text: str) -> None:
        # a control character or half a surrogate is stored as its mark, and is found as that
        self.text = mend(text)
        if len(self.text) < SHORTEST_FIND:
            raise FindError(
                f"{self.text!r} is too short to find; give {SHORTEST_FIND} characters or more."
            )
        if len(self.text) > LONGEST_FIND:
            raise FindError(
                f"A text to find has at most {LONGEST_FIND:,} characters, not {len(self.text):,}; "
                "give the part that is most its own."
            )
        self._folded = self.text.lower()
        options = re2.Options()
        options.literal = True
        options.case_sensitive = False
        self._pattern = re2.compile(self.text, options)

    @property
    def trigrams(self) -> str:
        """What the index is asked for: texts that hold all of these, wherever they stand."""
        every = [self.text[at : at + 3] for at in range(len(self.text) - 2)]
        step = -(-len(every) // MOST_TRIGRAMS)
        asked = dict.fromkeys([*every[::step], every[-1]])
        return " AND ".join('"' + trigram.replace('"', '""') + '"' for trigram in asked)

    def search(self, text: str) -> tuple[int, int] | None:
        """Return where the text stands first, from and to."""
        if text.isascii():
            start = text.lower().find(self._folded)
            return None if start < 0 else (start, start + len(self._folded))
        match = self._pattern.search(text)
        return None if match is None else match.span()
