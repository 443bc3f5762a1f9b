"""What agents say in; text that is safe to store, or to show, out.

All telemetry is hostile. `mend` makes the storage form: no control character, no lone surrogate.
`show` makes the terminal form: nothing that moves, hides or reorders what the reader sees.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping

import re2

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""What Unicode calls printable and no terminal shows: two names must not differ in these alone."""

_CONTROL_BYTES = bytes(set(range(0x20)) - {0x09, 0x0A, 0x0D}) + b"\x7f"
_LAYOUT = {"\n": "⏎", "\r": "␍", "\t": "␉"}


def mend(text: str) -> str:
    """Return the storage form: control characters and lone surrogates become visible marks.

    A clean text comes back as the same object, so `mend(text) is not text` tells a mended one.
    """
    if text.isascii():
        # deleting nothing from the bytes is four times as quick as searching the characters
        clean = len(text.encode().translate(None, _CONTROL_BYTES)) == len(text)
    else:
        clean = _CONTROL.search(text) is None
    if clean:
        return text
    return _CONTROL.sub(_mark, text)


def show(text: str, limit: int | None = None) -> str:
    """Return the terminal form on one line; with `limit`, cut to so many characters."""
    if limit is not None:
        text = text[: limit + 1]  # a mark is longer than what it marks, never shorter
    if not text.isprintable() or not (text.isascii() or _UNSEEN.search(text) is None):
        text = "".join(_LAYOUT.get(char) or _visible(char) for char in text)
    if limit is not None and len(text) > limit:
        text = text[: max(limit - 1, 0)] + "…"
    return text


def show_block(text: str) -> str:
    """Return the terminal form of a text of several lines: line feeds stay."""
    return "\n".join(show(line.removesuffix("\r")) for line in text.split("\n"))


def shell_quote(text: str) -> str:
    """Return the text as one safe word of a command to copy."""
    return shlex.quote(show(text))


def _visible(char: str) -> str:
    seen = char.isprintable() and _UNSEEN.match(char) is None
    return char if seen or char == "\u00a0" else f"‹U+{ord(char):04X}›"


def _mark(match: re.Match[str]) -> str:
    return f"‹U+{ord(match.group()):04X}›"


SECRETS: tuple[tuple[str, str], ...] = (
    ("aws-key", r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    ("github-token", r"\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{50,255})\b"),
    ("gitlab-token", r"\bglpat-[A-Za-z0-9_-]{20,64}\b"),
    ("slack-token", r"\bxox[abeoprs]-[A-Za-z0-9-]{10,250}\b"),
    ("google-key", r"\bAIza[0-9A-Za-z_-]{35}\b"),
    ("model-key", r"\bsk-(?:ant-|proj-|or-)?[A-Za-z0-9_-]{20,250}\b"),
    ("stripe-key", r"\b[rsw]k_(?:live|test)_[0-9A-Za-z]{16,250}\b"),
    ("huggingface-token", r"\bhf_[A-Za-z0-9]{30,64}\b"),
    ("npm-token", r"\bnpm_[A-Za-z0-9]{36}\b"),
    ("jwt", r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"),
    (
        "private-key",
        r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]{16,}-----END [A-Z ]{0,30}PRIVATE KEY-----",
    ),
    ("bearer", r"(?i)\bbearer\s+[A-Za-z0-9._~+/=-]{20,}"),
    ("url-password", r"\b[a-z][a-z0-9+.-]{1,20}://[^/\s:@]{1,100}:[^/\s:@]{3,100}@"),
    (
        "assigned-secret",
        r"(?i)\b(?:password|passwd|api[_-]?key|secret[_-]?key|client[_-]?secret|access[_-]?token)"
        r"\\?[\"']?\s{0,3}[:=]\s{0,3}\\?[\"']?[^\s\"'\\,;&<>‹]{8,200}",
    ),
)
"""Name and re2 pattern of well-known secrets; few false alarms matter more than rare kinds."""


def pattern_fault(pattern: str) -> str | None:
    """Return why a text is no re2 pattern to search with, None where it is one."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    try:
        re2.compile(pattern, options)
    except re2.error as error:
        said = error.args[0] if error.args else "it cannot be read"
        return said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    return None


class Redactor:
    """Masks secrets, in time linear in the text whatever it holds."""

    def __init__(self, extra: Mapping[str, str] | None = None, enabled: bool = True) -> None:
        named = (*SECRETS, *(extra or {}).items()) if enabled else ()
        self._patterns = [(name, re2.compile(pattern)) for name, pattern in named]
        self._any = re2.Set.SearchSet()
        for _, pattern in named:
            self._any.Add(pattern)
        if named:
            self._any.Compile()

    def redact(self, text: str) -> tuple[str, int]:
        """Return the text without secrets, and how many were masked."""
        if not self._patterns:
            return text, 0
        hits = self._any.Match(text) or ()
        masked = 0
        for at in hits:
            name, pattern = self._patterns[at]
            text, count = pattern.subn(f"[redacted:{name}]", text)
            masked += count
        return text, masked
