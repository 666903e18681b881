"""The grounds of the rounds: found, made once, and nothing left of them afterwards."""

import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from benchmarks.versions import LEFT_OUT
from tests.support.commands import run_command
from tests.versions import debian, grounds, pip_settings, workbook_copy
from tests.versions.debian import (
    PYTHONS,
    DebianGround,
    cache_folder,
    debian_ground,
    made_once,
    prepared,
)
from tests.versions.grounds import NoGround, find_ground
from tests.windows.clone import find_windows
from tests.windows.wine import wine
from workbook.errors import WorkbookError
from workbook.paths import ROOT
from workbook.runtime.ports import free_port, reservations_path
from workbook.runtime.waiting import wait_until

RUNNING = "{}.{}".format(*sys.version_info[:2])
SECONDS = 60
FIND = "for one in redis-server valkey-server chromium; do command -v $one; done"


def under_wine() -> DebianGround:
    """Return the system that Windows runs in here, as a ground: it is made in every run."""
    return prepared(DebianGround(cache_folder(), wine().root.name, "/usr/bin/python3"))


def newest() -> DebianGround:
    """Return the system with the newest Pythons, which the long rounds need."""
    return debian_ground(PYTHONS[-1])


@pytest.fixture(params=[under_wine, pytest.param(newest, marks=pytest.mark.long)])
def ground(request, record_property) -> DebianGround:
    """Return a Debian system, made now if need be; report and skip where there can be none."""
    try:
        return request.param()
    except NoGround as none:
        record_property(LEFT_OUT, f"a Debian of its own: {none}")
        pytest.skip(str(none))


def in_ground(ground: DebianGround, folder: Path, script: str) -> str:
    """Run a shell script in there, and return what it prints."""
    command = ground.command(folder, ["sh", "-c", script])
    return run_command(command, env=ground.environment(), timeout=SECONDS, check=True).stdout


def test_the_running_python_is_a_ground():
    assert Path(find_ground(RUNNING).python).exists()


def test_a_python_that_cannot_be_had_says_so():
    with pytest.raises(NoGround, match=r"no Python 3\.99 here"):
        find_ground("3.99")


