"""The probe's other end: asks the learner's project from a process of its own."""

import json
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from checks.harness.process_log import ProcessLog
from checks.harness.server_process import cap
from checks.pace import patience
from workbook.runtime.process_output import decoded
from workbook.runtime.signals import APART

PROBE = Path(__file__).with_name("probe.py")


class ProbeError(Exception):
    """The project raised, or did not answer: its own traceback, or a sentence."""


class Probe:
    """A process that has the learner's project loaded and answers questions about it."""

    def __init__(self, folder: Path, environment: dict[str, str], log: Path) -> None:
        self._answers: queue.Queue[str] = queue.Queue()
        self._asking = threading.Lock()  # one question at a time, whichever thread asks
        self.log = ProcessLog(log, folder)
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-u", str(PROBE)],
                cwd=folder,
                env=environment | {"PYTHONDONTWRITEBYTECODE": "1"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                **APART,
            )
        assert self._process.stdin and self._process.stdout, "both are pipes"
        self._input, self._output = self._process.stdin, self._process.stdout
        cap(self._process, self.log, self._process.kill)
        threading.Thread(target=self._read, daemon=True).start()

    def ask(self, question: str, within_seconds: float = 10, **arguments: Any) -> dict[str, Any]:
        """Ask one of the probe's questions and return its answer.

        Raises ProbeError with the project's traceback where it raises, or a sentence where it
        ends or does not answer within `within_seconds`, see `patience`.
        """
        line = json.dumps({"question": question, **arguments}) + "\n"
        with self._asking:
            return self._ask(line, within_seconds)

    def _ask(self, line: str, within_seconds: float) -> dict[str, Any]:
        try:
            self._input.write(line.encode())
            self._input.flush()
            answer = self._answers.get(timeout=patience(within_seconds))
        except OSError as error:
            raise ProbeError(self._end()) from error
        except queue.Empty as error:
            raise ProbeError(
                f"It did not come to an end within {patience(within_seconds):g} s."
            ) from error
        if not answer:
            raise ProbeError(self._end())
        told = json.loads(answer)
        if "error" in told:
            raise ProbeError(told["error"])
        facts: dict[str, Any] = told["answer"]
        return facts

    def close(self) -> None:
        """End the process: it holds nothing of value."""
        self._process.kill()
        self._process.wait()
        self._input.close()
        self._output.close()

    def _end(self) -> str:
        return f"The process ended by itself. Its last lines:\n{self.log.tail()}"

    def _read(self) -> None:
        for line in self._output:
            self._answers.put(decoded(line))
        self._answers.put("")
