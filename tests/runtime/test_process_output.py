"""What processes print reads the same whichever way its lines end: on Windows in `\\r\\n`."""

import ast
import io
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from checks.harness import settings_reader
from checks.harness.probe_client import Probe
from checks.harness.process_log import ProcessLog, learners_frames
from checks.step_01 import default_broker
from checks.step_01.test_configure_celery import LAPTOP_BROKER
from tests.support.text_files import write_files
from workbook.bootstrap import environment
from workbook.commands import doctor
from workbook.errors import WorkbookError
from workbook.paths import ROOT
from workbook.runtime.process_output import AS_TEXT, decoded
from workbook.runtime.process_tree import run_to_end
from workbook.runtime.supervisor import Runner
from workbook.runtime.timeline import Timeline

SECONDS = 20  # far more than a Python takes to start, on a busy machine too
CODE_FOLDERS = ("workbook", "docs_ext", "checks", "benchmarks", "tests")
# By a path of the repository: why it decodes for itself.
OWN_WAY = {
    "workbook/runtime/process_output.py": "it is the one place",
    "checks/harness/probe.py": "it runs in the learner's project, which knows no workbook",
    "checks/clients/websocket_client.py": "a frame's text, which no process printed",
    "checks/clients/http_client.py": "a page's text, in the encoding that the page names",
    "tests/support/terminals.py": "a screen as well",
    "tests/guide/replay/reader/terminal.py": "a screen, where `\\r` goes back to the line's start",
    "tests/runtime/test_process_output.py": "it looks for them",
}


def printing(output: bytes) -> list[str]:
    """Return the command of a process that prints these bytes, whatever the system."""
    return [sys.executable, "-c", f"import os; os.write(1, {output!r})"]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_every_end_of_a_line_is_the_same(end: bytes) -> None:
    output = "grüße".encode() + end + b"\xff" + end
    assert decoded(output) == "grüße\n\N{REPLACEMENT CHARACTER}\n"
    done = subprocess.run(printing(output), stdout=subprocess.PIPE, check=True, **AS_TEXT)
    assert done.stdout == decoded(output)


def test_a_process_that_is_run_to_its_end(tmp_path: Path) -> None:
    command = printing(b"one\r\n\r\ntwo \xff\r\n")
    said = run_to_end(command, tmp_path, os.environ, within_seconds=20)
    assert said == (0, "one\n\ntwo \N{REPLACEMENT CHARACTER}\n")


def test_a_process_that_leaves_another_behind_is_not_waited_for(tmp_path: Path) -> None:
    sleeps = [sys.executable, "-c", "import time; time.sleep(600)"]
    leaves = f"import subprocess; print(subprocess.Popen({sleeps!r}).pid)"
    began = time.monotonic()
    code, said = run_to_end([sys.executable, "-c", leaves], tmp_path, os.environ, SECONDS)
    psutil.Process(int(said)).kill()
    assert code == 0
    assert time.monotonic() - began < SECONDS


def test_a_process_that_takes_too_long_is_ended_with_what_it_said(tmp_path: Path) -> None:
    sleeps = "import time; print('begun', flush=True); time.sleep(600)"
    command = [sys.executable, "-c", sleeps]
    assert run_to_end(command, tmp_path, os.environ, within_seconds=1) == (None, "begun\n")


def test_a_broker_is_read_from_a_line_of_windows(tmp_path: Path, monkeypatch) -> None:
    write_files(tmp_path, {"copy/.env": ""})
    address = "redis://localhost:6379"
    found = json.dumps({"broker_url": address})
    printed = f"a warning\r\n\r\n{settings_reader.MARK}{found}\r\n".encode()
    monkeypatch.setattr(settings_reader, "CODE", f"import os; os.write(1, {printed!r})")
    project = SimpleNamespace(
        folder=tmp_path / "copy",
        redis=SimpleNamespace(url="redis://127.0.0.1:1"),
        launcher=SimpleNamespace(
            environment=lambda url: os.environ | {default_broker.VARIABLE: url}
        ),
    )
    broker = default_broker.broker_when_unset(project)
    assert broker == address
    assert LAPTOP_BROKER.fullmatch(broker)


