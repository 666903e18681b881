"""Where the workbook keeps its things. Plain standard library: the bootstrap imports it."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STEPS = ROOT / "steps"
CHECKS = ROOT / "checks"
WORK = ROOT / "work"
ENVIRONMENT = ROOT / ".venv"
STATE = ROOT / ".workbook"  # what calls tell later ones; ignored by git
