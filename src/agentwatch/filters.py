"""A filter's text in, an SQL condition out. The parser is linear, and no pattern can hang it.

words  "two words"  /re2/   key:value  key:one,other  key!:value  key>n  key<=30s
a b (both)   a | b (either)   !a (not)   (grouping)
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct

from agentwatch.clock import NS_PER_S
from agentwatch.untrusted import mend, pattern_fault

MAX_CHARS = 2_000
MAX_DEPTH = 12
"""SQLite's parser has room for 24 nested NOT, columns included."""
MAX_TERMS = 100
"""SQLite nests a chain of conditions as deep as it is long, and refuses a thousand."""

Kind = Literal["text", "agent", "id", "number", "money", "duration", "age", "time"]


class FilterError(Exception):
    """A filter that cannot be understood: one sentence, and where in the text it stands."""

    def __init__(self, sentence: str, position: int) -> None:
        super().__init__(sentence)
        self.position = position


class Column(Struct, frozen=True):
    """What a key stands for: an SQL expression and how its values are written."""

    expression: str
    kind: Kind


class _Term(Struct, frozen=True):
    text: str
    position: int
    key: str | None = None
    operator: str = ":"
    pattern: bool = False


class _Group(Struct, frozen=True):
    kind: Literal["and", "or", "not"]
    parts: "tuple[_Term | _Group, ...]"  # noqa: UP037 - read by msgspec at run time


_Node = _Term | _Group

_TOKEN = re.compile(
    r"""\s*(?:(?P<mark>[()|])|(?P<not>!)(?=[^\s:=])|/(?P<pattern>(?:[^/\\]|\\.)*)/
    |"(?P<quoted>[^"]*)"
    |(?P<key>[A-Za-z_]+)(?P<operator>!:|:|>=|<=|>|<)(?:"(?P<value_quoted>[^"]*)"|(?P<value>[^\s()|"]*))
    |(?P<word>[^\s()|"]+))""",
    re.VERBOSE,
)
_AMOUNT = re.compile(r"(-?\d{1,15}(?:\.\d{1,9})?)([a-zA-Z]{0,2})")
_UNITS_NS = {
    "": NS_PER_S, "ms": 10**6, "s": NS_PER_S, "m": 60 * NS_PER_S, "h": 3600 * NS_PER_S,
    "d": 86400 * NS_PER_S,
}  # fmt: skip
_LARGEST = 2**63 - 1
_LONGEST_ID = 34
"""Hex digits; longer than any id, so that padding with f ends after all that begin so."""
_THOUSANDS = {"": 1, "k": 1_000, "M": 1_000_000}


class Filter(Struct, frozen=True):
    """A parsed filter."""

    root: _Node

    @property
    def words(self) -> tuple[str, ...]:
        """The bare words that are looked for, folded: what a screen may highlight."""
        return tuple(dict.fromkeys(_words(self.root)))

    def sql(
        self, columns: Mapping[str, Column], words: Sequence[str], now_ns: int
    ) -> tuple[str, dict[str, Any]]:
        """Return a condition and its named values. FilterError: a key that `columns` lacks."""
        values: dict[str, Any] = {}
        return _condition(self.root, columns, words, now_ns, values), values


def _words(node: _Node) -> Iterator[str]:
    if isinstance(node, _Group):
        for part in node.parts if node.kind != "not" else ():
            yield from _words(part)
    elif node.key is None and not node.pattern:
        yield node.text.lower()


def parse(text: str) -> Filter:
    """Parse a filter. Raises FilterError."""
    text = mend(text)  # what is stored has been mended too
    if len(text) > MAX_CHARS:
        raise FilterError(f"A filter has at most {MAX_CHARS:,} characters.", MAX_CHARS)
    parser = _Parser(text)
    root = parser.either(0)
    if parser.mark is not None:
        raise FilterError("A ) has no ( before it.", parser.at)
    return Filter(root)


