"""The first call: the environment is made, mended, entered, and its troubles are told in words."""

import ast
import json
import os
import shutil
import signal
import time
from importlib.metadata import distributions
from pathlib import Path

import pytest

from tests.support.commands import run_command
from tests.support.fake_installer import ECHO, base_python, entered, finish, first_call, refused
from tests.support.tool_process import wait_until
from tests.support.workbook_copy import SmallWorkbook
from workbook.bootstrap.failures import explain
from workbook.bootstrap.install import LONGEST_PATH
from workbook.paths import ROOT


@pytest.fixture
def fresh(small: SmallWorkbook) -> Path:
    """A workbook without an environment, whose command line tells what it was handed."""
    small.write({"cli.py": ECHO}, below="workbook")
    return small.root


def stamp_of(root: Path) -> str:
    stamp = root / ".venv/workbook-stamp"
    return stamp.read_text(encoding="utf-8") if stamp.exists() else ""


def as_of_an_older_python(root: Path) -> None:
    """Change the stamp as if the Python below the environment had been updated since."""
    stamp = root / ".venv/workbook-stamp"
    lines = stamp_of(root).splitlines()
    older = ["python 3.9" if line.startswith("python ") else line for line in lines]
    stamp.write_text("\n".join(line for line in older if not line.startswith("interpreter")))


def count(root: Path) -> str:
    """Return a stand-in for uv that counts its calls in the file `calls`."""
    return f"open({str(root / 'calls')!r}, 'a').write('x')"


@pytest.mark.parametrize("name", ["__main__.py", "launcher.py", "bootstrap/environment.py"])
def test_an_old_python_can_read_what_tells_it_so(name: str):
    ast.parse((ROOT / "workbook" / name).read_text(encoding="utf-8"), feature_version=(3, 6))


def test_a_python_too_old_is_told_in_a_sentence():
    code = (
        "import runpy, sys; sys.version_info = (3, 10, 4, 'final', 0);"
        f"runpy.run_path({str(ROOT / 'workbook')!r}, run_name='__main__')"
    )
    answer = run_command([base_python(), "-c", code])
    assert answer.returncode == 1
    assert "needs Python 3.11 or newer, and this is Python 3.10" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_the_first_call_makes_the_environment_and_goes_on_inside(fresh: Path):
    output = entered(fresh, "run", "03")
    *progress, told = output.splitlines()
    assert "uv installs" in output
    assert len(progress) < 12
    assert json.loads(told)["arguments"] == ["run", "03"]
    assert "lock " in stamp_of(fresh)


def test_first_call_makes_workbook_a_command_in_the_environment(fresh: Path, tmp_path: Path):
    entered(fresh)
    answer = run_command([fresh / ".venv/bin/workbook", "check", "a b", "--trace"], tmp_path)
    assert answer.returncode == 7, answer.stderr
    told = json.loads(answer.stdout)
    assert (told["arguments"], told["cwd"]) == (["check", "a b", "--trace"], str(tmp_path))


@pytest.mark.alone
def test_later_calls_start_at_once_from_any_folder_and_keep_it(fresh: Path, tmp_path: Path):
    entered(fresh)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    # A file of the learner's must not pass for a library.
    (elsewhere / "json.py").write_text("raise SystemExit('the wrong json')")
    began = time.monotonic()
    # As a person calls it: no stand-ins, no PYTHONPATH.
    answer = run_command([base_python(), str(fresh / "workbook"), "diff", "--mine"], elsewhere)
    assert time.monotonic() - began < 1
    assert answer.returncode == 7, answer.stderr
    told = json.loads(answer.stdout)
    assert told["arguments"] == ["diff", "--mine"]
    assert told["cwd"] == str(elsewhere)
    assert told["prefix"] == told["virtual_env"] == str(fresh / ".venv")
    assert told["path"].split(os.pathsep)[0].startswith(str(fresh / ".venv"))


def test_a_call_with_a_closed_standard_output_goes_on_inside(fresh: Path):
    entered(fresh)
    command = ["sh", "-c", 'exec "$@" >&-', "sh", base_python(), fresh / "workbook", "diff"]
    answer = run_command(command)
    assert (answer.returncode, answer.stderr) == (7, "")


def test_an_environment_whose_python_may_not_be_started_gets_a_sentence(fresh: Path):
    """As on a disk from which no program may be started."""
    entered(fresh)
    python = fresh / ".venv/bin/python"
    python.unlink()
    python.write_text("not executable")
    code = (
        "from workbook.bootstrap import environment as e;"
        "e.write_stamp(e.expected_stamp('3.11', ['base']))"
    )
    run_command([base_python(), "-c", code], fresh, check=True)
    errors = refused(fresh)
    assert "could not be started: Permission denied" in errors


