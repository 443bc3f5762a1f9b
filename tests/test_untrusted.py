"""What agents say: safe to store, safe to show, and without secrets."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentwatch.untrusted import (
    SECRETS,
    Redactor,
    mend,
    pattern_fault,
    shell_quote,
    show,
    show_block,
)
from tests.terminal import HOSTILE, MARKUP, leaks

# each is put together here, so that no scanner takes this file for a leak
EXAMPLES = {
    "aws-key": "AKIA" + "IOSFODNN7EXAMPLQ",
    "github-token": "ghp_" + "a1B2" * 9,
    "gitlab-token": "glpat-" + "x" * 20,
    "slack-token": "xoxb-" + "1234567890-abc",
    "google-key": "AIza" + "b" * 35,
    "model-key": "sk-ant-" + "c" * 30,
    "stripe-key": "sk_live_" + "4" * 24,
    "huggingface-token": "hf_" + "d" * 34,
    "npm-token": "npm_" + "e" * 36,
    "jwt": "eyJ" + "hbGciOiJI" + ".eyJ" + "zdWIiOiIx" + ".SflKxwRJSM",
    "private-key": "-----BEGIN RSA PRIVATE KEY-----\n"
    + "M" * 40
    + "\n-----END RSA PRIVATE KEY-----",
    "bearer": "Bearer " + "f" * 24,
    "url-password": "postgres://app:" + "hunter22" + "@db/x",
    "assigned-secret": 'password = "' + "correct-horse" + '"',
}


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_shown_leaks_nothing(text: str) -> None:
    assert leaks(show(text)) == []
    assert leaks(show(mend(text))) == []
    assert leaks(show_block(text)) == []


@given(st.text())
def test_no_text_whatever_leaks_or_loses_a_line(text: str) -> None:
    assert leaks(show(text)) == []
    assert "\n" not in show(text)
    assert show_block(text).count("\n") == text.count("\n")
    assert show(show(text)) == show(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("a\x1b[31m", "a‹U+001B›[31m"),
        ("a\nb\tc\rd", "a⏎b␉c␍d"),
        ("\u202eabc", "‹U+202E›abc"),
        ("desk\ufe0f", "desk‹U+FE0F›"),
        ("\U000e0041", "‹U+E0041›"),
        ("non\u00a0breaking", "non\u00a0breaking"),
        ("日本語 Grüße", "日本語 Grüße"),
        *((text, text) for text in MARKUP),
    ],
)
def test_a_mark_names_what_it_stands_for(text: str, shown: str) -> None:
    assert show(text) == shown


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdef", 5, "abcd…"),
        ("\x1b" * 50, 10, "‹U+001B›‹…"),
        ("ab", 1, "…"),
    ],
)
def test_a_limit_holds_for_what_is_shown(text: str, limit: int, shown: str) -> None:
    assert show(text, limit) == shown


@pytest.mark.parametrize("text", ["", "plain", "two\nlines\tand\r", "Grüße 日本語"])
def test_a_clean_text_is_stored_as_the_same_object(text: str) -> None:
    assert mend(text) is text


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("a\x00b", "a‹U+0000›b"),
        ("\ud800", "‹U+D800›"),
        ("é\x9b31m", "é‹U+009B›31m"),
        ("\x7f", "‹U+007F›"),
    ],
)
def test_a_mended_text_shows_what_stood_there(text: str, stored: str) -> None:
    assert mend(text) == stored
    stored.encode()


@given(st.text(st.characters(codec=None)))
def test_whatever_is_stored_is_utf8_without_controls(text: str) -> None:
    stored = mend(text)
    stored.encode()
    assert not [char for char in stored if (ord(char) < 32 and char not in "\t\n\r")]


def test_a_copied_word_is_one_word_of_a_shell() -> None:
    for text in ("a; rm -rf /", "$(id)", "it's", "a\nb", "\x1b]52;c;x\x07"):
        assert shlex.split(shell_quote(text)) == [show(text)]


def test_every_kind_of_secret_is_masked_and_named() -> None:
    redactor = Redactor()
    assert {name for name, _ in SECRETS} == set(EXAMPLES)
    for name, secret in EXAMPLES.items():
        text, masked = redactor.redact(f"before {secret} after")
        assert (f"[redacted:{name}]" in text, masked >= 1) == (True, True), name
        assert secret not in text
        assert text.startswith("before ")
        assert text.endswith(" after")


@pytest.mark.parametrize(
    "text",
    ["", "the password is wrong", "sk-short", "Bearer of bad news", "https://example.com/a@b",
     "hf_x", "task-1234567890"],
)  # fmt: skip
def test_ordinary_words_are_no_secrets(text: str) -> None:
    assert Redactor().redact(text) == (text, 0)


def test_masking_can_be_widened_and_switched_off() -> None:
    extra = {"order": "ot_[a-z]{5}"}
    assert Redactor(extra).redact("see ot_abcde and ot_fghij") == (
        "see [redacted:order] and [redacted:order]",
        2,
    )
    secret = EXAMPLES["aws-key"]
    assert Redactor(extra, enabled=False).redact(secret) == (secret, 0)


def test_masking_twice_changes_nothing() -> None:
    redactor = Redactor()
    for secret in EXAMPLES.values():
        once, _ = redactor.redact(secret)
        assert redactor.redact(once) == (once, 0)


@pytest.mark.parametrize(
    "pattern", ["(", "a**", "(?P<x", r"\1", "(?=x)", "[z-a]", "(((a{500}){500}){500})"]
)
def test_a_pattern_that_re2_refuses_says_why(pattern: str) -> None:
    fault = pattern_fault(pattern)
    assert fault
    assert not fault.startswith("b'")


def test_a_pattern_that_holds_has_no_fault() -> None:
    assert pattern_fault("ab+c?") is None
