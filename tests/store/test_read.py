"""Readers change nothing, read what others may not write, and notice when a writer comes."""

from __future__ import annotations

import io
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import zstandard

from agentwatch.clock import FakeClock
from agentwatch.plain import watch
from agentwatch.store.read import Reader, changes, open_reader, texts
from agentwatch.store.schema import StoreCorrupt, StoreError
from tests.store.records import span
from tests.store.stores import GROUP, Stranger, made, one, write, writer_on

OPEN = "kept.update(reader=Reader(path)) or kept['reader']._still"
ASK = "kept['reader'].connection.execute('SELECT count(*) FROM spans').fetchone()[0]"


def shared(place: Path) -> Path:
    """A store of the services' user, read by a group that may not write its folder."""
    path = place / "s" / "store.db"
    connection = made(path, group=GROUP)
    write(writer_on(connection), span(1))
    connection.close()
    close_folder(path)
    return path


def close_folder(path: Path) -> None:
    # who owns the folder may write it: without root the stranger is the owner
    if os.geteuid():
        path.parent.chmod(0o550)


def open_folder(path: Path) -> None:
    if os.geteuid():
        path.parent.chmod(0o2750)


def test_a_reader_cannot_write(store: sqlite3.Connection, path: Path) -> None:
    reader = open_reader(path)
    for statement in ("DELETE FROM feeds", "CREATE TABLE x (a)", "PRAGMA user_version = 9"):
        with pytest.raises(sqlite3.OperationalError):
            reader.execute(statement)
    reader.close()


def test_a_path_with_marks_of_a_uri_is_a_path(tmp_path: Path) -> None:
    path = tmp_path / "a?mode=rw#b%20 ü" / "store.db"
    made(path).close()
    reader = open_reader(path)
    assert one(reader, "SELECT count(*) FROM feeds") == 1
    reader.close()


def test_changes_differ_when_another_connection_has_committed(
    store: sqlite3.Connection, path: Path
) -> None:
    reader = Reader(path)
    before = reader.changes()
    assert reader.changes() == before
    write(writer_on(store), span(1))
    after = reader.changes()
    assert after != before
    assert reader.changes() == after
    assert changes(reader.connection) == after[1]
    reader.close()


def test_a_reader_follows_a_store_that_was_put_in_its_place(path: Path, tmp_path: Path) -> None:
    made(path).close()
    other = tmp_path / "o" / "store.db"
    connection = made(other)
    write(writer_on(connection), span(1))
    connection.close()
    reader = Reader(path)
    before = reader.changes()
    assert one(reader.connection, "SELECT count(*) FROM spans") == 0
    other.rename(path)
    assert reader.outdated()
    assert reader.changes() != before
    assert one(reader.connection, "SELECT count(*) FROM spans") == 1
    path.unlink()
    assert not reader.outdated()  # what is gone is still read until something takes its place
    reader.close()


def test_who_may_not_write_the_folder_reads_beside_a_writer(open_place: Path) -> None:
    path = shared(open_place)
    open_folder(path)
    connection = made(path, group=GROUP)
    close_folder(path)
    with Stranger(path) as stranger:
        assert stranger.ask(OPEN) is False
        assert stranger.ask(ASK) == 1
        before = stranger.ask("kept['reader'].changes()")
        write(writer_on(connection), span(2))
        assert stranger.ask("kept['reader'].changes()") != before
        assert stranger.ask(ASK) == 2
        # positive control: this process could not have written
        assert stranger.ask("os.access(path.parent, os.W_OK)") is False
    connection.close()


def test_who_may_not_write_the_folder_reads_when_nobody_writes_and_reopens_when_one_comes(
    open_place: Path,
) -> None:
    path = shared(open_place)
    with Stranger(path) as stranger:
        assert stranger.ask(OPEN) is True
        assert stranger.ask(ASK) == 1
        before = stranger.ask("kept['reader'].changes()")
        open_folder(path)
        connection = made(path, group=GROUP)
        write(writer_on(connection), span(2))
        close_folder(path)
        assert stranger.ask(ASK) == 1  # an unchanging file: the past
        assert stranger.ask("kept['reader'].changes()") != before
        assert stranger.ask(ASK) == 2
        assert stranger.ask("kept['reader']._still") is False
        open_folder(path)
        connection.close()


