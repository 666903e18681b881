"""What is measured against what: the rows of the table, from the yardstick up the ladder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
LADDER = HERE / "ladder"
ORIGINAL = HERE / "original"


@dataclass(frozen=True)
class Row:
    """One way to bring a status to everybody.

    `step` is the snapshot that it is made of (None: no Django at all), `overlay` a folder laid
    over the copy, `patches` changes made to it one after the other, `settings` the module if it
    is not the project's own, `sending` the module that sends a status as the project does.
    """

    name: str
    label: str
    step: str | None = None
    overlay: Path | None = None
    patches: tuple[Path, ...] = ()
    settings: str = ""
    sending: str = "step_05"
    group_key: str = "asgi__group__status"  # what Redis calls the group
    members_allowed: int = 0  # of the group, once everybody has left
    is_polled: bool = False

    @property
    def is_ours(self) -> bool:
        """Whether a lost status is a fault of the workbook's own."""
        return self.step == "05"


LIMIT = Row("limit", "LIMIT: Redis into a bare broadcast", group_key="status", members_allowed=1)
ORIGINAL_LISTING = Row(
    "original",
    "The original listing",
    step="04",
    overlay=ORIGINAL,
    settings="config.original_settings",
    sending="original",
    group_key="asgi:group:status",
)
STEP_03 = Row("step-03", "Step 03, polling", step="03", sending="step_03", is_polled=True)
STEP_05 = Row("step-05", "Step 05 as it stands", step="05")
RUNG_LABELS = {
    "1-no-thread-hop": "+ no thread hop per message",
    "2-one-loop-kept": "+ one event loop kept in the worker",
    "3-another-server": "+ uvicorn, without deflate",
    "4-one-member-a-process": "+ one group member per process",
}


def rungs() -> list[Row]:
    """Return the rungs of the ladder: each is step 05 with its own patch and all those below."""
    patches = [LADDER / f"{name}.diff" for name in RUNG_LABELS]
    return [
        Row(
            f"rung-{name}",
            label,
            step="05",
            patches=tuple(patches[: number + 1]),
            # The process itself is the member, with visitors and without.
            members_allowed=int(name == "4-one-member-a-process"),
        )
        for number, (name, label) in enumerate(RUNG_LABELS.items())
    ]


def all_rows() -> list[Row]:
    """Return every row, in the table's order."""
    return [LIMIT, ORIGINAL_LISTING, STEP_03, STEP_05, *rungs()]
