"""The tried versions as a table: printed, and kept in benchmarks/results/versions.json."""

from collections.abc import Iterable, Iterator

from benchmarks.support.result_files import RESULTS, store
from benchmarks.versions import (
    LEFT_OUT,
    NAME,
    SIGNS,
    RoundResult,
    VersionsResult,
    reasons,
    recorded_versions,
)
from workbook.runtime.file_locks import locked

HEAD = f"{'Python':9} {'Django':8} {'proven':68} {'seconds':>7}  result"


def lines(one: RoundResult) -> Iterator[str]:
    """Yield the row of a round, and below it what a reader wants to know of it."""
    proven = "  ".join(f"{SIGNS[proof.outcome]} {proof.name}" for proof in one.proofs) or "–"
    yield f"{one.python:9} {one.django:8} {proven:68} {one.seconds:7.0f}  {one.verdict}"
    if one.title:
        yield f"{'':9} {one.title}"
    for text in reasons(one):
        yield f"{'':9} {text}"


def keep(rounds: Iterable[RoundResult], order: Iterable[tuple[str, str, str]]) -> None:
    """Record rounds in the table of the repository, in `order` (Python, Django, title).

    A row that could not be made again stays what it was, with its day; a row that `order` has no
    longer goes.
    """
    # Two calls may each have made a part of the table.
    with locked(RESULTS / f"{NAME}.lock", within_seconds=60):
        rows = {key(one): one for one in (recorded_versions().rounds if _is_there() else [])}
        for one in rounds:
            if one.outcome != LEFT_OUT or key(one) not in rows:
                rows[key(one)] = one
        store(NAME, VersionsResult([rows[place] for place in order if place in rows]))
    (RESULTS / f"{NAME}.lock").unlink(missing_ok=True)


def key(one: RoundResult) -> tuple[str, str, str]:
    """Return what a row is found by: the versions to their second digit, and the title."""
    short = (".".join(version.split(".")[:2]) for version in (one.python, one.django))
    return (*short, one.title)


def _is_there() -> bool:
    return (RESULTS / f"{NAME}.json").is_file()
