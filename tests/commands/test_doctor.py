"""`doctor`: is everything there, and where does the learner stand?"""

import os
import re
import subprocess
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.support.commands import make_broken_git, make_program
from tests.support.web_servers import QuietHandler, serving
from tests.support.workbook_copy import SmallWorkbook, make_small_workbook
from workbook.browser import CHOSEN
from workbook.commands import doctor
from workbook.projects.step_detection import describe
from workbook.redis_server.selection import VARIABLE
from workbook.redis_server.server import private_redis
from workbook.redis_server.usable import REFUSALS
from workbook.runtime import ports
from workbook.runtime.ports import free_port


def test_each_line_has_a_mark_and_each_lack_a_way_out(small: SmallWorkbook):
    answer = small.call("doctor", PATH="")
    lines = answer.stdout.splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        assert line.startswith(("✓ ", "✗ ", "– ", "  ")), line
        if line.startswith(("✗", "–")):
            assert "→" in following, line
    assert "– Redis          no redis-server" in answer.stdout
    assert "– git" in answer.stdout
    # The small workbook has no environment of its own: something needed is missing.
    assert "✗ environment" in answer.stdout
    assert answer.returncode == 1


def test_it_says_which_redis_is_too_old_and_where_newer_ones_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    make_program(tmp_path / "redis-server", "echo Redis server v=6.0.16 bits=64")
    monkeypatch.setenv("PATH", str(tmp_path))
    found = doctor.redis_server()
    assert (found.mark, found.text) == (
        "–",
        "redis-server 6.0.16 on the PATH is too old: Celery needs 6.2",
    )
    assert "packages.redis.io" in found.way_out


@pytest.mark.skipif(os.name != "posix", reason="a program that is a script, on POSIX")
def test_a_git_that_does_not_run_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """As on a Mac before its developer tools are installed."""
    make_broken_git(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    finding = doctor.git()
    assert finding.mark == "–"
    assert finding.text == f"{tmp_path / 'git'} does not run"


def test_it_tells_a_redis_from_another_server_and_from_nothing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(doctor, "REDIS_PORT", free_port())
    assert doctor.local_redis().text == "nothing answers"
    with private_redis("embedded") as server:
        monkeypatch.setattr(doctor, "REDIS_PORT", server.port)
        assert doctor.local_redis().text == "a Redis answers"
    with serving(QuietHandler) as server:
        monkeypatch.setattr(doctor, "REDIS_PORT", server.server_port)
        assert "and no Redis answers" in doctor.local_redis().text


def test_a_port_is_no_trouble_where_this_workbook_serves_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with serving(QuietHandler) as server:
        ours = doctor.web_port(server.server_port, "guide", "the guide")
        assert (ours.mark, ours.way_out) == ("✓", "")
        monkeypatch.setattr(doctor, "ROOT", tmp_path)  # as if the server were another folder's
        taken = doctor.web_port(server.server_port, "guide", "the guide")
        assert taken.mark == "–"
        assert "--port" in taken.way_out


def test_it_goes_on_where_the_system_keeps_a_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "_refusal", lambda _port: PermissionError(13, "no"))
    monkeypatch.setattr(doctor, "REDIS_PORT", free_port())
    assert doctor.local_redis().text == "kept by the system, and no Redis answers"
    assert doctor.web_port(free_port(), "run", "the pages").text == "kept by the system"


@pytest.mark.parametrize(
    ("started", "said"),
    [("01", "the beginning of step 01"), ("02", "step 01, finished"), ("03", "step 02, finished")],
)
def test_it_tells_which_step_work_looks_like(small: SmallWorkbook, started: str, said: str):
    small.call("start", started)
    assert said in describe(small.work)


def test_it_says_so_when_the_marks_contradict_each_other(small: SmallWorkbook):
    small.call("start", "02")
    small.write({"status/tasks.py": "def send_status_periodically(): ...\n"})
    assert "lacks those of 02, 03, 04" in describe(small.work)


def test_marks_in_a_virtual_environment_of_any_name_are_none_of_the_projects(
    small: SmallWorkbook,
) -> None:
    small.call("start", "02")
    package = {"env/lib/package.py": "def send_status_periodically(): ...\n"}
    small.write({"env/pyvenv.cfg": ""} | package)
    assert "step 01, finished" in describe(small.work)


def test_no_work_is_told_with_the_way_to_begin(tmp_path: Path):
    finding = doctor.learners_project(tmp_path / "work")
    assert finding.mark == "–"
    assert "start 01" in finding.way_out


