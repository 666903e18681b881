"""How each shell is started in a folder, so that the environment is active when it is ready.

Its own start-up file is read first and may do what it likes: set PATH, change the folder. What
activates the environment comes after it. No file of the person's is changed. A shell that is not
known here gets the folder and the variables alone.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from workbook.shells.detection import name_of

PROMPT = "(workbook) "
LEAVE = "The environment is this shell's own. Leave the shell with: exit"


@dataclass(frozen=True)
class Place:
    """Where the shell is to be: a project's folder, and a virtual environment with its commands."""

    folder: Path
    environment: Path
    scripts: Path


@dataclass(frozen=True)
class Launch:
    """A command line and its variables. On Windows the line may be one text, quoted for cmd."""

    command: list[str] | str
    environ: dict[str, str]


def launch(
    shell: str, place: Place, files: Path, environ: Mapping[str, str], is_interactive: bool
) -> Launch:
    """Return how to start the program `shell` in `place`, with the variables `environ`.

    What the shell is to read is written below the folder `files`. Raises OSError where that can't
    be written.
    """
    name = name_of(shell)
    start = _STARTS.get(name, _start_unknown)
    return start(Call(shell, name, place, files, dict(environ), is_interactive))


@dataclass(frozen=True)
class Call:
    """What a shell is started with."""

    shell: str
    name: str
    place: Place
    files: Path
    environ: dict[str, str]
    is_interactive: bool

    def write(self, name: str, text: str) -> str:
        """Write a file for the shell to read; return its path."""
        path = self.files / name
        path.parent.mkdir(parents=True, exist_ok=True)
        content = text.encode("utf-8", "surrogateescape")
        # Another shell may be reading it.
        if not path.is_file() or path.read_bytes() != content:
            new = path.with_name(f"{path.name}.{os.getpid()}")
            new.write_bytes(content)
            new.replace(path)
        return str(path)

    def reading(self, variable: str, file: str, users: str) -> dict[str, str]:
        """Return the variables with `file` named in `variable`, beside what the person has there.

        Most shells expand what they find there, mksh does not.
        """
        named = file if self.name == "mksh" else "$WORKBOOK_FILE"
        ours = {variable: named, "WORKBOOK_FILE": file, f"WORKBOOK_{variable}": users}
        return self.environ | ours


def posix_entry(place: Place, cd: str) -> str:
    """Return the lines that go to the folder and activate the environment in sh and its kind.

    The environment's own `activate` is not used: up to Python 3.12 it quotes no path.
    """
    quote, scripts = shlex.quote, shlex.quote(f"{place.scripts}:")
    return (
        f"{cd} {quote(str(place.folder))}\n"
        f"export VIRTUAL_ENV={quote(str(place.environment))}\nunset PYTHONHOME\n"
        # It comes first already, unless the start-up file has moved it: once is enough.
        f"export PATH={scripts}${{PATH#{scripts}}}\n"
        # What another environment's `activate` calls first, too.
        f'deactivate() {{ [ "${{1-}}" = nondestructive ] || echo {quote(LEAVE)}; }}\n'
    )


def prompt_entry(place: Place) -> str:
    """Return the lines for the mark before the prompt, and a function that puts it back there."""
    return (
        "_workbook_prompt() {\n"
        f'  [ "${{VIRTUAL_ENV-}}" = {shlex.quote(str(place.environment))} ] || return 0\n'
        f'  case ${{PS1-}} in *"{PROMPT.strip()}"*) ;; *) PS1="{PROMPT}${{PS1-}}" ;; esac\n'
        "}\n_workbook_prompt\n"
    )


def _start_bash(call: Call) -> Launch:
    entry = posix_entry(call.place, "builtin cd --")
    if not call.is_interactive:
        # It reads the file that BASH_ENV names, if any.
        if not (users := call.environ.get("BASH_ENV")):
            return _start_unknown(call)
        text = (
            "export BASH_ENV=$WORKBOOK_BASH_ENV; unset WORKBOOK_BASH_ENV WORKBOOK_FILE\n"
            'eval "_workbook_file=\\"$BASH_ENV\\""\n'
            '[ ! -r "$_workbook_file" ] || . "$_workbook_file"\nunset _workbook_file\n'
        )
        file = call.write("bash_env", text + entry)
        return Launch([call.shell], call.reading("BASH_ENV", file, users))
    text = (
        f"[ ! -r ~/.bashrc ] || . ~/.bashrc\n{entry}{prompt_entry(call.place)}"
        # On a separate line: what is there may end in a semicolon.
        'PROMPT_COMMAND="${PROMPT_COMMAND:+$PROMPT_COMMAND\n}_workbook_prompt"\n'
    )
    return Launch([call.shell, "--rcfile", call.write("bashrc", text)], call.environ)


