"""The files that the pages of "Going further" show: each works on the finished project."""

from __future__ import annotations

import pytest
from pymdownx.superfences import SuperFencesException

from tests.support.guides import box, rendered


def test_what_goes_to_the_end_of_a_file_says_so():
    shown = box("production/config/settings.py", "example")
    assert shown.title == "config/settings.py at the end"
    assert "SECURE_SSL_REDIRECT = True" in shown.code
    assert shown.language == "python"


def test_a_name_that_is_no_example_stops_the_build_and_names_those_there_are():
    with pytest.raises(SuperFencesException, match=r"There are: .*production/config/settings\.py"):
        rendered("production/config/nothing.py", "example")
