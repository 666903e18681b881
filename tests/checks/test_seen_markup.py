"""What a check of step 04 says that it saw of a message: its markup, for its words may be none."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from checks.clients.websocket_client import Frame
from checks.harness.process_log import ProcessLog
from checks.step_04.test_setup_websocket import test_who_connects_is_sent_running as check_greeting
from checks.verdicts import NotYet


@pytest.fixture
def project(tmp_path: Path) -> SimpleNamespace:
    """Return a project whose web process has written nothing."""
    (tmp_path / "web.log").touch()
    web = SimpleNamespace(log=ProcessLog(tmp_path / "web.log", tmp_path))
    return SimpleNamespace(folder=tmp_path, process=lambda role: web)


def page_that_was_sent(frames: list[Frame], words: list[str]) -> SimpleNamespace:
    """Return an open page to which nothing more comes."""

    def nothing(*_arguments: object) -> None:
        return None

    return SimpleNamespace(frames=frames, words=words, is_open=True, sees=nothing, wait_for=nothing)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('<span id="status"></span>', '<span id="status"></span>'),
        ("", "an empty message"),
        ("<b>READY</b>", "<b>READY</b>"),
    ],
)
def test_a_message_without_words_is_shown_as_it_came(
    project: SimpleNamespace, text: str, told: str
) -> None:
    page = page_that_was_sent([Frame(text, 0)], [""])
    with pytest.raises(NotYet) as caught:
        check_greeting(project, [page])
    assert caught.value.seen.startswith(told)


def test_nothing_that_came_is_said_so(project: SimpleNamespace) -> None:
    page = page_that_was_sent([], [])
    with pytest.raises(NotYet) as caught:
        check_greeting(project, [page])
    assert caught.value.seen.startswith("nothing came within")
