"""The command lines of shells that this system may lack, and which parent is a person's shell."""

import os
from pathlib import Path, PureWindowsPath

import pytest

from workbook.shells.detection import is_interactive, name_of
from workbook.shells.startup import Launch, Place, launch

WINDOWS = Place(
    PureWindowsPath(r"C:\it's & mine\work"),
    PureWindowsPath(r"C:\it's & mine\.venv"),
    PureWindowsPath(r"C:\it's & mine\.venv\Scripts"),
)


def windows_launch(shell: str, tmp_path: Path, is_interactive: bool = True) -> Launch:
    return launch(shell, WINDOWS, tmp_path, {"PATH": "x"}, is_interactive)


def test_cmd_activates_after_what_the_registry_names(tmp_path: Path) -> None:
    started = windows_launch(r"C:\Windows\System32\cmd.exe", tmp_path)
    assert started.command == (
        r'"C:\Windows\System32\cmd.exe" /S /K "set "VIRTUAL_ENV=C:\it\'s & mine\.venv"'
        r' & set "PATH=C:\it\'s & mine\.venv\Scripts;%PATH%" & cd /d "C:\it\'s & mine\work"'
        r' & set "PROMPT=(workbook) $P$G""'
    ).replace("\\'", "'")


def test_powershell_needs_no_script_that_could_be_forbidden(tmp_path: Path) -> None:
    started = windows_launch("pwsh.exe", tmp_path)
    assert started.command[:4] == ["pwsh.exe", "-NoLogo", "-NoExit", "-Command"]
    lines = started.command[4]
    assert r"Set-Location -LiteralPath 'C:\it''s & mine\work'" in lines
    assert rf"$env:PATH = 'C:\it''s & mine\.venv\Scripts{os.pathsep}' + $env:PATH" in lines
    assert ".ps1" not in lines
    assert windows_launch("pwsh.exe", tmp_path, False).command[-2:] == ["-Command", "-"]


def test_unknown_shell_gets_the_variables_alone(tmp_path: Path) -> None:
    assert windows_launch("nu", tmp_path) == Launch(["nu"], {"PATH": "x"})


@pytest.mark.parametrize(
    ("line", "is_so"),
    [
        ("-bash", True),
        ("/usr/bin/zsh -il", True),
        ("bash --init-file /code/shellIntegration.sh", True),
        ("fish --init-command source", True),
        ("pwsh -NoExit -Command x", True),
        ("cmd.exe /K activate.bat", True),
        ("bash", True),
        ("sh -c make", False),
        ("bash -lc make", False),
        ("bash build.sh", False),
        ("bash /home/build.sh", False),
        ("sh -e build.sh", False),
        ("cmd.exe /c build.bat", False),
        ("powershell -File build.ps1", False),
    ],
)
def test_shell_with_a_person_before_it(line: str, is_so: bool) -> None:
    assert is_interactive(line.split()) is is_so


@pytest.mark.parametrize(
    ("shell", "name"),
    [("-zsh", "zsh"), ("/opt/my shells/fish", "fish"), (r"C:\Windows\cmd.EXE", "cmd")],
)
def test_name(shell: str, name: str) -> None:
    assert name_of(shell) == name
