"""The last lines of a run: what to do next.

The counts above them are pytest's own, and "n of m hold" is `watch.history`'s.
"""

from collections.abc import Sequence

from checks.pace import slowness
from checks.reporting.formatting import plain_lines
from checks.reporting.outcomes import Outcomes, Verdict
from checks.target import Target
from checks.verdicts import DONE, NOT_YET, OPEN, UNTOLD
from workbook.invocation import tool_command
from workbook.projects.content import content_of
from workbook.projects.lessons import Lesson
from workbook.projects.progress import read_progress
from workbook.projects.standing import LAST_STEP, Standing, following
from workbook.projects.steps import Step
from workbook.projects.work_record import read_record

NOT_YOURS = "Checked our answer, not yours."


def summary_lines(outcomes: Outcomes, complete: bool) -> list[str]:
    """Return the lines that name the next action.

    `complete`: nothing of the step was left out, so that ✓ everywhere means that it is done.
    """
    targets = outcomes.targets
    snapshots = any(target.kind == "snapshot" for target in targets.values())
    # Only here: a Python that lacks packages must come as far as to be told so.
    from workbook.projects.outdated_processes import outdated_processes

    lines = [*longer_waits(outcomes), *next_action(outcomes, complete), *turns(outcomes)]
    for target in targets.values():
        if target.kind != "snapshot" and not outcomes.problems[target.label]:
            lines += map(str, outdated_processes(target.folder))
    return [*lines, NOT_YOURS] if snapshots else lines


def longer_waits(outcomes: Outcomes) -> list[str]:
    """Return a line that says why a ✗ names more seconds than its title, on a slow machine."""
    if all(one.mark != NOT_YET for one in outcomes.verdicts) or slowness() == 1:
        return []
    return [
        f"This machine takes {slowness():.1f} times as long as usual, so the checks wait longer."
    ]


def next_action(outcomes: Outcomes, complete: bool) -> list[str]:
    """Return what to do next, by the first of the root causes."""
    problem = next(filter(None, outcomes.problems.values()), None)
    if problem:
        return [f"Next: {problem.way_out}"]
    if all(one.mark in (DONE, OPEN) for one in outcomes.verdicts):
        return []
    for mark in (NOT_YET, UNTOLD):
        open = (one for one in outcomes.verdicts if one.mark == mark)
        if first := next((one for one in open if not one.waits and not one.lacks), None):
            return after_first(first, outcomes.targets[first.step])
    target = outcomes.targets[max(outcomes.targets)]
    left_out = any(one.left_out for one in outcomes.verdicts)
    return [*after_all(target, complete, left_out), *not_looked_at(outcomes)]


def not_looked_at(outcomes: Outcomes) -> list[str]:
    """Return a line on the checks that this machine lacks something for, and on what it lacks."""
    lacking = [one for one in outcomes.verdicts if one.lacks]
    if not lacking:
        return []
    told = [one for one in outcomes.verdicts if one.mark == UNTOLD]
    are = "one check was" if len(told) == 1 else f"{len(told)} checks were"
    return [f"By the way, {are} not looked at: {lacking[0].reason}."]


def turns(outcomes: Outcomes) -> list[str]:
    """Return a line for each exercise that was looked at: ★ done, or ☆ and what leads on."""
    lines = []
    for verdict in outcomes.verdicts:
        if verdict.mark == DONE:
            lines.append(f"{DONE} Your turn: {verdict.title}. Done.")
        elif verdict.mark == OPEN:
            page = f"Guide: {verdict.step}, Your turn."
            lines.append(f"{OPEN} Your turn: {verdict.title}. {verdict.reason} {page}")
    return lines


def after_first(first: Verdict, target: Target) -> list[str]:
    """Return what to do about the first ✗, or the first – of a run without ✗."""
    if first.broke:
        option = "--full-trace" if target.kind == "snapshot" else "--trace"
        return [f"Next: {target.again} {option}, which shows where the check broke"]
    if first.not_yet and target.kind == "snapshot":
        return [f"Our own answer should hold. Next: {tool_command()} doctor"]
    if first.not_yet:
        wanted = " ".join(plain_lines(first.not_yet.look_at)).rstrip(".")
    else:
        wanted = f"look at the check marked – “{first.title}”"
    joint = " Then" if wanted.endswith(("?", "!")) else ", then"
    return [f"Next: {wanted}{joint} `{target.again}`"]


def after_all(target: Target, complete: bool, exercise_left_out: bool = False) -> list[str]:
    """Return what to do where every check holds.

    `exercise_left_out`: the exercise is done too, and the next page goes on without it.
    """
    if not complete:
        return [f"Every check that ran is ✓. Next: all of {target.step.title}, `{target.again}`"]
    if target.kind == "snapshot":
        base = f"`{tool_command()} start {target.label}` puts its base into work/"
        return [f"Next: your own, {base}"]
    done = f"{target.title} is done."
    broken = broke_since(target)
    if of_now := next((one for one in broken if is_of_now(one, target)), None):
        held = f"But {of_now.title} held before, and broke since."
        return [f"{done} {held} Next: `{tool_command()} check {of_now.label}`"]
    after = following(target.label, without_exercise=exercise_left_out)
    if target.kind != "work":
        after = after.partition(". ")[0]  # the rest is about work/
    if isinstance(target.step, Lesson) or not after:
        lines = [f"{done} Well done."]
    else:
        last = "That was the last step. Well done. " if target.step.number >= LAST_STEP else ""
        lines = [f"{done} {last}Next: {after}"]
    if broken:
        old = f"{broken[0].title.capitalize()} was ✗ when it was asked last, before your last save."
        lines.append(f"{old} Ask again: `{tool_command()} check {broken[0].label}`")
    return lines


def is_of_now(one: Step | Lesson, target: Target) -> bool:
    """Tell whether the last run of another step looked at the project as it is now."""
    run = read_progress().of(one.label).last
    return run is not None and run.content == content_of(target.folder)


def broke_since(target: Target) -> list[Step | Lesson]:
    """Return the other steps and lessons that held in the learner's project, and have a ✗ since."""
    if target.kind != "work":
        return []
    known = Standing(read_progress(), read_record(), has_work=True)
    return [one for one in known.broken if one.label != target.label]


def waiting_lines(verdicts: Sequence[Verdict]) -> list[str]:
    """Return a line for each check that others wait for, with their count; none for none.

    It is named, unless it was the last that was told.
    """
    waiting = [one for one in verdicts if one.waits]
    told = [one for one in verdicts if not one.waits and one.mark not in (DONE, OPEN)]
    unfit = sum(one.unfit for one in verdicts)
    lines = [f"{_more(unfit, 'check')} for that"] if unfit else []
    for root in dict.fromkeys(one.root for one in waiting):
        count = sum(one.root == root for one in waiting)
        name = "this one" if told and told[-1].title == root else f"“{root}”"
        lines.append(f"{_more(count, 'more')} for {name}")
    if lines:
        lines[-1] += "; `-v` lists " + ("it" if unfit + len(waiting) == 1 else "them")
    return lines


def _more(count: int, what: str) -> str:
    plural = "s" if what == "check" and count > 1 else ""
    return f"{count} {what}{plural} wait" + ("s" if count == 1 else "")


def without_counts(outcomes: Outcomes) -> str:
    """Return what stands for the counts where pytest has none: an exercise is no check."""
    looked_at = any(one.mark in (DONE, OPEN) for one in outcomes.verdicts)
    return "the exercise alone was looked at" if looked_at else "no check was found"
