"""The look at the newest versions: what it takes, and the sentence for what it finds."""

from collections.abc import Sequence

from tests.versions.newest import Change, changes, findings, loosened, named_first
from workbook.paths import ROOT

PIPFILE = """
[packages]
django = "~=5.2.19"
exact = {version = "==5.0.1", markers = "python_full_version < '3.11.3'"}
[dev-packages]
pytest = "*"
[scripts]
run = "python workbook run"
"""
CHANGED = [Change("django", "5.2", "6.0"), Change("redis", "8.1", "9.0")]


class Environment:
    """What is installed, as far as the search for a culprit changes it."""

    def __init__(self) -> None:
        self.versions = {change.name: change.newest for change in CHANGED}

    def install(self, *requirements: str, options: Sequence[str] = ()) -> None:
        self.versions |= dict(one.split("==") for one in requirements)


def test_compatible_pins_are_loosened_and_exact_ones_stay():
    assert loosened(PIPFILE) == ["django", "exact==5.0.1; python_full_version < '3.11.3'", "pytest"]


def test_the_pipfile_of_the_workbook_is_understood():
    asked = loosened((ROOT / "Pipfile").read_text(encoding="utf-8"))
    assert {"django", "redis", "channels-redis"} <= set(asked)
    assert not [one for one in asked if "~=" in one]


def test_what_the_pipfile_names_is_suspected_before_what_it_brought():
    found = changes(
        {"asgiref": "1", "django": "5", "same": "1"}, {"asgiref": "2", "django": "6", "same": "1"}
    )
    assert [one.name for one in found] == ["asgiref", "django"]
    assert [one.name for one in named_first(found, ["django", "same"])] == ["django", "asgiref"]


def test_a_finding_names_the_package_and_the_check():
    environment = Environment()

    def check(step: int) -> str:
        breaks = step == 3 and environment.versions["redis"] == "9.0"
        return "“The page polls”" if breaks else ""

    assert list(findings(environment, CHANGED, check)) == [
        "redis 9.0 (locked: 8.1): check 03 fails: “The page polls”."
    ]
    assert environment.versions == {"django": "6.0", "redis": "9.0"}


def test_what_no_package_alone_explains_is_said_too():
    found = list(findings(Environment(), CHANGED, lambda step: "“It starts”" if step == 1 else ""))
    assert found == [
        "No package alone, but the newest of all together: check 01 fails: “It starts”."
    ]


def test_nothing_is_found_where_all_holds():
    assert list(findings(Environment(), CHANGED, lambda step: "")) == []
