"""Results on disk: benchmarks/results/NAME.json."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from workbook.errors import WorkbookError
from workbook.places import ROOT

RESULTS = ROOT / "benchmarks" / "results"


def store(name: str, result: Any) -> Path:
    """Write `result`, a dataclass, as benchmarks/results/`name`.json; return the file."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    text = json.dumps(asdict(result), indent=1, ensure_ascii=False)
    path.write_text(f"{text}\n", encoding="utf-8")
    return path


def recorded(name: str) -> dict[str, Any]:
    """Return the recorded result `name`. Raises WorkbookError where there is none."""
    path = RESULTS / f"{name}.json"
    if not path.is_file():
        raise WorkbookError(
            f"There is no benchmarks/results/{name}.json. "
            f"Record one: python3 workbook bench {name} --record"
        )
    return json.loads(path.read_text(encoding="utf-8"))