def test_the_log_of_a_process(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    traceback = (
        "Traceback (most recent call last):",
        f'  File "{tmp_path / "views.py"}", line 3, in view',
        "ValueError: no",
    )
    log.write_bytes("\r\n".join(["Starting", "ERROR it fails", *traceback, ""]).encode())
    words = ProcessLog(log, tmp_path)
    assert "\r" not in words.text()
    assert words.since(0)[:2] == ["Starting", "ERROR it fails"]
    assert "ERROR it fails" in words.errors_since(0)
    assert words.tail() == '  File "views.py", line 3, in view\nValueError: no'
    assert words.tail() == learners_frames(words.text(), tmp_path)


def test_the_answers_of_the_probe(tmp_path: Path, monkeypatch) -> None:
    probe = tmp_path / "probe.py"
    probe.write_text(
        "import os, sys\nsys.stdin.readline()\n"
        """os.write(1, b'{"error": "said\\\\r"}\\r\\n')\nsys.stdin.readline()\n"""
    )
    monkeypatch.setattr("checks.harness.probe_client.PROBE", probe)
    opened = Probe(tmp_path, dict(os.environ), tmp_path / "probe.log")
    try:
        opened._process.stdin.write(b"{}\n")
        opened._process.stdin.flush()
        assert opened._answers.get(timeout=20) == '{"error": "said\\r"}\n'
    finally:
        opened.close()


def test_the_logs_of_a_run(tmp_path: Path) -> None:
    (tmp_path / "prints.py").write_text(
        "import os\nos.write(1, b'one\\r\\n50 %\\r100 %\\r\\n')\n", encoding="utf-8"
    )
    shown = io.StringIO()
    runner = Runner(shown, ["web"], Timeline())
    command = f'"{sys.executable}" prints.py'
    runner.start({"web": command}, tmp_path, dict(os.environ))
    with pytest.raises(WorkbookError) as ended:
        while True:
            runner.follow(0.1)
    assert "\r" not in shown.getvalue() + str(ended.value)
    assert str(ended.value).endswith("  one\n  50 %\n  100 %")
    assert len(re.findall(r"web\b.*\| ?(?:one|50 %|100 %)", shown.getvalue())) == 3


def test_what_programs_say_of_themselves(monkeypatch) -> None:
    assert doctor.first_line(printing(b"git version 2.50.1\r\nmore\r\n")) == "git version 2.50.1"
    answer = SimpleNamespace(stdout=b"3.13\r\n")
    monkeypatch.setattr(environment.subprocess, "run", lambda *_, **__: answer)
    assert environment.version_of(Path("python.exe")) == "3.13"


# Nobody decodes for themselves

ASKS_FOR_TEXT = {"text", "universal_newlines", "encoding", "errors"}


def decodings(tree: ast.AST) -> Iterator[int]:
    """Yield the lines where a process's output is made text in a way of its own."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        of_subprocess = getattr(node.func.value, "id", "") == "subprocess"
        asks = ASKS_FOR_TEXT & {keyword.arg for keyword in node.keywords}
        tolerant = node.func.attr == "decode" and any(
            isinstance(argument, ast.Constant) and argument.value == "replace"
            for argument in (*node.args, *(keyword.value for keyword in node.keywords))
        )
        of_output = node.func.attr == "decode" and any(
            "stdout" in part or "os.read" in part for part in [ast.unparse(node.func.value)]
        )
        if (of_subprocess and asks) or tolerant or of_output:
            yield node.lineno


@pytest.mark.parametrize(
    "source",
    [
        "subprocess.run(words, capture_output=True, text=True)",
        "subprocess.Popen(words, stdout=PIPE, encoding='utf-8')",
        "subprocess.check_output(words, universal_newlines=True)",
        "line.decode('utf-8', 'replace')",
        "process.stdout.readline().decode()",
        "os.read(terminal, 4096).decode()",
    ],
)
def test_a_way_of_its_own_is_found(source: str) -> None:
    assert list(decodings(ast.parse(source))) == [1]


def test_what_processes_print_is_decoded_in_one_place() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): lines
        for folder in CODE_FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        if (lines := list(decodings(ast.parse(path.read_text(encoding="utf-8")))))
    }
    assert found.keys() - OWN_WAY.keys() == set(), found
