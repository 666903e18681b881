"""The benchmark `watch`: its faults are of the snapshots, and what it says of its figures."""

import pytest

from benchmarks.support.system_info import this_machine
from benchmarks.watch.__main__ import FaultResult, WatchResult, lines_of
from benchmarks.watch.faults import FAULTS, Fault
from workbook.projects.steps import find_step

KINDS = {"02": {"view", "template", "task"}, "03": {"view", "template", "task", "syntax"}}
WITH_A_CONSUMER = {"view", "template", "consumer"}
KINDS |= {"04": WITH_A_CONSUMER, "05": {"template", "task", "consumer"}}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda one: f"{one.step}-{one.kind}")
def test_fault_is_a_change_of_the_snapshot_and_another_one_each_time(fault: Fault) -> None:
    good = fault.good_text(find_step(fault.step).folder)
    first, second = fault.text(good, 1), fault.text(good, 2)
    assert fault.old in good
    assert len({good, first, second}) == 3


def test_each_step_has_a_fault_of_each_kind_that_it_has_a_file_for() -> None:
    assert {
        step: {one.kind for one in FAULTS if one.step == step} for step in sorted(KINDS)
    } == KINDS


@pytest.mark.parametrize(
    ("kind", "net", "sentence"),
    [
        ("view", 2.9, "Every fault is told within the aim."),
        ("view", 3.1, "Above the aim: 03 view."),
        ("syntax", 1.1, "Above the aim: 03 syntax."),
    ],
)
def test_what_is_above_the_aim_is_named(kind: str, net: float, sentence: str) -> None:
    row = FaultResult("03", kind, net, net, net, 6.0, 0.5, "The page")
    assert list(lines_of(WatchResult(this_machine(), 0.1, 20, [row]))) == [sentence]
