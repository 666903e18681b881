"""What goes on beside the checks is told to whoever asks for it, however it ended."""

import threading

import pytest

from checks.clients.background import Later


def test_the_result_is_returned():
    assert Later(lambda: "done").result(within=5) == "done"


@pytest.mark.parametrize("kind", [ValueError, TimeoutError, SystemExit, KeyboardInterrupt])
def test_what_the_work_raised_is_raised_again(kind: type[BaseException]):
    raised = kind("of its own")

    def work() -> None:
        raise raised

    later = Later(work)
    for _ in range(2):
        with pytest.raises(kind) as caught:
            later.result(within=5)
        assert caught.value is raised


def test_work_that_takes_too_long_raises_a_timeout():
    ended = threading.Event()
    later = Later(ended.wait)
    with pytest.raises(TimeoutError, match=r"not at its end within 0\.05 s"):
        later.result(within=0.05)
    ended.set()
    assert later.result(within=5)