def _start_zsh(call: Call) -> Launch:
    """Let zsh read our files, which read the person's, as if they had been read in their place."""
    entry = posix_entry(call.place, "builtin cd -q")
    as_it_was = (
        "if [[ -n ${0} ]]; then export ZDOTDIR=${0}; else unset ZDOTDIR; fi\nunset {0}\n".format
    )
    users, folder = "${ZDOTDIR:-$HOME}", call.files / "zsh"
    zshenv = (
        # zsh spoils the bytes of an odd path in ZDOTDIR as it reads this file.
        f"_workbook_files={shlex.quote(str(folder))}\n"
        + as_it_was("WORKBOOK_ZDOTDIR")
        + f'[[ ! -r {users}/.zshenv ]] || . "{users}/.zshenv"\n'
        + "if [[ -o interactive ]]; then\n"
        + "  _workbook_zdotdir=${ZDOTDIR-}\n  export ZDOTDIR=$_workbook_files\nelse\n"
        + f"{entry}fi\n"
    )
    zshrc = (
        as_it_was("_workbook_zdotdir")
        # The system's own file has named it by the ZDOTDIR that was ours.
        + f"[[ ${{HISTFILE-}} != $_workbook_files/* ]] || HISTFILE={users}/.zsh_history\n"
        + f'unset _workbook_files\n[[ ! -r {users}/.zshrc ]] || . "{users}/.zshrc"\n'
        + f"{entry}{prompt_entry(call.place)}precmd_functions+=(_workbook_prompt)\n"
    )
    call.write("zsh/.zshrc", zshrc)
    call.write("zsh/.zshenv", zshenv)
    environ = call.environ | {"WORKBOOK_ZDOTDIR": call.environ.get("ZDOTDIR", "")}
    return Launch([call.shell], environ | {"ZDOTDIR": str(folder)})


def _start_sh(call: Call) -> Launch:
    """Let a POSIX shell read the file that ENV names, which reads the person's."""
    if not call.is_interactive:
        return _start_unknown(call)
    usual = {"ksh": "$HOME/.kshrc", "ksh93": "$HOME/.kshrc", "mksh": "$HOME/.mkshrc"}
    text = (
        'if [ -n "${WORKBOOK_ENV-}" ]; then export ENV="$WORKBOOK_ENV"; else unset ENV; fi\n'
        "unset WORKBOOK_ENV WORKBOOK_FILE\n"
        f'eval "_workbook_file=\\"${{ENV-{usual.get(call.name, "")}}}\\""\n'
        '[ ! -r "$_workbook_file" ] || . "$_workbook_file"\nunset _workbook_file\n'
    )
    file = call.write(
        "shrc", text + posix_entry(call.place, "command cd --") + prompt_entry(call.place)
    )
    return Launch([call.shell], call.reading("ENV", file, call.environ.get("ENV", "")))


def _start_fish(call: Call) -> Launch:
    place, quote = call.place, _fish_quoted
    scripts = quote(str(place.scripts))
    lines = [
        f"builtin cd {quote(str(place.folder))}",
        f"set -gx VIRTUAL_ENV {quote(str(place.environment))}",
        "set -e PYTHONHOME",
        f"if set -l place (contains --index -- {scripts} $PATH); set -e PATH[$place]; end",
        f"set -gx PATH {scripts} $PATH",
        f'function deactivate; test "$argv[1]" = nondestructive; or echo {quote(LEAVE)}; end',
    ]
    if call.is_interactive:
        # As the environment's own activate.fish does it: the prompt may show the last exit code.
        lines += [
            "functions --copy fish_prompt _workbook_prompt",
            f"function fish_prompt; set -l code $status; echo -n {quote(PROMPT)};"
            ' echo "exit $code" | source; _workbook_prompt; end',
        ]
    return Launch([call.shell, "--init-command", "\n".join(lines)], call.environ)


def _fish_quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _start_powershell(call: Call) -> Launch:
    """Let PowerShell carry out lines after its profile: a script could be forbidden to it."""
    if not call.is_interactive:
        return Launch([call.shell, "-NoLogo", "-Command", "-"], call.environ)
    place, quote = call.place, _powershell_quoted
    lines = [
        f"$env:VIRTUAL_ENV = {quote(str(place.environment))}",
        f"$env:PATH = {quote(str(place.scripts) + os.pathsep)} + $env:PATH",
        f"Set-Location -LiteralPath {quote(str(place.folder))}",
        "Copy-Item function:prompt function:_workbook_prompt",
        f"function global:prompt {{ {quote(PROMPT)} + (_workbook_prompt) }}",
    ]
    return Launch([call.shell, "-NoLogo", "-NoExit", "-Command", "; ".join(lines)], call.environ)


def _powershell_quoted(text: str) -> str:
    quoted = text.replace("'", "''")
    return f"'{quoted}'"


def _start_cmd(call: Call) -> Launch:
    """Let cmd carry out commands after those that the registry names (AutoRun)."""
    place, quiet = call.place, "" if call.is_interactive else "/Q "
    lines = [
        f'set "VIRTUAL_ENV={place.environment}"',
        f'set "PATH={place.scripts};%PATH%"',
        f'cd /d "{place.folder}"',
        f'set "PROMPT={PROMPT}{call.environ.get("PROMPT", "$P$G")}"',
    ]
    # With /S, cmd takes away the outermost quotes and leaves all others as they are.
    return Launch(f'"{call.shell}" /S {quiet}/K "{" & ".join(lines)}"', call.environ)


def _start_unknown(call: Call) -> Launch:
    return Launch([call.shell], call.environ)


_STARTS: dict[str, Callable[[Call], Launch]] = {
    "bash": _start_bash,
    "zsh": _start_zsh,
    "fish": _start_fish,
    **dict.fromkeys(["sh", "dash", "ash", "ksh", "ksh93", "mksh"], _start_sh),
    **dict.fromkeys(["pwsh", "powershell"], _start_powershell),
    "cmd": _start_cmd,
}
