"""Whether a terminal watches `work/`, so that the guide need not."""

from pathlib import Path

from workbook.projects.watch_lock import is_watched_in_terminal, watching_in_terminal


def test_a_terminal_that_watches_is_known_until_it_ends(tmp_path: Path) -> None:
    state = tmp_path / ".workbook"
    assert not is_watched_in_terminal(state)
    with watching_in_terminal(state):
        assert is_watched_in_terminal(state)
        with watching_in_terminal(state):  # a second terminal is no error
            assert is_watched_in_terminal(state)
        assert is_watched_in_terminal(state)
    assert not is_watched_in_terminal(state)


def test_a_state_that_cannot_be_written_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with watching_in_terminal(tmp_path / "file"):
        assert not is_watched_in_terminal(tmp_path / "file")