def test_a_changed_lock_is_installed_once_in_place(fresh: Path):
    entered(fresh, FAKE_UV=count(fresh))
    (fresh / ".venv/mine").write_text("still there")
    with (fresh / "Pipfile.lock").open("a", encoding="utf-8") as lock:
        lock.write("\n")
    for _ in range(2):
        entered(fresh, FAKE_UV=count(fresh))
    assert (fresh / "calls").read_text() == "xx"
    assert (fresh / ".venv/mine").exists()


def test_a_lock_that_cannot_be_installed_now_costs_no_environment(fresh: Path):
    entered(fresh)
    (fresh / ".venv/mine").write_text("still there")
    with (fresh / "Pipfile.lock").open("a", encoding="utf-8") as lock:
        lock.write("\n")
    refused(fresh, FAKE_UV="raise SystemExit(1)")
    entered(fresh, FAKE_UV=count(fresh))
    assert (fresh / "calls").exists()
    assert (fresh / ".venv/mine").exists()


def test_an_environment_whose_python_is_gone_is_made_anew(fresh: Path):
    entered(fresh)
    for python in (fresh / ".venv/bin").glob("python*"):
        python.unlink()
    output = entered(fresh)
    assert "made again" in output


def test_a_workbook_that_was_moved_gets_commands_that_know_its_new_place(fresh: Path):
    entered(fresh)
    moved = fresh.rename(fresh.with_name("moved"))
    entered(moved)
    assert str(moved / ".venv") in stamp_of(moved)


def test_a_useless_venv_of_somebody_elses_is_kept(fresh: Path):
    (fresh / ".venv").mkdir()
    (fresh / ".venv/notes.txt").write_text("mine")
    output = entered(fresh)
    (kept,) = (fresh / ".workbook").glob("kept-environment-*/notes.txt")
    assert kept.read_text() == "mine"
    assert kept.parent.name in output


@pytest.fixture
def foreign(fresh: Path) -> Path:
    """A workbook in which somebody made `.venv` by hand, and put a file of their own into it."""
    venv = fresh / ".venv"
    run_command([base_python(), "-m", "venv", "--without-pip", str(venv)], check=True)
    (venv / "mine").write_text("mine")
    return fresh


def kept_file(root: Path) -> Path:
    """Return the person's own file where the environment that held it is kept."""
    (kept,) = (root / ".workbook").glob("kept-environment-*/mine")
    return kept


def test_somebody_elses_environment_is_kept_after_a_first_call_was_interrupted(foreign: Path):
    interrupts = "import os, signal, time; os.kill(os.getppid(), signal.SIGINT); time.sleep(60)"
    assert finish(first_call(foreign, FAKE_UV=interrupts))[0] == 130
    output = entered(foreign)
    assert kept_file(foreign).parent.name in output


def test_somebody_elses_environment_is_kept_when_its_python_was_updated(foreign: Path):
    entered(foreign)
    assert (foreign / ".venv/mine").exists()
    as_of_an_older_python(foreign)
    output = entered(foreign)
    assert kept_file(foreign).parent.name in output


def test_a_venv_that_is_a_file_is_kept(fresh: Path):
    """As pipenv leaves one: it says where the environment is."""
    (fresh / ".venv").write_text("elsewhere")
    entered(fresh)
    (kept,) = (fresh / ".workbook").glob("kept-environment-*")
    assert kept.read_text() == "elsewhere"


def test_killed_half_way_the_next_call_waits_for_the_rest_and_mends_it(fresh: Path):
    slow = f"import time; {count(fresh)}; time.sleep(1.5); open({str(fresh / 'late')!r}, 'w')"
    first = first_call(fresh, FAKE_UV=slow)
    wait_until((fresh / "calls").exists, 20)
    first.kill()
    finish(first)
    assert stamp_of(fresh) == "unfinished\n"
    output = entered(fresh, FAKE_UV=count(fresh))
    # The installer that the killed call left behind had ended before anything was made anew.
    assert (fresh / "late").exists()
    assert "Another call is setting up" in output
    assert "made again" in output
    assert "lock " in stamp_of(fresh)
    assert not list((fresh / ".workbook").glob("discarded-*"))


