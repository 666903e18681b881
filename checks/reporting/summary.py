"""The last lines of a run: what to do next."""

from __future__ import annotations

from checks.reporting.formatting import plain_lines
from checks.reporting.outcomes import NOT_YET, UNTOLD, Outcomes, Verdict
from checks.target import Target
from checks.verdicts import DONE, OPEN
from workbook.invocation import tool_command

LAST_STEP = 5
NOT_YOURS = "Checked our answer, not yours."


def summary_lines(outcomes: Outcomes, complete: bool) -> list[str]:
    """Return the lines that name the next action.

    `complete`: nothing of the step was left out, so that ✓ everywhere means that it is done.
    """
    targets = outcomes.targets
    snapshots = any(target.kind == "snapshot" for target in targets.values())
    lines = [*next_action(outcomes, complete), *turns(outcomes)]
    return [*lines, NOT_YOURS] if snapshots else lines


def next_action(outcomes: Outcomes, complete: bool) -> list[str]:
    """Return what to do next, by the first of the root causes."""
    problem = next(filter(None, outcomes.problems.values()), None)
    if problem:
        return [f"Next: {problem.way_out}"]
    if not outcomes.verdicts:
        return []
    for mark in (NOT_YET, UNTOLD):
        open = (one for one in outcomes.verdicts if one.mark == mark)
        if first := next((one for one in open if not one.waits and not one.lacks), None):
            return after_first(first, outcomes.targets[first.step])
    target = outcomes.targets[max(outcomes.targets)]
    return [*after_all(target, complete), *not_looked_at(outcomes)]


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
            page = f"Guide: {verdict.step:02d}, Your turn."
            lines.append(f"{OPEN} Your turn: {verdict.title}. {verdict.reason} {page}")
    return lines


def after_first(first: Verdict, target: Target) -> list[str]:
    """Return what to do about the first ✗, or the first – of a run without ✗."""
    if first.broke:
        return [f"Next: {target.again} {trace_option(target)}, which shows where the check broke"]
    if first.not_yet and target.kind == "snapshot":
        return [f"Our own answer should hold. Next: {tool_command()} doctor"]
    if first.not_yet:
        wanted = " ".join(plain_lines(first.not_yet.look_at)).rstrip(".")
    else:
        wanted = f"see to the – “{first.title}”"
    joint = " Then" if wanted.endswith(("?", "!")) else ", then"
    return [f"Next: {wanted}{joint} `{target.again}`"]


def trace_option(target: Target) -> str:
    """Return the option that shows all frames, as the target's command spells it."""
    return "--full-trace" if target.kind == "snapshot" else "--trace"


def after_all(target: Target, complete: bool) -> list[str]:
    """Return what to do where every check holds."""
    if not complete:
        return [f"What was asked for holds. Next: all of the step, `{target.again}`"]
    if target.kind == "snapshot":
        base = f"`{tool_command()} start {target.label}` lays its base into work/"
        return [f"Next: your own, {base}"]
    if target.step >= LAST_STEP:
        return [f"Step {target.label} is done. That was the last step. Well done."]
    following = f"{target.step + 1:02d}"
    return [
        f"Step {target.label} is done. Next: docs page {following}, "
        f"`{tool_command()} start {following}` if you want a clean base"
    ]
