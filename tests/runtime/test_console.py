"""What is written, and whether in colour."""

import io
import os
import select
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout

import pytest

from workbook.runtime.console import Console, wants_colour


class Terminal(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("variables", "is_coloured"),
    [
        ({}, True),
        ({"NO_COLOR": ""}, True),
        ({"NO_COLOR": "1"}, False),
        ({"TERM": "xterm"}, True),
        ({"TERM": "dumb"}, False),
    ],
)
def test_a_terminal_is_coloured_unless_its_user_wants_none(monkeypatch, variables, is_coloured):
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert wants_colour(Terminal()) == is_coloured
    assert not wants_colour(io.StringIO())


@contextmanager
def full_pipe() -> Iterator[int]:
    """Have a pipe that takes no more as the standard output; yield the end that is read."""
    reader, writer = os.pipe()
    with (
        os.fdopen(reader, "rb"),
        os.fdopen(writer, "w", encoding="utf-8") as stream,
        redirect_stdout(stream),
    ):
        while select.select([], [writer], [], 0)[1]:
            os.write(writer, b"." * 512)
        yield reader


@pytest.mark.skipif(os.name == "nt", reason="it can't tell whether a pipe is full")
def test_a_reader_that_stalls_is_lost_once_the_verb_is_to_end():
    with full_pipe():
        console = Console(lambda: True)
        console.say("Stopping …")
    assert console.lost


@pytest.mark.skipif(os.name == "nt", reason="it can't tell whether a pipe is full")
def test_a_reader_that_goes_on_reads_everything():
    said, read = "größe\n" * 2_000, b""
    with full_pipe() as reader:
        console = Console(lambda: True)
        sender = threading.Thread(target=console.say, args=[f"{said}end"], daemon=True)
        sender.start()
        while not read.endswith(b"end\n"):
            assert select.select([reader], [], [], 20)[0]
            read += os.read(reader, 65536)
        sender.join(20)
    assert not console.lost
    assert read.decode().lstrip(".") == f"{said}end\n"