def test_a_shim_that_leads_nowhere_is_no_ground(tmp_path, monkeypatch):
    shim = tmp_path / "python3.14"
    shim.write_text("#!/bin/sh\nexit 127\n", encoding="utf-8")
    shim.chmod(0o755)
    for name in ("PYENV_ROOT", "UV_PYTHON_INSTALL_DIR"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(sys, "_base_executable", str(shim))
    assert grounds.find_on_this_machine("3.14") is None


@pytest.mark.parametrize("make", [newest, find_windows])
def test_what_a_machine_lacks_for_a_system_of_its_own_is_named(make, monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(NoGround, match="needs root"):
        make()
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(debian.shutil, "which", lambda name: None)
    with pytest.raises(NoGround, match="debootstrap is not installed"):
        make()
    monkeypatch.setattr(debian.shutil, "which", lambda name: name)
    monkeypatch.setattr(debian, "debian_mirror", lambda: None)
    with pytest.raises(NoGround, match="no mirror of Debian"):
        make()


def test_the_mirror_is_the_one_that_apt_has_debian_from(tmp_path, monkeypatch):
    lists = "Some|Else|https://one.example/\nDebian|Debian-Security|https://two.example/\n"
    apt = tmp_path / "apt-get"
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    for text, mirror in ((lists, None), (f"{lists}Debian|Debian|file:///d/\n", "file:///d/")):
        apt.write_text(f"#!/bin/sh\ncat <<'END'\n{text}END\n", encoding="utf-8")
        apt.chmod(0o755)
        assert debian.debian_mirror() == mirror


def make_file(text: str = "whole", *, fails: bool = False):
    """Return what makes a system of one file, or leaves a half of one."""

    def make(target: Path) -> None:
        target.mkdir()
        (target / "file").write_text("half", encoding="utf-8")
        if fails:
            raise WorkbookError("no space")
        (target / "file").write_text(text, encoding="utf-8")

    return make


def test_a_half_made_system_is_made_again(tmp_path):
    with pytest.raises(WorkbookError):
        made_once(tmp_path, "recipe", make_file(fails=True))
    root = made_once(tmp_path, "recipe", make_file())
    assert (root / "file").read_text(encoding="utf-8") == "whole"


def test_a_system_is_found_again_by_its_recipe(tmp_path):
    first = made_once(tmp_path, "recipe", make_file())
    assert made_once(tmp_path, "recipe", make_file("again")) == first
    assert (first / "file").read_text(encoding="utf-8") == "whole"
    assert made_once(tmp_path, "another", make_file()) != first


def test_two_calls_at_once_make_it_once(tmp_path):
    made = []

    def make(target: Path) -> None:
        made.append(target)
        time.sleep(0.3)
        target.mkdir()

    with ThreadPoolExecutor() as pool:
        roots = set(pool.map(lambda _: made_once(tmp_path, "recipe", make), range(2)))
    assert len(roots) == len(made) == 1


def test_what_a_round_writes_is_gone_and_what_it_started_has_ended(ground, tmp_path):
    mark = f"marked-{os.getpid()}-{time.monotonic_ns()}"
    script = f"touch /etc/{mark}; (exec -a {mark} sleep 600 &); echo of-a-round > inside"
    in_ground(ground, tmp_path, script.replace("(exec", "bash -c '(exec").replace("&)", "&)'"))
    assert (tmp_path / "inside").read_text(encoding="utf-8") == "of-a-round\n"
    assert not (ground.root / "etc" / mark).exists()
    assert_nothing_is_left(ground, mark)


def test_a_killed_round_leaves_nothing_running_and_nothing_mounted(ground, tmp_path):
    mark = f"killed-{os.getpid()}-{time.monotonic_ns()}"
    call = (
        "import subprocess, sys\n"
        "from pathlib import Path\n"
        "from tests.versions.debian import DebianGround\n"
        f"ground = DebianGround(Path({str(ground.folder)!r}), {ground.name!r}, '')\n"
        f"script = 'touch started; exec -a {mark} sleep 600'\n"
        "command = ground.command(Path(sys.argv[1]), ['bash', '-c', script])\n"
        "subprocess.run(command, env=ground.environment())"
    )
    caller = subprocess.Popen([sys.executable, "-c", call, str(tmp_path)], cwd=ROOT)
    assert wait_until((tmp_path / "started").exists, SECONDS)
    caller.kill()
    caller.wait()
    assert_nothing_is_left(ground, mark)


def assert_nothing_is_left(ground: DebianGround, mark: str) -> None:
    """Fail where a process carries `mark`, or something is mounted in the grounds' folder."""

    def marked() -> list[psutil.Process]:
        return [one for one in psutil.process_iter(["cmdline"]) if is_marked(one, mark)]

    assert wait_until(lambda: not marked(), 5), marked()
    assert str(ground.folder) not in Path("/proc/mounts").read_text(encoding="utf-8")


def is_marked(process: psutil.Process, mark: str) -> bool:
    return mark in (process.info["cmdline"] or [""])[0]


@pytest.mark.long
def test_a_ground_has_what_it_needs_and_can_hide_a_program(tmp_path):
    ground = newest()
    said = in_ground(ground, tmp_path, "pwd; " + FIND)
    assert said.split() == [
        str(tmp_path),
        *("/usr/bin/redis-server", "/usr/bin/valkey-server", "/usr/bin/chromium"),
    ]
    hidden = ground.hiding("/usr/bin/redis-server")
    assert "redis" not in in_ground(hidden, tmp_path, FIND)


def test_pips_settings_are_in_a_ground(ground, tmp_path, monkeypatch):
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    (wheels / "a.whl").touch()
    config = tmp_path / "pip.conf"
    config.write_text(f"[global]\nfind-links = file://{wheels}\n", encoding="utf-8")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(config))
    (folder := tmp_path / "work").mkdir()
    assert in_ground(ground, folder, f"ls {wheels}; cat $PIP_CONFIG_FILE").split()[0] == "a.whl"


def test_the_folder_of_an_index_on_disk_comes_with_the_files_it_links_to(tmp_path, monkeypatch):
    index = tmp_path / "index" / "simple"
    index.mkdir(parents=True)
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", f"https://one.example/simple file://{index}")
    found = pip_settings.files_that_pip_needs()
    assert index.parent in found
    assert Path("/") not in found


def test_the_caller_s_own_environment_is_not_handed_on(monkeypatch):
    monkeypatch.setenv("VIRTUAL_ENV", "/elsewhere")
    monkeypatch.setenv("WORKBOOK_NO_SKIPS", "1")
    monkeypatch.setenv("CELERY_BROKER_REDIS_URL", "redis://elsewhere")
    monkeypatch.setenv("PIP_TIMEOUT", "7")
    handed = find_ground(RUNNING).environment()
    assert not {"VIRTUAL_ENV", "WORKBOOK_NO_SKIPS", "CELERY_BROKER_REDIS_URL"} & handed.keys()
    assert handed["PIP_TIMEOUT"] == "7"
    assert str(ROOT / ".venv" / "bin") not in handed["PATH"].split(os.pathsep)


def test_a_port_chosen_outside_is_not_chosen_in_a_ground(ground, tmp_path):
    port = free_port()
    inside = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from workbook.runtime.file_locks import try_lock_byte\n"
        f"file = open('/tmp/{reservations_path().name}', 'r+b', buffering=0)\n"
        f"print(try_lock_byte(file, {port}), try_lock_byte(file, 1))"
    )
    (tmp_path / "inside.py").write_text(inside, encoding="utf-8")
    shutil.copytree(ROOT / "workbook", tmp_path / "workbook")
    assert in_ground(ground, tmp_path, "python3 inside.py .").split() == ["False", "True"]


def test_a_copy_lies_in_memory_only_where_there_is_room(tmp_path, monkeypatch):
    assert not workbook_copy.has_room(tmp_path / "missing")
    monkeypatch.setattr(workbook_copy, "ROOM", 0)
    assert workbook_copy.has_room(tmp_path)
    monkeypatch.setattr(workbook_copy, "ROOM", 2**60)
    assert not workbook_copy.has_room(tmp_path)
