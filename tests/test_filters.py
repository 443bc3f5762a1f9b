"""A filter's text becomes a condition that SQLite accepts, or one sentence and its position."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from agentwatch.clock import NS_PER_S
from agentwatch.filters import MAX_CHARS, MAX_DEPTH, MAX_TERMS, Column, FilterError, parse
from agentwatch.store.queries import TABLES, rows
from agentwatch.store.tables import MIGRATIONS

NOW_NS = 1_800_000_000 * NS_PER_S
COLUMNS = {
    "agent": Column("agent", "text"),
    "tool": Column("tool", "text"),
    "trace": Column("trace", "id"),
    "spans": Column("spans", "number"),
    "cost": Column("cost", "money"),
    "duration": Column("duration", "duration"),
    "age": Column("at_ns", "age"),
    "since": Column("at_ns", "time"),
}
ROWS = [
    # name, agent, tool, trace, spans, cost in micro-USD, duration in ns, seconds ago
    ("a", "shop/desk", "search", "ab12", 3, 1_500_000, 2 * NS_PER_S, 10),
    ("b", "shop/Billing", None, "cd34", 1_200, None, 90 * NS_PER_S, 700),
    ("c", "a b|c", "Grüße", "ab99", 0, 20, 0, 90_000),
]


def search(pattern: str, text: str | None) -> bool:
    return text is not None and re2.search(pattern, text) is not None


@pytest.fixture(scope="module")
def table() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.create_function("re2_search", 2, search)
    connection.execute("CREATE TABLE t (name, agent, tool, trace, spans, cost, duration, at_ns)")
    for name, agent, tool, trace, spans, cost, duration, ago_s in ROWS:
        row = (name, agent, tool, bytes.fromhex(trace), spans, cost, duration)
        connection.execute(
            "INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*row, NOW_NS - ago_s * NS_PER_S)
        )
    yield connection
    connection.close()


def found(table: sqlite3.Connection, text: str) -> str:
    condition, values = parse(text).sql(COLUMNS, ("agent", "tool"), NOW_NS)
    sql = f"SELECT name FROM t WHERE {condition} ORDER BY name"  # noqa: S608 - that is the test
    return "".join(name for (name,) in table.execute(sql, values))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("desk", "a"),
        ("shop", "ab"),
        ("billing", "b"),
        ("Billing", "b"),
        ("BILLING", ""),
        ('"a b|c"', "c"),
        ("shop search", "a"),
        ("desk | billing", "ab"),
        ("desk|billing", "ab"),
        ("!shop", "c"),
        ("!search", "bc"),
        ("!(desk | billing)", "c"),
        ("(desk | billing) !search", "b"),
        ("/^shop.[db]/", "a"),
        (r"/a b\|c/", "c"),
        ("agent:shop/desk", "a"),
        ("AGENT:shop/desk", "a"),
        ("agent:shop/billing", "b"),
        ('agent:"a b|c"', "c"),
        ("agent:shop/desk,shop/billing", "ab"),
        ("agent!:shop/desk", "bc"),
        ("tool!:search", "bc"),
        ("tool:Grüße", "c"),
        ("trace:ab", "ac"),
        ("trace:AB12", "a"),
        ("spans:3", "a"),
        ("spans>3", "b"),
        ("spans>=1.2k", "b"),
        ("spans<1k", "ac"),
        ("cost>1", "a"),
        ("cost>0.00001", "ac"),
        ("cost>1k", ""),
        ("cost!:1.5", "bc"),
        ("duration>=2s", "ab"),
        ("duration>1m", "b"),
        ("duration<2000ms", "c"),
        ("age<1m", "a"),
        ("age>10m", "bc"),
        ("age>1d", "c"),
        ("since:20m", "ab"),
    ],
)
def test_what_a_filter_finds(table: sqlite3.Connection, text: str, names: str) -> None:
    assert found(table, text) == names


@pytest.mark.parametrize(
    ("text", "said", "position"),
    [
        ("", "Something to look for is missing here.", 0),
        ("a |", "Something to look for is missing here.", 3),
        ("()", "Something to look for is missing here.", 1),
        ("(a", "This ( is never closed.", 0),
        ("a )", "A ) has no ( before it.", 2),
        ('say "hi', "This quote is never closed.", 4),
        ("agent:", "A value is wanted after agent:.", 0),
        ("!)", "After ! something to exclude is missing.", 0),
        ("a !|b", "After ! something to exclude is missing.", 2),
        ("/(/", "/(/ is no pattern: missing ): (.", 0),
        ("  agnt:x", "There is no key 'agnt' here; did you mean agent.", 2),
        ("zzz:x", "There is no key 'zzz' here; known are agent, tool", 0),
        ("agent>x", "agent is text; write agent:x.", 0),
        ("trace:xyz", "trace is an id of hex digits.", 0),
        ("spans>many", "spans wants a number, not 'many'.", 0),
        ("duration>5y", "duration wants a duration such as 30s, not '5y'.", 0),
        ("a " * MAX_CHARS, "A filter has at most 2,000 characters.", MAX_CHARS),
        ("(" * (MAX_DEPTH + 2) + "a", f"A filter nests at most {MAX_DEPTH} deep.", MAX_DEPTH + 1),
        ("!" * 900 + "a", f"A filter nests at most {MAX_DEPTH} deep.", MAX_DEPTH + 1),
        ("a " * (MAX_TERMS + 1), f"A filter asks for at most {MAX_TERMS} things.", 2 * MAX_TERMS),
        ("agent:" + "a," * MAX_TERMS, f"A filter asks for at most {MAX_TERMS} things.", 0),
    ],
)
def test_what_cannot_be_understood_is_one_sentence_with_its_place(
    table: sqlite3.Connection, text: str, said: str, position: int
) -> None:
    with pytest.raises(FilterError) as caught:
        found(table, text)
    assert str(caught.value).startswith(said)
    assert str(caught.value).endswith(".")
    assert caught.value.position == position


@pytest.mark.parametrize(
    "text",
    [
        "duration>999999999999999d",
        "age<999999999999999d",
        "cost>999999999999999M",
        "spans>999999999999999M",
        "since:-999999999999999d",
        "a " * MAX_TERMS,
        "!" * MAX_DEPTH + "a",
        "agent:" + "a," * (MAX_TERMS - 1) + "a",
        "caf\udce9",
    ],
)
def test_the_largest_filter_still_runs(table: sqlite3.Connection, text: str) -> None:
    found(table, text)


@pytest.mark.parametrize("name", TABLES)
def test_the_deepest_filter_still_runs_on_every_key_of_every_table(name: str) -> None:
    connection = sqlite3.connect(":memory:")
    connection.executescript("".join(sql for _, sql in MIGRATIONS))
    values = {"text": "x", "id": "ab"}
    for key, column in TABLES[name].columns.items():
        for nest in ("!" * MAX_DEPTH, "(" * MAX_DEPTH):
            text = f"{nest}{key}:{values.get(column.kind, '5')}{')' * nest.count('(')}"
            list(rows(connection, TABLES[name], now_ns=NOW_NS, where=parse(text)))
    connection.close()


def test_a_value_cannot_become_sql(table: sqlite3.Connection) -> None:
    for text in ("'", "agent:'", "x';DROP", 'agent:"\'; DROP TABLE t;--"', "tool:%"):
        assert found(table, text) == ""
    assert found(table, "shop") == "ab"


def test_control_characters_are_looked_for_as_they_are_stored() -> None:
    condition, values = parse("agent:\x1b[31m").sql(COLUMNS, ("agent",), NOW_NS)
    assert "agent = " in condition
    assert list(values.values()) == ["‹U+001B›[31m"]


@given(st.text(max_size=60) | st.text(st.sampled_from(' ab:!|()/">=<,5s"agent'), max_size=60))
def test_any_text_is_a_filter_or_a_sentence(text: str) -> None:
    connection = sqlite3.connect(":memory:")
    connection.create_function("re2_search", 2, search)
    connection.execute("CREATE TABLE t (name, agent, tool, trace, spans, cost, duration, at_ns)")
    try:
        found(connection, text)
    except FilterError as error:
        assert 0 <= error.position <= max(len(text), MAX_CHARS)
    finally:
        connection.close()