def test_who_reads_an_unchanging_file_notices_a_writer_that_came_and_went(
    open_place: Path,
) -> None:
    path = shared(open_place)
    with Stranger(path) as stranger:
        assert stranger.ask(OPEN) is True
        open_folder(path)
        connection = made(path, group=GROUP)
        write(writer_on(connection), *(span(n) for n in range(2, 200)))
        connection.close()
        close_folder(path)
        assert not path.with_name("store.db-wal").exists()
        assert stranger.ask("kept['reader'].outdated()") is True
        assert stranger.ask("kept['reader'].changes()[0]") == 2
        assert stranger.ask(ASK) == 199
        assert stranger.ask("kept['reader'].outdated()") is False


def test_who_may_not_write_the_folder_reads_what_a_killed_writer_left(open_place: Path) -> None:
    path = shared(open_place)
    open_folder(path)
    program = (
        "import os, sys; from pathlib import Path\n"
        "from tests.store.stores import *; from tests.store.records import span\n"
        "connection = made(Path(sys.argv[1]), group=GROUP)\n"
        "write(writer_on(connection), span(2)); os.kill(os.getpid(), 9)"
    )
    killed = subprocess.run([sys.executable, "-c", program, str(path)], check=False)
    assert killed.returncode == -9
    close_folder(path)
    with Stranger(path) as stranger:
        assert stranger.ask(OPEN) is False
        assert stranger.ask(ASK) == 2


def test_a_store_of_another_user_is_one_sentence(open_place: Path) -> None:
    path = shared(open_place)
    path.chmod(0o000)
    with Stranger(path) as stranger:
        kind, said = stranger.ask("Reader(path)")
    assert kind == "StoreError"
    assert said == f"This user may not read {path}; ask its owner, or choose another."


def test_the_plain_console_sees_a_writer_come_to_a_store_that_it_may_not_write(
    open_place: Path,
) -> None:
    path = shared(open_place)
    program = """
import io, os, sys, threading
from pathlib import Path
import encodings.idna
from agentwatch.clock import now_ns
from agentwatch.plain import watch
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
watch(Path(sys.argv[1]), out=sys.stdout, clock=now_ns, duration_s=60)
"""
    console = subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert console.stdout is not None
    try:
        lines = iter(console.stdout.readline, "")
        assert any("RECORDER DOWN" in line for line in lines)  # the last word of the beginning
        open_folder(path)
        connection = made(path, group=GROUP)
        write(writer_on(connection), span(9, trace=9, state="error", tool="send_mail"))
        close_folder(path)
        assert any("error" in line and "send_mail" in line for line in lines)
        connection.close()
    finally:
        console.kill()
        console.communicate()


def test_a_large_text_comes_back_by_its_digest_or_as_not_stored(
    store: sqlite3.Connection, path: Path
) -> None:
    long = "word " * 1000
    write(writer_on(store), span(1, attributes={"long": long}))
    reader = open_reader(path)
    digest = one(reader, "SELECT digest FROM texts")
    text_of = texts(reader)
    assert text_of(digest) == long
    assert text_of(b"\0" * 16) == "‹not stored›"
    packed = one(reader, "SELECT content FROM texts")
    assert zstandard.ZstdDecompressor().decompress(packed).decode() == long
    assert len(packed) < len(long) // 10
    reader.close()


@pytest.mark.parametrize(
    ("pattern", "text", "found"), [("a+b", "xaab", 1), ("^b", "ab", 0), ("b", None, 0)]
)
def test_patterns_are_looked_for_in_linear_time(
    store: sqlite3.Connection, path: Path, pattern: str, text: str | None, found: int
) -> None:
    reader = open_reader(path)
    row = reader.execute("SELECT re2_search(?, ?)", (pattern, text)).fetchone()
    assert row == (found,)
    reader.close()


def test_damage_behind_the_first_page_is_one_sentence_of_the_plain_console(path: Path) -> None:
    connection = made(path)
    write(writer_on(connection), *(span(n, trace=n) for n in range(1, 400)))
    connection.close()
    data = bytearray(path.read_bytes())
    data[4096 * 4 :] = b"\xa5" * (len(data) - 4096 * 4)
    path.write_bytes(data)
    with pytest.raises(StoreError) as caught:
        watch(path, out=io.StringIO(), clock=FakeClock(), duration_s=0)
    assert isinstance(caught.value, StoreCorrupt)
