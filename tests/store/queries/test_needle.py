"""What can be looked for, literally and whatever its case."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentwatch.store.indexing import LONGEST_FIND
from agentwatch.store.queries.needle import MOST_TRIGRAMS, FindError, Needle


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "'' is too short to find; give 3 characters or more."),
        ("ab", "'ab' is too short to find; give 3 characters or more."),
        ("x" * (LONGEST_FIND + 1), "A text to find has at most 1,000 characters, not 1,001; "),
    ],
)
def test_what_cannot_be_looked_for_is_refused_in_a_sentence(text: str, said: str) -> None:
    with pytest.raises(FindError) as refused:
        Needle(text)
    assert str(refused.value).startswith(said)


@pytest.mark.parametrize(
    ("needle", "text", "span"),
    [
        ("20417", "order 55-20417 late", (9, 14)),
        ("ORDER", "the order", (4, 9)),
        ("straße", "Die STRAßE", (4, 10)),
        ("late", "İİİ LATE", (4, 8)),
        ("a.c", "abc", None),
        ('" OR "', 'x " or " y', (2, 8)),
        ("x\x00y", "x‹U+0000›y", (0, 10)),
        ("nix", "", None),
    ],
)
def test_a_text_is_found_where_it_stands(
    needle: str, text: str, span: tuple[int, int] | None
) -> None:
    assert Needle(needle).search(text) == span


def test_a_long_text_asks_the_index_for_a_few_trigrams_with_the_first_and_the_last() -> None:
    asked = Needle("".join(chr(0x4E00 + n) for n in range(900))).trigrams.split(" AND ")
    assert 2 < len(asked) <= MOST_TRIGRAMS + 1
    assert asked[0] == '"一丁丂"'
    assert asked[-1] == f'"{chr(0x4E00 + 897)}{chr(0x4E00 + 898)}{chr(0x4E00 + 899)}"'


@given(st.text(min_size=3, max_size=40), st.text(max_size=20), st.text(max_size=20))
def test_whatever_is_asked_is_literal_to_the_index(middle: str, before: str, after: str) -> None:
    needle = Needle(middle)
    index = sqlite3.connect(":memory:")
    index.execute(
        "CREATE VIRTUAL TABLE t USING fts5 (x, content='', columnsize=0, detail=none, "
        "tokenize='trigram')"
    )
    index.execute("INSERT INTO t (rowid, x) VALUES (1, ?), (2, 'zzz')", (f"{needle.text}",))
    found = index.execute("SELECT rowid FROM t WHERE t MATCH ?", (needle.trigrams,)).fetchall()
    assert (1,) in found
    assert needle.search(Needle(f"{before}xyz").text + needle.text + after) is not None or (
        not needle.text.isprintable()
    )
