"""`python -m tests.faults.record [FILE …]`: run the fault tests, and keep their figures.

The long ones run too. With FILEs, only those tests run: the other figures stay as they were
recorded. Nothing is kept of a run that fails.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from docs_ext.assets.captured_output import OUTPUTS
from tests.faults.thresholds import BOUNDS, RECORD_TO, highest, table
from workbook.paths import ROOT

FIGURES, TABLE = OUTPUTS / "faults.json", OUTPUTS / "faults.txt"


def recorded() -> dict[str, float]:
    """Return the figures of the last record, none where there is none."""
    return json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.is_file() else {}


def measured(files: list[str]) -> dict[str, float] | None:
    """Run the fault tests, or those of `files`; return their figures, None if a test fails."""
    with tempfile.TemporaryDirectory(prefix="workbook-figures-") as folder:
        lines = Path(folder, "figures")
        lines.touch()
        asked = files or [str(Path(__file__).parent)]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "--all", *asked],
            cwd=ROOT,
            env=os.environ | {RECORD_TO: str(lines)},
            check=False,
        )
        return highest(lines.read_text(encoding="utf-8")) if done.returncode == 0 else None


def keep(figures: dict[str, float]) -> None:
    """Write the figures, and the table made of them."""
    in_order = {name: round(figures[name], 3) for name in BOUNDS}
    FIGURES.write_text(json.dumps(in_order, indent=1) + "\n", encoding="utf-8")
    TABLE.write_text(table(in_order), encoding="utf-8")


def main(files: list[str]) -> int:
    """Record; return 1, and say why, where there is nothing whole to keep."""
    new = measured(files)
    if new is None:
        print("A test failed: docs/output/faults.json stays as it was.")
        return 1
    figures = recorded() | new
    if missing := [name for name in BOUNDS if name not in figures]:
        print(f"Nothing is kept: these figures are missing: {', '.join(missing)}.")
        return 1
    keep(figures)
    print(TABLE.read_text(encoding="utf-8"), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
