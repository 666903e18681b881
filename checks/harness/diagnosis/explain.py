"""A ✗ with its cause: the first one recognised in the evidence, else the learner's own error."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from checks.harness.diagnosis.causes import CAUSES, LAST_RESORT, Cause
from checks.harness.diagnosis.evidence import Evidence
from checks.verdicts import NotYet

# Classes that have the same name in several libraries keep their module.
AMBIGUOUS = ("OperationalError", "ConnectionError", "TimeoutError", "EncodeError")
QUALIFIED = re.compile(r"^(?:\w+\.)+(\w+)(?=: |$)")


@dataclass(frozen=True)
class Diagnosis:
    """What was wrong: a sentence, where to look, the guide's section or "", and the proof."""

    seen: str
    look_at: str
    guide: str
    words: str


def explain(
    not_yet: NotYet,
    *evidence: Evidence,
    causes: Sequence[Cause] = CAUSES,
    general: Sequence[Cause] = LAST_RESORT,
) -> NotYet:
    """Return `not_yet` with the cause that the evidence names, unchanged where it names none.

    What a check asks is only its best guess; a check that has evidence should call this.
    `general` are asked last, where `causes` are all those that there are.
    """
    found = diagnose(evidence, otherwise=not_yet.look_at, causes=causes, general=general)
    if not found:
        return not_yet
    seen = not_yet.seen
    if seen in found.seen:
        seen = found.seen
    elif not seen.endswith(found.seen):
        seen = f"{seen}: {found.seen}"
    guide, words = found.guide or not_yet.guide, found.words or not_yet.words
    return replace(not_yet, seen=seen, look_at=found.look_at, guide=guide, words=words)


def diagnose(
    evidence: Sequence[Evidence],
    otherwise: str = "",
    causes: Sequence[Cause] = CAUSES,
    general: Sequence[Cause] = LAST_RESORT,
) -> Diagnosis | None:
    """Return the cause that is found in any of the evidence, None where there is none.

    `otherwise` is what a check would open: its place is kept where a cause knows no better one.
    """
    return (
        _first(causes, evidence, otherwise)
        or next((_raised(one) for one in evidence if one.is_raised and one.place), None)
        or _first(general if causes is CAUSES else (), evidence, otherwise)
    )


def _first(
    causes: Iterable[Cause], evidence: Sequence[Evidence], otherwise: str
) -> Diagnosis | None:
    for cause in causes:
        for one in evidence:
            # The last time that it was said: the nearest to the failure.
            matches = list(re.finditer(cause.pattern, one.text, re.MULTILINE))
            if matches and cause.when(matches[-1], one):
                return _said(cause, matches[-1], one, otherwise)
    return None


def _said(cause: Cause, found: re.Match[str], one: Evidence, otherwise: str) -> Diagnosis:
    groups = {"error": short(one.error) or found[0].strip(), "code": one.code}
    groups |= {name: text or "" for name, text in found.groupdict().items()}
    if module := groups.get("module"):
        groups["file"] = f"{module.replace('.', '/')}.py"
    place = _place(cause, groups, one, otherwise)
    question = cause.question.format_map(groups)
    seen, look_at = cause.seen.format_map(groups).strip(), f"{place}: {question}"
    proof = one.own if one.is_raised and one.place else ""
    return Diagnosis(seen, look_at if question else place, cause.guide, proof)


def _place(cause: Cause, groups: dict[str, str], one: Evidence, otherwise: str) -> str:
    # A template error names a line alone: its place is known from the page that Django shows.
    if {"file", "line"} <= groups.keys() and (own := one.own_file(groups["file"])):
        return f"{own}, line {groups['line']}"
    escaped = {name: re.escape(text) for name, text in groups.items()}
    escaped["last"] = groups.get("task", "").rpartition(".")[2]
    return (
        (one.find(cause.find.format_map(escaped)) if cause.find else "")
        or cause.place.format_map(groups)
        or (one.place_outside(cause.outside) if cause.outside else one.place)
        or cause.otherwise
        or otherwise.partition(":")[0]
    )


def _raised(one: Evidence) -> Diagnosis:
    return Diagnosis(short(one.error), one.place, "", one.own)


def short(error: str) -> str:
    """Return an exception's line without its module, unless the module tells it from others."""
    found = QUALIFIED.match(error)
    return error if not found or found[1] in AMBIGUOUS else error[found.start(1) :]
