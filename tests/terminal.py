"""Text in, the characters that no terminal may be sent out; and texts that are full of them.

Judged by Unicode's own categories, not by the program's idea of them.
"""

from __future__ import annotations

import unicodedata

C0 = [chr(code) for code in range(32)]
C1 = [chr(code) for code in range(0x80, 0xA0)]
BIDI = [
    chr(code) for code in (0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
]
ZERO_WIDTH = [chr(code) for code in (0xAD, 0x34F, 0x200B, 0x200C, 0x200D, 0x2060, 0x2064, 0xFEFF)]
UNSEEN = [chr(code) for code in (0x115F, 0x3164, 0xFFA0, 0xFE0F, 0xE0100, 0xE01EF)]
TAGS = [chr(0xE0001), "".join(chr(0xE0000 + ord(char)) for char in "ignore"), chr(0xE007F)]
SURROGATES = ["\ud800", "\udfff", "\udc80tail"]
SEQUENCES = [
    "\x1b[31mred\x1b[0m", "\x1b[2J\x1b[H", "\x1b[?1049h", "\x9b31m", "\x7f\x7f", "a\rb", "a\x08b",
    "\x1b]52;c;aGVsbG8=\x07", "\x1b]8;;http://evil.example\x1b\\here\x1b]8;;\x1b\\",
    "\x1b]0;title\x07", "\x1bP$qm\x1b\\", "\x1b[6n", "\x1bc", "\x00", "\u2028\u2029", "\x85",
]  # fmt: skip
MARKUP = ["[/]", "[bold red]x[/]", "[link=http://evil.example]x[/link]", "[/", "[@click=app.quit]x"]

HOSTILE = [
    f"{kind} {text} end"
    for kind, texts in {
        "c0": C0, "c1": C1, "bidi": BIDI, "zero": ZERO_WIDTH, "unseen": UNSEEN, "tag": TAGS,
        "surrogate": SURROGATES, "sequence": SEQUENCES,
    }.items()
    for text in texts
]  # fmt: skip

_UNSEEN = frozenset("".join(UNSEEN)) | {chr(0x34F), *map(chr, range(0xFE00, 0xFE10))}
_FORBIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")


def leaks(text: str) -> list[str]:
    """Return what moves, hides or reorders: anything but a line feed that is not seen as itself."""
    found = {char for char in set(text) if char != "\n" and _moves_or_hides(char)}
    return [f"U+{ord(char):04X}" for char in text if char in found] if found else []


def _moves_or_hides(char: str) -> bool:
    return unicodedata.category(char) in _FORBIDDEN or char in _UNSEEN
