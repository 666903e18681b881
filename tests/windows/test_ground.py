"""The Windows under Wine: what is told where there is none, and what its packages are."""

import pytest

from benchmarks.versions import LEFT_OUT
from tests.versions.grounds import NoGround
from tests.windows import wheels
from tests.windows.conftest import require


def test_a_round_that_cannot_be_made_is_left_out_with_the_reason():
    """The summary names it: nobody shall take it for proven."""
    asked: list[tuple[str, object]] = []
    with pytest.raises(pytest.skip.Exception, match="needs root"):
        require(NoGround("debootstrap needs root"), lambda *pair: asked.append(pair))
    assert asked == [(LEFT_OUT, "Windows under Wine: debootstrap needs root")]


def test_the_packages_for_windows_are_those_of_the_lock_with_their_hashes():
    lines = list(wheels.requirements("3.13"))
    names = {line.partition("==")[0] for line in lines}
    assert {"django", "celery", "colorama", "twisted-iocpsupport", "tzdata", "uv"} <= names
    assert "playwright" not in names, "no Chromium is there"
    assert all(" --hash=sha256:" in line and ";" not in line for line in lines)


def test_another_python_may_need_other_packages():
    assert wheels.windows_environment("3.11")["python_full_version"] == "3.11.0"
    assert list(wheels.requirements("3.11")) != list(wheels.requirements("3.13"))
