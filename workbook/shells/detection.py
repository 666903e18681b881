"""Which shell a person types in: found among the parents of this process, or in SHELL."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

KNOWN = {
    *("bash", "zsh", "fish", "sh", "dash", "ash", "ksh", "ksh93", "mksh", "csh", "tcsh"),
    *("nu", "elvish", "xonsh", "pwsh", "powershell", "cmd"),
}
# Options that another argument belongs to. An argument that belongs to none is a script.
_WITH_VALUE = {"--rcfile", "--init-file", "-C", "--init-command", "-o", "-O"}
_WITH_COMMAND = {"-c", "/c", "-command", "-file"}


def name_of(shell: str) -> str:
    """Return the plain name of a shell: `bash` for `/bin/bash`, `-bash` and `bash.exe`."""
    name = shell.replace("\\", "/").rpartition("/")[2].removeprefix("-").lower()
    return name.removesuffix(".exe")


def own_shell(environ: Mapping[str, str]) -> str:
    """Return the program of the shell to start: the one that this was typed in, as far as known.

    SHELL names the one of a login, which a person may have left for another.
    """
    variable = "COMSPEC" if os.name == "nt" else "SHELL"
    named = environ.get(variable, "")
    if found := _typed_in(psutil.Process(), variable, named):
        return found
    usual = ["cmd.exe"] if os.name == "nt" else ["bash", "sh"]
    for candidate in [named, *usual]:
        # A service's account has /usr/sbin/nologin there.
        if name_of(candidate) in KNOWN and (program := shutil.which(candidate)):
            return program
    return "cmd.exe" if os.name == "nt" else "/bin/sh"


def _typed_in(process: psutil.Process, variable: str, named: str) -> str | None:
    """Return the program of the nearest parent that is a shell with a person before it.

    None where that person has set `variable` to another value, `named`, for this call.
    """
    try:
        for parent in process.parents():
            if name_of(parent.name()) in KNOWN and _shares_terminal(process, parent):
                words = parent.cmdline()
                if is_interactive(words):
                    if parent.environ().get(variable, named) != named:
                        return None
                    program = parent.exe() or words[0]
                    # One program can be several shells, told apart by the name they are called.
                    called = shutil.which(words[0].removeprefix("-"))
                    same = called and Path(called).resolve() == Path(program).resolve()
                    return called if same else program
    except (psutil.Error, OSError):
        pass
    return None


def _shares_terminal(process: psutil.Process, parent: psutil.Process) -> bool:
    if sys.platform == "win32":
        return True
    terminal = parent.terminal()
    return terminal is not None and terminal == process.terminal()


def is_interactive(words: Sequence[str]) -> bool:
    """Tell whether a shell of this command line takes commands from a person."""
    rest = list(words[1:])
    while rest:
        word = rest.pop(0)
        if word in _WITH_VALUE:
            rest = rest[1:]
        elif word.lower() in {"/k", "-noexit"}:
            return True  # what follows is carried out first
        elif word.lower() in _WITH_COMMAND or not word.startswith(("-", "/", "+")):
            return False
        elif not word.startswith(("--", "/")) and "c" in word and len(word) <= 4:
            return False  # `-lc command`
        elif word.startswith("/") and len(word) > 2:
            return False  # a script's path
    return True
