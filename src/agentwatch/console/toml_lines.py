"""A TOML file in; its tables, and the line on which each key stands, out.

For files that people write by hand and that must be refused with file, line and the right word.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Any

from msgspec import Struct

_HEADER = re.compile(r"\s*\[\[?([^\[\]]+)\]\]?\s*(?:#.*)?")
_KEY = re.compile(
    r"\s*((?:[\w-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[\w-]+|\"[^\"]*\"|'[^']*'))*)\s*="
)
_PART = re.compile(r"\"([^\"]*)\"|'([^']*)'|([\w-]+)")
_AT_LINE = re.compile(r"\s*\(at line (\d+), column \d+\)")
_AT_END = re.compile(r"\s*\(at end of document\)")


class TomlError(Exception):
    """A file that cannot be used: one sentence with file, line, what is wrong, and the remedy."""


class TomlFile(Struct, frozen=True):
    """A file that was read."""

    path: Path
    tables: dict[str, Any]
    lines: dict[tuple[str, ...], int]
    """Of each header and key, by its whole path; the first line is 1."""

    def refusal(self, what: str, *at: str) -> TomlError:
        """Return the error of what stands at a key, or where the key should have stood."""
        while at and at not in self.lines:
            at = at[:-1]
        return TomlError(f"{self.path}, line {self.lines.get(at, 1)}: {what}.")


def read_toml(path: Path) -> TomlFile:
    """Read a file. Raises TomlError where it is absent, unreadable or no TOML."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise TomlError(f"There is no file {path}.") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise TomlError(f"{path}, line {line}: this is not UTF-8; save it as UTF-8.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise TomlError(f"{path} cannot be read: {reason}.") from error
    try:
        return TomlFile(path, tomllib.loads(text), _lines(text))
    except tomllib.TOMLDecodeError as error:
        raise TomlError(_no_toml(path, text, str(error))) from error
    except RecursionError:
        raise TomlError(f"{path}, line 1: the brackets are nested too deeply.") from None


def nearest(word: str, known: Collection[str]) -> str:
    """Return how an error goes on after an unknown word: with the nearest right one, or all."""
    near = difflib.get_close_matches(word, known, n=1)
    return f"did you mean {near[0]!r}" if near else f"known are {', '.join(known)}"


def _no_toml(path: Path, text: str, said: str) -> str:
    at = _AT_LINE.search(said)
    line = int(at[1]) if at else text.count("\n") + 1
    what = _AT_END.sub(" at the end of the file", _AT_LINE.sub("", said))
    return f"{path}, line {line}: this is no TOML: {what}."


def _lines(text: str) -> dict[tuple[str, ...], int]:
    lines: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        header, key = _HEADER.fullmatch(line), _KEY.match(line)
        if header is not None:
            table = _parts(header[1])
            lines.setdefault(table, number)
        elif key is not None:
            lines.setdefault((*table, *_parts(key[1])), number)
    return lines


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(next(filter(None, groups), "") for groups in _PART.findall(dotted))
