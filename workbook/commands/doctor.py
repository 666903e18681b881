"""`doctor`: whether everything is there, and which step the learner is at."""

from __future__ import annotations

import argparse
import getpass
import importlib.metadata
import locale
import os
import platform
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psutil

from workbook.bootstrap import environment
from workbook.bootstrap.package_sources import home_folder
from workbook.browser import find_chromium
from workbook.errors import WorkbookError
from workbook.git import find_git
from workbook.invocation import tool_command
from workbook.paths import ROOT, WORK
from workbook.projects.replacement import settle
from workbook.projects.step_detection import describe
from workbook.redis_server.address import masked
from workbook.redis_server.selection import (
    LOOPBACK_HOSTS,
    named_address,
    vacant_loopback_port,
)
from workbook.redis_server.server import find_server, too_old, version_of
from workbook.redis_server.usable import NO_REDIS, why_unusable
from workbook.runtime.ports import LOOPBACK, holder, is_free, listeners, why_taken
from workbook.runtime.process_tree import printed_by

REDIS_PORT = 6379
REAL_REDIS = "apt install redis-server, brew install redis"
NEWER_REDIS = "packages.redis.io (Debian, Ubuntu), brew install redis"
if os.name == "nt":
    REAL_REDIS = NEWER_REDIS = "install it in WSL, for it has no version for Windows"
# What a project is made of, and who fixes it asks for first.
PACKAGES = ("Django", "celery", "channels", "channels-redis", "daphne", "redis", "django-htmx")
# Such as that of the user of Windows, seen from WSL. A name may hold spaces, within a path.
SOMEBODYS_HOME = re.compile(
    r"(?i)([/\\](?:users|home)[/\\])(?:[^/\\\n():,“”]+(?=[/\\])|[^/\\\s():,“”]+)"
)
HTMX = "django_htmx/static/django_htmx/htmx-2.min.js"  # what the pages load


@dataclass(frozen=True)
class Finding:
    """One line of the table: ✓ fine, ✗ needed and missing, – not needed at once; and a way out."""

    mark: str
    subject: str
    text: str
    way_out: str = ""

    def __str__(self) -> str:
        line = f"{self.mark} {self.subject:<15}{self.text}"
        return f"{line}\n{'':17}→ {self.way_out}" if self.way_out else line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    parser.description = "Look at Python, the environment, Redis, the ports and work/."
    what = (
        "print it with all versions as a block to paste into an issue, without names or passwords"
    )
    parser.add_argument("--report", action="store_true", help=what)


def handle(options: argparse.Namespace) -> int:
    """Print the table, or the report; return 1 if something needed is missing, else 0."""
    found = []
    for finding in findings():
        found.append(finding)
        if not options.report:
            print(finding, flush=True)
    if options.report:
        print(report(found))
    return int(any(finding.mark == "✗" for finding in found))


def findings() -> Iterator[Finding]:
    """Look at one thing after the other."""
    yield from unfinished()
    yield python()
    yield installed()
    yield redis_server()
    yield embedded_redis()
    yield local_redis()
    yield from named_redis()
    yield web_port(8000, "run", "the project's pages")
    yield web_port(8001, "guide", "the guide")
    yield git()
    yield browser()
    yield learners_project()


def unfinished() -> Iterator[Finding]:
    """Finish what a killed call began in `work/`; tell where that can't be done."""
    try:
        settle()
    except WorkbookError as problem:
        what, _, way_out = str(problem).partition("\n")
        yield Finding("✗", "work/", what.removesuffix("."), way_out)


def python() -> Finding:
    """Tell the Python of the environment."""
    return Finding("✓", "Python", f"{sys.version.split()[0]} ({sys.executable})")


def installed() -> Finding:
    """Tell whether everything the lock names is installed."""
    if environment.is_complete():
        return Finding("✓", "environment", "complete, and what Pipfile.lock says")
    return Finding("✗", "environment", "incomplete or out of date", f"call: {tool_command()}")


