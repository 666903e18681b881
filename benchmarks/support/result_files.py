"""Results on disk: benchmarks/results/NAME.json."""

import json
import typing
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from types import NoneType
from typing import Any, TypeVar

from workbook.errors import WorkbookError
from workbook.paths import ROOT

RESULTS = ROOT / "benchmarks" / "results"
Result = TypeVar("Result")


def store(name: str, result: Any) -> Path:
    """Write `result`, a dataclass, as benchmarks/results/`name`.json; return the file."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    text = json.dumps(asdict(result), indent=1, ensure_ascii=False)
    path.write_text(f"{text}\n", encoding="utf-8")
    return path


def recorded(name: str, kind: type[Result], command: str = "") -> Result:
    """Return the recorded result `name`, of the dataclass `kind`.

    `command` records it, where that is not the benchmark `name`. Raises WorkbookError where there
    is none, or one of another form.
    """
    path = RESULTS / f"{name}.json"
    again = f"Record it: {command or f'python3 workbook bench {name} --record'}"
    if not path.is_file():
        raise WorkbookError(f"There is no benchmarks/results/{name}.json. {again}")
    try:
        return _built(kind, json.loads(path.read_text(encoding="utf-8")))
    except (KeyError, TypeError, ValueError) as error:
        raise WorkbookError(
            f"{path.name} is not what the benchmark writes today ({error!r}). {again}"
        ) from error


def _built(kind: Any, found: Any) -> Any:
    """Return what `found` says as a `kind`: a dataclass, a list of them, or plain."""
    inner = [one for one in typing.get_args(kind) if one is not NoneType]
    if found is None:
        return None
    if isinstance(found, list):
        return [_built(inner[0], one) for one in found]
    dataclass_kind = next((one for one in (kind, *inner) if is_dataclass(one)), None)
    if dataclass_kind is None:
        return found
    hints = typing.get_type_hints(dataclass_kind)
    return dataclass_kind(
        **{f.name: _built(hints[f.name], found[f.name]) for f in fields(dataclass_kind)}
    )