def test_it_tells_a_redis_that_refuses_to_be_written_to(monkeypatch: pytest.MonkeyPatch):
    with private_redis("embedded") as server:
        monkeypatch.setattr(doctor, "REDIS_PORT", server.port)
        monkeypatch.setattr(doctor, "why_unusable", lambda _url: REFUSALS["READONLY"])
        found = doctor.local_redis()
    assert found.mark == "–"
    assert found.text == "a Redis answers, but it is a replica, which takes no writes"
    assert found.way_out == "Name its primary"


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder like work/, and an environment that names no Redis."""
    monkeypatch.delenv(VARIABLE, raising=False)
    return tmp_path


def test_it_says_nothing_of_a_redis_that_nobody_names(work: Path):
    assert list(doctor.named_redis(work)) == []


def test_it_asks_the_redis_that_the_env_file_names_to_write(work: Path):
    with private_redis("embedded") as server:
        (work / ".env").write_text(f"{VARIABLE}={server.url}\n")
        (found,) = doctor.named_redis(work)
    assert found.mark == "✓"
    assert server.url in found.text
    (found,) = doctor.named_redis(work)  # it was ended meanwhile
    assert (found.mark, found.text[:18]) == ("–", "nothing listens at")
    assert f"--port {server.port}" in found.way_out


def test_it_shows_no_part_of_a_password_in_an_address_that_cannot_be_read(work: Path):
    (work / ".env").write_text(f"{VARIABLE}=redis://:Secret1#x@127.0.0.1:7390\n")
    (found,) = doctor.named_redis(work)
    assert found.mark == "✗"
    assert "percent-encoded" in str(found)
    assert "Secret1" not in str(found)


def test_it_says_why_a_named_redis_cannot_be_used(work: Path):
    with serving(QuietHandler) as server:
        url = f"redis://:Secret1@127.0.0.1:{server.server_port}"
        (work / ".env").write_text(f"{VARIABLE}={url}\n")
        (found,) = doctor.named_redis(work)
    assert found.mark == "✗"
    assert "cannot be used: nothing answers there as a Redis does" in found.text
    assert "Secret1" not in str(found)


# The report for an issue


def subjects(lines: Iterable[str]) -> list[str]:
    """Return what the lines with a mark are about."""
    return [line[2:17] for line in lines if line.startswith(("✓", "✗", "–"))]


def test_the_report_is_a_block_with_versions_and_the_same_lines(small: SmallWorkbook) -> None:
    plain, answer = small.call("doctor", PATH=""), small.call("doctor", "--report", PATH="")
    lines = answer.stdout.splitlines()
    assert (lines[0], lines[-1]) == ("```text", "```")
    beginnings = ["system", "Python", "workbook", "packages", "htmx", "encoding"]
    assert [line.split()[0] for line in lines[1:7]] == beginnings
    assert f"Django {version('Django')}, celery {version('celery')}" in lines[4]
    assert lines[5].split()[1].startswith("2.")
    assert subjects(lines[8:-1]) == subjects(plain.stdout.splitlines())
    assert answer.returncode == plain.returncode == 1


def test_the_report_names_neither_the_person_nor_a_machine(tmp_path: Path) -> None:
    home, shared = tmp_path / "home" / "alice.b", tmp_path / "srv" / "alice"
    for folder in (home, shared):
        folder.mkdir(parents=True)
    small = make_small_workbook(home / "books")
    address = "redis://alice:Secret1@redis.firm.invalid:6390/0"
    small.write({".env": f"{VARIABLE}={address}\n", "manage.py": ""})
    browser = shared / "chromium"
    environment = {"HOME": str(home), "LOGNAME": "alice", CHOSEN: str(browser), VARIABLE: ""}
    answer = small.call("doctor", "--report", **environment)
    assert "WORKBOOK/work/.env" in answer.stdout
    assert "redis://***@HOST:6390/0" in answer.stdout
    assert f"{tmp_path}/srv/…/chromium" in answer.stdout
    for secret in ("alice", "Secret1", "firm"):
        assert secret not in answer.stdout


@pytest.mark.parametrize(
    "folder",
    ["/srv/jane.doe/wb", "/mnt/c/Users/JaneDoe/wb", "/mnt/c/Users/Jane Doe/wb", "/home/jane/wb"],
)
def test_the_report_names_nobody_whose_folder_the_workbook_is_in(
    folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "ROOT", Path(folder))
    found = f"✓ Python   3.14 ({folder}/.venv/bin/python), {folder}-2: other"
    text = doctor.without_names(found)
    assert "(WORKBOOK/.venv/bin/python)" in text
    if not folder.startswith("/srv"):
        assert "jane" not in text.lower()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/mnt/c/Users/JaneDoe/redis-server", "/mnt/c/Users/…/redis-server"),
        ("C:\\Users\\Jane Doe\\chrome.exe", "C:\\Users\\…\\chrome.exe"),
        ("in /home/jane: not there", "in /home/…: not there"),
        ("git (/home/jane) and (/usr/bin)", "git (/home/…) and (/usr/bin)"),
    ],
)
def test_the_report_hides_whose_home_a_path_is_in(text: str, shown: str) -> None:
    assert doctor.without_names(text) == shown


def test_the_report_keeps_this_machine_s_addresses_and_hides_its_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(doctor.platform, "node", lambda: "laptop.lan")
    for kept in (
        "redis://localhost:6379",
        "redis://127.0.0.1:1/2",
        "redis://[::1]:6379",
        "/laptops",
    ):
        assert doctor.without_names(kept) == kept
    assert doctor.without_names("/net/laptop/a /net/laptop.lan/b") == "/net/…/a /net/…/b"


def test_the_report_goes_without_a_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "home_folder", lambda: None)
    assert doctor.without_names("in /usr/bin") == "in /usr/bin"


def test_the_report_names_the_commit_and_whether_files_were_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "ROOT", tmp_path)
    assert doctor.commit() == "no git repository"
    (tmp_path / "a").write_text("1")
    author = ("-c", "user.name=a", "-c", "user.email=a@b")
    for words in (["init", "-q"], ["add", "a"], [*author, "commit", "-qm", "first"], ["tag", "v1"]):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True)
    clean = doctor.commit()
    assert re.fullmatch("[0-9a-f]{12}", clean)
    (tmp_path / "a").write_text("2")
    assert doctor.commit() == f"{clean}-dirty"
    monkeypatch.setenv("PATH", "")
    assert doctor.commit() == "commit unknown"