def redis_server() -> Finding:
    """Tell which Redis or Valkey server is on the PATH."""
    server = find_server()
    if server:
        version = version_of(server) or "(version unknown)"
        return Finding("✓", "Redis", f"{server.name} {version} ({server})")
    if too_old():
        return Finding(
            "–", "Redis", too_old(), f"not needed to learn; for a newer one: {NEWER_REDIS}"
        )
    how = f"not needed to learn; for the real one: {REAL_REDIS}"
    return Finding("–", "Redis", "no redis-server or valkey-server on PATH", how)


def embedded_redis() -> Finding:
    """Tell whether the Redis in pure Python is installed."""
    if find_spec("fakeredis"):
        return Finding("✓", "embedded", "a Redis in pure Python is there, should there be no other")
    return Finding("✗", "embedded", "fakeredis is not installed", f"call: {tool_command()}")


def local_redis() -> Finding:
    """Tell what answers where a Redis usually does."""
    where = f"localhost:{REDIS_PORT}"
    if is_free(REDIS_PORT):
        hint = f"for commands typed by hand, start one: {tool_command()} redis"
        return Finding("–", where, "nothing answers", hint)
    problem = why_unusable(f"redis://{LOOPBACK}:{REDIS_PORT}")
    if problem is None:
        return Finding("✓", where, "a Redis answers")
    if problem in NO_REDIS:
        hint = f"end it, or use another port: {tool_command()} redis --port 6380"
        return Finding("–", where, f"{why_taken(REDIS_PORT)}, and no Redis answers", hint)
    what, _, way_out = problem.partition(". ")
    return Finding("–", where, f"a Redis answers, but {what}", way_out)


def named_redis(work: Path = WORK) -> Iterator[Finding]:
    """Tell whether the Redis that the environment or `work/.env` names can be used, if one does."""
    try:
        named = named_address("auto", work)
        if named is None:
            return
        at = f"{masked(named.url)} ({named.origin})"
        if port := vacant_loopback_port(named.url):
            hint = f"run starts one there; for commands typed by hand: {tool_command()} redis"
            yield Finding("–", "named Redis", f"nothing listens at {at}", f"{hint} --port {port}")
            return
        problem = why_unusable(named.url)
    except WorkbookError as error:
        what, _, way_out = str(error).partition(". ")
        yield Finding("✗", "named Redis", what, way_out or "correct it where it is written")
        return
    if problem is None:
        yield Finding("✓", "named Redis", at)
        return
    what, _, way_out = problem.partition(". ")
    yield Finding("✗", "named Redis", f"{at} cannot be used: {what}", way_out)


def web_port(port: int, verb: str, purpose: str) -> Finding:
    """Tell whether the usual port of a verb is free, or serves this workbook."""
    if is_free(port):
        return Finding("✓", f"port {port}", f"free, for {purpose}")
    if any(map(_is_of_this_workbook, listeners(port))):
        return Finding("✓", f"port {port}", f"serves {purpose}: {holder(port)}")
    hint = f"end it, or choose another: {tool_command()} {verb} --port {port + 10}"
    return Finding("–", f"port {port}", why_taken(port), hint)


def _is_of_this_workbook(process: psutil.Process) -> bool:
    try:
        return Path(process.cwd()).is_relative_to(ROOT)
    except (psutil.Error, OSError):
        return False


def git() -> Finding:
    """Tell whether git is there, for pulls and nicer diffs."""
    if git := find_git():
        return Finding("✓", "git", first_line([git, "--version"]).removeprefix("git version "))
    found = shutil.which("git")
    what = f"{found} does not run" if found else "not on PATH"
    hint = "git-scm.com" if sys.platform != "darwin" else "xcode-select --install"
    return Finding("–", "git", what, f"needed to pull a newer workbook: {hint}")


def browser() -> Finding:
    """Tell whether a Chromium is there, through which checks of 03 to 05 look."""
    if found := find_chromium():
        return Finding("✓", "Chromium", str(found))
    hint = "the checks of 03 to 05 look through one too, and leave out what they cannot see"
    return Finding("–", "Chromium", "not found", hint)


