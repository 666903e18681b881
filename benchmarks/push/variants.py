"""What is measured against what: the rows of the table, from the yardstick up the ladder."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from workbook.projects.patches.patch import Patch, load_patch

HERE = Path(__file__).resolve().parent
LADDER = HERE / "ladder"
ORIGINAL = HERE / "original"


@dataclass(frozen=True)
class Row:
    """One way to bring a status to everybody.

    `step` is the snapshot that it is made of (None: no Django at all), `overlay` a folder put
    over the copy, `patches` changes made to it one after the other, `settings` the module if it is
    not the project's own, `sending` the module that sends a status as the project does.
    """

    name: str
    label: str
    step: str | None = None
    overlay: Path | None = None
    patches: tuple[Patch, ...] = ()
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
STEP_05 = Row("step-05", "Step 05, on the pub/sub layer", step="05")
# What each rung changes in the one below. The ground is step 05 as it stands.
_HIGHER = (
    replace(STEP_05, name="1-rendered-once", label="+ rendered once"),
    replace(STEP_05, name="2-no-thread-hop", label="+ no thread hop per message"),
    replace(STEP_05, name="3-one-loop-kept", label="+ one event loop kept"),
    replace(STEP_05, name="4-another-server", label="+ uvicorn, without deflate"),
    # From here the process itself is the member, with visitors and without.
    replace(
        STEP_05,
        name="5-one-member-a-process",
        label="+ one group member per process",
        members_allowed=1,
    ),
    replace(
        STEP_05,
        name="6-without-the-layer",
        label="+ Redis without the layer",
        group_key="status",
        members_allowed=1,
    ),
)
RUNGS = tuple(rung.name for rung in _HIGHER)


def rung_patch(name: str) -> Patch:
    """Return what the rung `name` changes in the one below."""
    return load_patch(LADDER / f"{name}.patch")


def ladder() -> list[Row]:
    """Return the ladder's rows from step 05 up; each has its own change and all those below."""
    return [STEP_05, *_rungs()]


def _rungs() -> Iterator[Row]:
    patches: tuple[Patch, ...] = ()
    for rung in _HIGHER:
        patches = (*patches, rung_patch(rung.name))
        yield replace(rung, name=f"rung-{rung.name}", patches=patches)


def all_rows() -> list[Row]:
    """Return every row, in the table's order."""
    return [LIMIT, ORIGINAL_LISTING, STEP_03, *ladder()]
