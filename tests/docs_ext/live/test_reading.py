"""Whose page is read: that decides which checks a save asks."""

from docs_ext.live.reading import AWAY_SECONDS, Reading


def test_the_page_that_was_shown_last_is_the_one_that_is_read() -> None:
    reading = Reading()
    assert reading.label is None
    with reading.page("02"):
        with reading.page("03"):
            assert reading.label == "03"
        assert reading.label == "02"


def test_a_page_of_no_step_changes_nothing() -> None:
    reading = Reading()
    with reading.page("02"), reading.page(None):
        assert reading.label == "02"


def test_a_page_that_was_left_counts_a_while() -> None:
    now = [0.0]
    reading = Reading(lambda: now[0])
    with reading.page("02"), reading.page("03"):
        pass
    # Both go at once, when a window is closed; the last to go is not the last that was read.
    assert reading.label == "02"
    now[0] = AWAY_SECONDS + 1
    assert reading.label is None
