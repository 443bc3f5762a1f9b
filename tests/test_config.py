"""A configuration is read, or refused with its file, its key and the nearest right one."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentwatch.config import (
    LONGEST_S,
    TEMPLATE,
    Config,
    ConfigError,
    config_path,
    duration_s,
    load,
    parse,
    read_secret,
    secret_kind,
    store_path,
)

PATH = Path("c.toml")
FEED = '[[feed]]\nname = "f"\nurl = "ws://localhost:1"\n'


def test_a_whole_configuration() -> None:
    config = parse(
        FEED
        + 'token = "env:T"\nexpected_interval = "1m"\nkind = "witness"\nmax_frame_bytes = 5\n'
        + "[store]\nretain_days = 3\nretain_bytes = 1000\n"
        + '[agents."shop/desk"]\nowner = "payments"\nidentities = ["entra:1", "spiffe:2"]\n'
        + '[sources."price-lists"]\nmax_age = "24h"\n[sources.kb]\npromised_update = 60\n'
        + "[redact]\nenabled = false\npatterns = { order = 'ot_[a-z]+' }\n",
        PATH,
    )
    (feed,) = config.feed
    assert (feed.kind, feed.expected_interval_s, feed.max_frame_bytes) == ("witness", 60.0, 5)
    assert (config.store.retain_days, config.store.retain_bytes) == (3.0, 1000)
    assert config.redact.patterns == {"order": "ot_[a-z]+"}
    assert {name: each.max_age_s for name, each in config.sources.items()} == {
        "price-lists": 86_400.0, "kb": 60.0,
    }  # fmt: skip
    assert config.bound_agent(["x:9", "spiffe:2"]) == "shop/desk"
    assert config.bound_agent(["x:9"]) is None
    assert config.bound_agent([]) is None


def test_an_empty_configuration_is_the_default_one() -> None:
    assert parse("", PATH) == Config()
    assert Config().store.retain_days == 14.0
    assert Config().redact.enabled


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[sources.kb]\nmax_age = "soon"',
            "c.toml: sources.\"kb\".max_age: 'soon' is no duration such as 30s, 15m, 2h or 7d.",
        ),
        ("[sources.kb]\nmax_age = 0", 'c.toml: sources."kb".max_age: it must be over 0.'),
        ("[sources.kb]\nmaxage = 0", "unknown key 'sources.\"kb\".maxage'; did you mean 'max_age"),
        ("feeds = 1", "unknown key 'feeds'; did you mean 'feed'."),
        (FEED + 'urll = "x"', "unknown key 'feed.urll'; did you mean 'url'."),
        ("[store]\nretain_day = 3", "unknown key 'store.retain_day'; did you mean 'retain_days'."),
        ("[redact]\nenable = true", "unknown key 'redact.enable'; did you mean 'enabled'."),
        (
            '[agents."a/b"]\nownr = "x"',
            """unknown key 'agents."a/b".ownr'; did you mean 'owner'.""",
        ),
        ("zzz = 1", "unknown key 'zzz'; known are feed, store, agents, redact"),
        ("a = ", "c.toml is no TOML: "),
        ("a = " + "[" * 5_000, "nests too deep"),
        ("store = 3", "store: Expected `object`, got `int`."),
        ("[feed]\n", "feed: Expected `array`, got `object`."),
        ('[[feed]]\nname = "f"', "feed[0]: Object missing required field `url`."),
        ('[store]\nretain_days = "x"', "store.retain_days: Expected"),
        ("[store]\nretain_days = -1", "store.retain_days must be over 0, not -1.0."),
        ("[store]\nretain_days = nan", "store.retain_days must be over 0, not nan."),
        ("[store]\nretain_bytes = 0", "store.retain_bytes must be over 0, not 0."),
        (FEED + FEED, "two feeds are named 'f'; give each its own name."),
        (FEED + 'token = "s3cret"', "must be a reference such as env:NAME or file:PATH"),
        (FEED + 'expected_interval = "soon"', "'soon' is no duration such as 30s"),
        (FEED + "expected_interval = 0", "expected_interval: it must be over 0."),
        (FEED + "expected_interval = -3", "-3.0 is no duration such as 30s"),
        (FEED + "max_frame_bytes = 0", "max_frame_bytes: it must be over 0."),
        (FEED + 'kind = "judge"', "feed[0].kind: Invalid enum value 'judge'."),
        ("[redact]\npatterns = { a = '(' }", "the redact pattern 'a' is no re2 pattern: missing )"),
        ("[redact]\npatterns = { a = 'x*' }", "'a' matches the empty text; narrow it."),
        ("[redact]\npatterns = { 'a\\1' = 'x' }", "needs a name of letters, digits, - and _."),
    ],
)
def test_what_cannot_be_used_is_one_sentence(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text, PATH)
    sentence = str(caught.value)
    assert sentence.startswith("c.toml")
    assert said in sentence
    assert sentence.endswith(".")
    assert "s3cret" not in sentence


def test_the_template_holds_with_every_example_switched_on() -> None:
    assert parse(TEMPLATE, PATH) == Config()
    lines = []
    for line in TEMPLATE.splitlines():
        example = line.removeprefix("# ")
        lines.append(example if example.startswith("[") or " = " in example else line)
    config = parse("\n".join(lines), PATH)
    assert len(config.feed) == len(config.agents) == 1
    assert config.store.group == "agentwatch"
    assert set(config.redact.patterns) == {"order-token"}


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"There is no configuration at .*; `config init`"):
        load(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path)
    bad = tmp_path / "bad.toml"
    bad.write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="cannot be read"):
        load(bad)


def test_the_default_file_may_be_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert load() == Config()
    assert config_path() == tmp_path / "agentwatch" / "config.toml"
    assert store_path() == tmp_path / "state" / "agentwatch" / "agentwatch.db"
    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert config_path() == tmp_path / ".config" / "agentwatch" / "config.toml"
    assert store_path() == tmp_path / ".local" / "state" / "agentwatch" / "agentwatch.db"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30.0), ("1.5h", 5400.0), ("250ms", 0.25), ("7d", 604_800.0), (" 2 m ", 120.0),
     (5, 5.0), (0.5, 0.5), (0, 0.0)],
)  # fmt: skip
def test_a_duration(text: str | float, seconds: float) -> None:
    assert duration_s(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "5", "s", "-5s", "5 y", "1e3s", "9" * 400 + "s", "99999d", True, -1, float("nan")]
)
def test_what_is_no_duration(text: str | float) -> None:
    with pytest.raises(ValueError, match="is no duration such as 30s"):
        duration_s(text)


@given(st.text() | st.floats() | st.integers(max_value=10**18))
def test_any_duration_fits_a_store_s_times(text: str | float) -> None:
    with contextlib.suppress(ValueError):
        assert 0 <= duration_s(text) <= LONGEST_S


def test_a_secret_is_read_through_its_reference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "token"
    file.write_text("from-file\n")
    file.chmod(0o600)
    monkeypatch.setenv("TOKEN", "from-env")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert read_secret("env:TOKEN") == "from-env"
    assert read_secret(f"file:{file}") == "from-file"
    assert read_secret("cred:token") == "from-file"
    assert read_secret("cmd:printf '%s' 'two words'") == "two words"
    file.chmod(0o640)
    with pytest.raises(ConfigError, match="may be read by others; run `chmod 600`"):
        read_secret(f"file:{file}")


@pytest.mark.parametrize(
    "reference", ["env:NOT_SET", "file:/nowhere/x", "cred:x", "cmd:false", "cmd:'", "s3cret"]
)
def test_a_secret_that_is_missing_is_never_quoted(
    reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    with pytest.raises(ConfigError) as caught:
        read_secret(reference)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("reference", "kind"),
    [
        ("env:X", "env"),
        ("cmd:pass show x", "cmd"),
        ("env:", None),
        ("X", None),
        ("keyring:x", None),
    ],
)
def test_the_kind_of_a_reference(reference: str, kind: str | None) -> None:
    assert secret_kind(reference) == kind


def test_a_configuration_cannot_be_changed_once_read() -> None:
    with pytest.raises(AttributeError):
        parse("", PATH).feed = ()  # type: ignore[misc]
    assert msgspec.to_builtins(Config())["store"]["retain_days"] == 14.0
    assert os.environ.get("NOT_SET") is None


def test_a_systemd_credential_may_look_open_to_a_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text("from-systemd\n")
    (tmp_path / "token").chmod(0o440)  # as its ACL for the service's user makes it look
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert read_secret("cred:token") == "from-systemd"
