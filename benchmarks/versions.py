"""Which versions were proven, and when: what `python3 workbook test --versions` has recorded."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.support.result_files import recorded

NAME = "versions"
HOLDS, FAILS, LEFT_OUT = "holds", "fails", "left out"
# How an outcome is shown, as the checks show theirs.
SIGNS = {HOLDS: "✓", FAILS: "✗", LEFT_OUT: "–"}


@dataclass(frozen=True)
class Proof:
    """One thing that was tried: what came of it, after how long, and a sentence where it failed."""

    name: str  # such as `check 03`
    outcome: str
    seconds: float
    said: str = ""


@dataclass(frozen=True)
class RoundResult:
    """A row of the table: one combination of versions, and all that was tried with it.

    `python` and `django` are the full versions; `ground` says where the Python came from.
    `expected` says why a round that must fail is there; `left_out` why one was not made at all.
    """

    title: str
    python: str
    django: str
    ground: str
    recorded: str  # the day, UTC
    proofs: list[Proof] = field(default_factory=list)
    expected: str = ""
    left_out: str = ""

    @property
    def seconds(self) -> float:
        """How long all of it took."""
        return sum(proof.seconds for proof in self.proofs)

    @property
    def outcome(self) -> str:
        """Whether all that was tried held; a round of which nothing was tried is left out."""
        outcomes = [proof.outcome for proof in self.proofs]
        if self.left_out or not outcomes or set(outcomes) == {LEFT_OUT}:
            return LEFT_OUT
        return FAILS if FAILS in outcomes else HOLDS

    @property
    def is_as_expected(self) -> bool:
        """Tell whether a round that was made ended as it should."""
        failing = [proof.name for proof in self.proofs if proof.outcome == FAILS]
        if self.expected:
            # Only checks may fail: a set-up that does would prove nothing of what is expected.
            return bool(failing) and all(name.startswith("check") for name in failing)
        return self.outcome == HOLDS

    @property
    def verdict(self) -> str:
        """The outcome for a reader: `fails, as expected` where that was foreseen."""
        if not self.expected or self.left_out:
            return self.outcome
        return f"{self.outcome}, {'as' if self.outcome == FAILS else 'not as'} expected"


@dataclass(frozen=True)
class VersionsResult:
    """The whole table, as benchmarks/results/versions.json keeps it."""

    rounds: list[RoundResult]


def reasons(one: RoundResult) -> Iterator[str]:
    """Yield sentences on what failed or was left out, and on why a failure was expected."""
    if one.left_out:
        yield f"Left out: {one.left_out}."
    for proof in one.proofs:
        if proof.outcome != HOLDS:
            yield f"{proof.name} {proof.outcome}: {proof.said}."
    if one.expected:
        yield one.expected


def recorded_versions() -> VersionsResult:
    """Return the recorded table. Raises WorkbookError where there is none."""
    return recorded(NAME, VersionsResult, "python3 workbook test --versions")