def learners_project(folder: Path = WORK) -> Finding:
    """Tell which step `work/` looks like."""
    if not folder.is_dir():
        return Finding("–", "work/", "not there", f"begin with: {tool_command()} start 01")
    return Finding("✓", "work/", describe(folder))


def first_line(command: list[str]) -> str:
    """Return the first line that a command prints; "" if it does not run."""
    return printed_by(command).partition("\n")[0].strip()


def report(found: Iterable[Finding]) -> str:
    """Return versions and findings as a block of Markdown; see `without_names`."""
    return without_names("\n".join(["```text", *versions(), "", *map(str, found), "```"]))


def versions() -> Iterator[str]:
    """Tell what the workbook runs on and what it is made of, a line each."""
    python, compiler = platform.python_version(), platform.python_compiler()
    yield f"system    {' '.join(_system())}"
    yield f"Python    {platform.python_implementation()} {python} ({compiler}) in {sys.base_prefix}"
    yield f"workbook  {commit()}"
    yield f"packages  {', '.join(f'{name} {_version(name)}' for name in PACKAGES)}"
    yield f"htmx      {_htmx_version()}"
    yield (
        f"encoding  output {sys.stdout.encoding}, locale {locale.setlocale(locale.LC_CTYPE)} "
        f"({locale.getencoding()}), file names {sys.getfilesystemencoding()}"
    )


def without_names(text: str) -> str:
    """Return `text` without what names a person or a machine.

    `WORKBOOK` stands for this folder, wherever it is, and `~` for the home folder. Of an address
    the port and the database stay, and the host where that is this machine.
    """

    def masked_host(found: re.Match[str]) -> str:
        host = found["host"] if found["host"].strip("[]") in LOOPBACK_HOSTS else "HOST"
        return f"{found['scheme']}{'***@' if found['user'] else ''}{host}"

    address = r"(?P<scheme>\brediss?://)(?P<user>[^/\s@]*@)?(?P<host>\[[^]\s]*\]|[^:/\s)]+)"
    text = re.sub(address, masked_host, text)
    text, home = _renamed(text, ROOT, "WORKBOOK"), home_folder()
    if home and home.name:
        text = _renamed(text, home, "~")
    names = {home.name if home else "", platform.node(), platform.node().partition(".")[0]}
    with suppress(OSError, KeyError, ImportError):  # a user without a name has none to hide
        names.add(getpass.getuser())
    for name in filter(None, names):
        text = re.sub(rf"(?i)(?<=[/\\]){re.escape(name)}(?![\w.-])", "…", text)
    return SOMEBODYS_HOME.sub(r"\1…", text)


def _renamed(text: str, folder: Path, name: str) -> str:
    """Return `text` with `name` for a folder, whichever way its path is written."""
    for path in sorted({str(folder), str(folder.resolve())}, key=len, reverse=True):
        text = re.sub(rf"(?i){re.escape(path)}(?![\w.-])", name, text)
    return text


def commit() -> str:
    """Return the commit that is checked out, with `-dirty` where files differ from it."""
    if not (ROOT / ".git").exists():
        return "no git repository"
    # Not `rev-parse`: that is silent about what was changed. No tag, for they may be anybody's.
    command = [find_git() or "git", "-C", str(ROOT), "describe", "--always", "--dirty"]
    return first_line([*command, "--abbrev=12", "--exclude=*"]) or "commit unknown"


def _system() -> Iterator[str]:
    with suppress(OSError):  # where it is no Linux
        yield platform.freedesktop_os_release().get("PRETTY_NAME", "Linux") + ","
    yield platform.platform()


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "is missing"


def _htmx_version() -> str:
    """Read the version from the file that the pages load."""
    try:
        file = importlib.metadata.distribution("django-htmx").locate_file(HTMX)
        text = Path(str(file)).read_text(encoding="utf-8")
    except (importlib.metadata.PackageNotFoundError, OSError):
        return "is missing"
    found = re.search(r"""version:\s*["']([\w.-]+)["']""", text)
    return f"{found[1] if found else 'version unknown'} ({HTMX})"