class _Parser:
    """One pass over the tokens, by recursive descent no deeper than MAX_DEPTH."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._next = 0
        self.at = 0
        self._terms = 0
        self._match: re.Match[str] | None = None
        self._advance()

    @property
    def mark(self) -> str | None:
        return self._match["mark"] if self._match is not None else None

    def either(self, depth: int) -> _Node:
        if depth > MAX_DEPTH:
            raise FilterError(f"A filter nests at most {MAX_DEPTH} deep.", self.at)
        parts = [self._both(depth)]
        while self.mark == "|":
            self._advance()
            parts.append(self._both(depth))
        return parts[0] if len(parts) == 1 else _Group("or", tuple(parts))

    def _both(self, depth: int) -> _Node:
        parts: list[_Node] = []
        while self._match is not None and self.mark not in ("|", ")"):
            parts.append(self._one(depth))
        if not parts:
            raise FilterError("Something to look for is missing here.", self.at)
        return parts[0] if len(parts) == 1 else _Group("and", tuple(parts))

    def _one(self, depth: int) -> _Node:
        match, at = self._match, self.at
        assert match is not None  # noqa: S101 - the callers look first
        if depth > MAX_DEPTH:
            raise FilterError(f"A filter nests at most {MAX_DEPTH} deep.", at)
        self._advance()
        if match["not"]:
            if self._match is None or self.mark in ("|", ")"):
                raise FilterError("After ! something to exclude is missing.", at)
            return _Group("not", (self._one(depth + 1),))
        if match["mark"] == "(":
            inner = self.either(depth + 1)
            if self.mark != ")":
                raise FilterError("This ( is never closed.", at)
            self._advance()
            return inner
        term = _term(match, at)
        self._terms += 1 + term.text.count(",")
        if self._terms > MAX_TERMS:
            raise FilterError(f"A filter asks for at most {MAX_TERMS} things.", at)
        return term

    def _advance(self) -> None:
        while self._next < len(self._text) and self._text[self._next].isspace():
            self._next += 1
        self.at = self._next
        if self._next >= len(self._text):
            self._match = None
            return
        self._match = _TOKEN.match(self._text, self._next)
        if self._match is None:
            raise FilterError("This quote is never closed.", self.at)
        self._next = self._match.end()


def _term(match: re.Match[str], at: int) -> _Term:
    if match["pattern"] is not None:
        return _Term(_pattern(match["pattern"], at), at, pattern=True)
    if match["key"] is not None:
        value = match["value"] if match["value_quoted"] is None else match["value_quoted"]
        if not value:
            raise FilterError(f"A value is wanted after {match['key']}{match['operator']}.", at)
        return _Term(value, at, match["key"].lower(), match["operator"])
    return _Term(match["word"] if match["quoted"] is None else match["quoted"], at)


def _pattern(text: str, at: int) -> str:
    fault = pattern_fault(text)
    if fault is not None:
        raise FilterError(f"/{text}/ is no pattern: {fault}.", at)
    return text


def _condition(
    node: _Node,
    columns: Mapping[str, Column],
    words: Sequence[str],
    now_ns: int,
    values: dict[str, Any],
) -> str:
    if isinstance(node, _Group):
        parts = [_condition(part, columns, words, now_ns, values) for part in node.parts]
        if node.kind == "not":
            return f"NOT coalesce({parts[0]}, 0)"
        return "(" + f" {node.kind.upper()} ".join(parts) + ")"
    if node.key is None:
        found = [_found(columns[word].expression, node, values) for word in words]
        return "(" + " OR ".join(found) + ")"
    column = columns.get(node.key)
    if column is None:
        near = difflib.get_close_matches(node.key, columns, n=1)
        hint = f"did you mean {near[0]}" if near else f"known are {', '.join(columns)}"
        raise FilterError(f"There is no key {node.key!r} here; {hint}.", node.position)
    return _compared(column, node, now_ns, values)


def _found(expression: str, term: _Term, values: dict[str, Any]) -> str:
    name = _bind(values, term.text)
    if term.pattern:
        return f"re2_search({name}, {expression})"
    if term.text == term.text.lower():
        return f"instr(lower({expression}), {name}) > 0"
    return f"instr({expression}, {name}) > 0"


def _compared(column: Column, term: _Term, now_ns: int, values: dict[str, Any]) -> str:
    operator = {":": "=", "!:": "="}.get(term.operator, term.operator)
    options = term.text.split(",") if operator == "=" else [term.text]
    found = [_option(column, operator, option, term, now_ns, values) for option in options]
    condition = "(" + " OR ".join(found) + ")"
    return f"NOT coalesce({condition}, 0)" if term.operator == "!:" else condition


def _option(
    column: Column, operator: str, text: str, term: _Term, now_ns: int, values: dict[str, Any]
) -> str:
    expression = column.expression
    if column.kind in ("text", "agent"):
        if operator != "=":
            raise FilterError(f"{term.key} is text; write {term.key}:{text}.", term.position)
        name = _bind(values, text)
        if text != text.lower():
            return f"{expression} = {name}"
        if column.kind == "text":
            return f"lower({expression}) = {name}"
        # one key, found first, so that an index finds its rows
        exact = f"SELECT agent FROM agents WHERE agent = {name}"  # noqa: S608 - names of our own
        folded = f"SELECT min(agent) FROM agents WHERE lower(agent) = {name}"  # noqa: S608
        return f"{expression} = coalesce(({exact}), ({folded}), {name})"
    if column.kind == "id":
        if operator != "=" or not re.fullmatch("[0-9A-Fa-f]{1,32}", text):
            raise FilterError(f"{term.key} is an id of hex digits.", term.position)
        low = _bind(values, bytes.fromhex(text + "0" * (len(text) % 2)))
        high = _bind(values, bytes.fromhex(text.ljust(_LONGEST_ID, "f")))
        return f"{expression} BETWEEN {low} AND {high}"
    amount = _amount(column.kind, text, term)
    if column.kind in ("age", "time"):
        ago = max(0, now_ns - abs(amount))
        turned = {">": "<", "<": ">", ">=": "<=", "<=": ">="}.get(operator, ">=")
        return f"{expression} {turned} {_bind(values, ago)}"
    return f"{expression} {operator} {_bind(values, amount)}"


def _amount(kind: Kind, text: str, term: _Term) -> int | float:
    match = _AMOUNT.fullmatch(text)
    units = _UNITS_NS if kind in ("age", "time", "duration") else _THOUSANDS
    if match is None or match[2] not in units:
        wanted = "a duration such as 30s" if units is _UNITS_NS else "a number"
        raise FilterError(f"{term.key} wants {wanted}, not {text!r}.", term.position)
    number = float(match[1])
    scaled = number * units[match[2]] * (1_000_000 if kind == "money" else 1)
    # no figure of the store is larger, and SQLite binds none that is
    return scaled if kind == "number" else max(-_LARGEST, min(round(scaled), _LARGEST))


def _bind(values: dict[str, Any], value: Any) -> str:
    name = f"f{len(values)}"
    values[name] = value
    return f":{name}"