@pytest.mark.parametrize(
    ("number", "expected"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_ends_the_installer_too(fresh: Path, number: int, expected: int):
    pid = fresh / "pid"
    slow = f"import os, time; open({str(pid)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    call = first_call(fresh, FAKE_UV=slow)
    wait_until(lambda: pid.exists() and pid.read_text() != "", 20)
    call.send_signal(number)
    code, _, errors = finish(call)
    assert code == expected
    assert "Traceback" not in errors
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)
    entered(fresh)


def test_two_first_calls_side_by_side_take_turns(fresh: Path):
    slow = f"import time; {count(fresh)}; time.sleep(0.7)"
    calls = [first_call(fresh, FAKE_UV=slow) for _ in range(3)]
    assert [finish(call)[0] for call in calls] == [7, 7, 7]
    assert (fresh / "calls").read_text() == "x"


def test_a_failing_installer_shows_its_last_words_and_no_traceback(fresh: Path):
    fails = "import sys; print('the wheel is bent'); sys.exit(3)"
    errors = refused(fresh, FAKE_UV=fails)
    assert "could not be installed" in errors
    assert "the wheel is bent" in errors
    assert stamp_of(fresh) == "unfinished\n"


@pytest.mark.parametrize(
    ("log", "said"),
    [
        ("WARNING: Retrying ... Temporary failure in name resolution", "needs the network, once"),
        ("ERROR: [Errno 28] No space left on device", "disk is full"),
        ("ERROR: [Errno 13] Permission denied: '/x'", "could not be written"),
        ("Error: ensurepip is not available", "apt install python3-venv"),
    ],
)
def test_what_the_log_tells_is_said_with_a_way_out(tmp_path: Path, log: str, said: str):
    file = tmp_path / "install.log"
    file.write_text(f"{log}\n", encoding="utf-8")
    assert said in explain(file)


def test_without_a_network_it_says_that_it_needs_one_once(fresh: Path):
    variables = {
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_EXTRA_INDEX_URL": "",
        "PIP_FIND_LINKS": "",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_RETRIES": "0",
        "NO_PROXY": "*",
    }
    answer = run_command([base_python(), str(fresh / "workbook")], env=os.environ | variables)
    assert answer.returncode == 1
    assert "needs the network, once" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_without_the_venv_module_it_names_the_package(fresh: Path):
    code = (
        "import sys; from importlib import util; real = util.find_spec;"
        "util.find_spec = lambda name: None if name == 'ensurepip' else real(name);"
        "from workbook.launcher import main; sys.exit(main([]))"
    )
    answer = run_command([base_python(), "-c", code], fresh)
    assert answer.returncode == 1
    assert "apt install python3-venv" in answer.stderr
    assert not (fresh / ".venv").exists()


def test_a_file_in_the_place_of_a_folder_gets_a_sentence(fresh: Path):
    (fresh / ".workbook").write_text("in the way")
    errors = refused(fresh)
    assert "could not write" in errors
    assert "Move it away" in errors


@pytest.mark.parametrize("name", [b"b\xe9ta", b"a:b"])
def test_a_folder_whose_name_no_environment_can_have_gets_a_sentence(fresh: Path, name: bytes):
    try:
        moved = fresh.rename(os.fsdecode(os.fsencode(fresh.parent) + b"/" + name))
    except OSError:
        pytest.skip("this system has no such names")
    # As a person calls it: what is on PYTHONPATH may have no colon.
    answer = run_command([base_python(), os.fsencode(moved / "workbook")])
    assert answer.returncode == 1
    assert "Rename the folder" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_folder_too_deep_for_the_packages_gets_a_sentence(fresh: Path):
    """On Windows a path may have 259 characters, here a name 255: the same probe finds both."""
    module = fresh / "workbook" / "bootstrap" / "install.py"
    text = module.read_text(encoding="utf-8")
    # Of another size: written within the same second, it is no file that Python has compiled.
    longer = text.replace("LONGEST_PATH = 120", "LONGEST_PATH = 1300")
    assert longer != text
    module.write_text(longer, encoding="utf-8")
    errors = refused(fresh)
    assert "more than this system allows" in errors
    assert f"{fresh} alone has {len(str(fresh))}" in errors
    module.write_text(text, encoding="utf-8")
    entered(fresh)


def test_no_package_has_longer_paths_than_are_made_room_for():
    below = len("Lib/site-packages/")
    files = (str(file) for one in distributions() for file in one.files or [])
    assert below + max(map(len, files)) <= LONGEST_PATH


@pytest.mark.parametrize("is_made", [False, True])
def test_a_missing_lock_gets_a_sentence(fresh: Path, is_made: bool):
    if is_made:
        entered(fresh)
    (fresh / "Pipfile.lock").unlink()
    errors = refused(fresh)
    assert "git checkout HEAD Pipfile.lock" in errors


@pytest.mark.parametrize(
    ("lock", "said"),
    [
        ("<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> main\n", "line 1 column 1"),
        ('{"default": {"mine": {"git": "/somewhere"}}, "develop": {}}', "mine has no version"),
        ('{"default": {}}', "no part 'develop'"),
        ('["mine"]', "what to install: "),
    ],
)
def test_a_damaged_lock_gets_a_sentence(fresh: Path, lock: str, said: str):
    (fresh / "Pipfile.lock").write_text(lock)
    errors = refused(fresh)
    assert said in errors
    assert "git checkout HEAD Pipfile.lock" in errors


def test_a_later_call_starts_no_python_to_ask_for_its_version(fresh: Path):
    entered(fresh)
    assert asks_for_the_version(fresh) == "True no"
    python = next((fresh / ".venv/bin").glob("python3.*"))
    python.unlink()
    shutil.copy(base_python(), python)  # what an update of the Python below looks like
    assert asks_for_the_version(fresh).endswith("yes")


def asks_for_the_version(root: Path) -> str:
    """Tell whether the environment is complete, and whether its Python was started to know."""
    code = (
        "from workbook.bootstrap import environment as e; asked = [];"
        "real = e.version_of; e.version_of = lambda python: asked.append(1) or real(python);"
        "print(e.is_complete(), 'yes' if asked else 'no')"
    )
    done = run_command([base_python(), "-c", code], root, check=True)
    return done.stdout.strip()


def test_a_python_of_another_version_gets_an_environment_of_its_own(fresh: Path):
    entered(fresh)
    as_of_an_older_python(fresh)
    (fresh / ".venv/old").write_text("")
    output = entered(fresh)
    assert "made again" in output
    assert not (fresh / ".venv/old").exists()


def test_test_brings_the_later_portions_and_keeps_what_is_there(fresh: Path):
    entered(fresh, "run")
    (fresh / ".venv/mine").write_text("still there")
    assert "portions base\n" in stamp_of(fresh)
    output = entered(fresh, "test")
    assert "Adding packages" in output
    assert "portions base browser development\n" in stamp_of(fresh)
    assert (fresh / ".venv/mine").exists()
    assert "uv installs" not in entered(fresh, "test")


def test_portions_that_are_there_follow_the_lock(fresh: Path):
    entered(fresh, "test")
    with (fresh / "Pipfile.lock").open("a", encoding="utf-8") as lock:
        lock.write("\n")
    entered(fresh, "run")
    assert "portions base browser development\n" in stamp_of(fresh)
    assert "playwright==" in (fresh / ".venv/requirements.txt").read_text()


def test_a_portion_that_cannot_be_had_costs_nothing_of_the_first(fresh: Path):
    entered(fresh, "run")
    before = stamp_of(fresh)
    refused(fresh, "test", FAKE_UV="raise SystemExit(1)")
    assert stamp_of(fresh) == before
    entered(fresh, "run", FAKE_UV="raise SystemExit(1)")


def test_killed_while_adding_the_next_call_installs_what_is_half_there(fresh: Path):
    entered(fresh, "run")
    packages = next((fresh / ".venv/lib").glob("python*/site-packages"))
    half, whole = packages / "ruff-0.1.dist-info", packages / "rumdl-0.1.dist-info"
    for folder in (half, whole):
        folder.mkdir()
        (folder / "METADATA").write_text("")
    (whole / "RECORD").write_text("")
    entered(fresh, "test")
    assert not half.exists()
    assert whole.exists()


def test_where_there_is_no_uv_pip_installs(fresh: Path):
    output = entered(fresh, "run", FAKE_PIP="no uv")
    assert "there is no uv for this system: pip installs" in output


def test_a_typed_pip_works_in_the_environment(fresh: Path):
    entered(fresh, "run")
    for command in (["pip"], ["pip3"], ["python", "-m", "pip"]):
        program = str(fresh / ".venv/bin" / command[0])
        done = run_command(
            [program, *command[1:], "list", "--path", str(fresh), "--disable-pip-version-check"],
            fresh.parent,
        )
        assert done.returncode == 0, done.stderr
    where = run_command([str(fresh / ".venv/bin/pip"), "--version"], check=True)
    assert "pip-" in where.stdout  # out of the wheel
