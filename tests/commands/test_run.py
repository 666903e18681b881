"""`run`: what it starts, how it ends, and what it says when it cannot."""

import os
import re
import select
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support.commands import make_program
from tests.support.tool_process import (
    MANAGE,
    ToolRun,
    lay_project,
    lay_project_with_worker,
    tool_run,
    wait_until,
)
from tests.support.workbook_copy import SmallWorkbook
from workbook.projects.procfile import is_celery_worker
from workbook.redis_server.server import private_redis
from workbook.runtime.ports import free_port
from workbook.runtime.process_output import decoded
from workbook.runtime.signals import StopRequested, StopSignals
from workbook.runtime.supervisor import STOP_SECONDS

SIGNALS = {signal.SIGINT: 0, signal.SIGTERM: 143, signal.SIGHUP: 129}
AFTER_THE_WORKER = f"""
import sys, time
from pathlib import Path
if sys.argv[1] == "migrate":
    deadline = time.monotonic() + 20
    while not Path("worker").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.5)
    found = [name for name in ("worker", "web") if Path(name).exists()]
    Path("beside-migrations").write_text(" ".join(found))
elif sys.argv[1] == "runserver":
    Path("web").touch()
{MANAGE}"""
FAILING_MIGRATION = """
import sys, time
from pathlib import Path
deadline = time.monotonic() + float(Path("seconds").read_text())
while not Path("worker").exists() and time.monotonic() < deadline:
    time.sleep(0.02)
sys.exit(f"worker there: {Path('worker').exists()}")
"""
# A program of somebody else's: it does not carry the run's mark, and ends by itself.
STRANGER = """
import sys, threading
from http.server import HTTPServer, SimpleHTTPRequestHandler
server = HTTPServer(("127.0.0.1", int(sys.argv[1])), SimpleHTTPRequestHandler)
threading.Timer(6, server.shutdown).start()
server.serve_forever()
"""
LATE = """
import os, socket, subprocess, sys, time
kept = {name: value for name, value in os.environ.items() if name != "WORKBOOK_RUN"}
subprocess.Popen([sys.executable, "stranger.py", sys.argv[1]], env=kept, start_new_session=True)
for _ in range(500):
    try:
        socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=1).close()
        break
    except OSError:
        time.sleep(0.02)
"""
SLOW_MIGRATION = "import time; time.sleep(600)"


def lay_failing_project(folder: Path, seconds: float) -> None:
    """Write a project whose migrations fail once the worker is there, or after `seconds`."""
    lay_project_with_worker(folder, manage=FAILING_MIGRATION)
    (folder / "seconds").write_text(str(seconds), encoding="utf-8")


def require_nothing_left(run: ToolRun, small: SmallWorkbook) -> None:
    """Fail where a process, a Redis or a copy of a snapshot is left."""
    ports = {int(port) for port in re.findall(r"127\.0\.0\.1:(\d+)", run.text)}
    for port in ports:
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0
    assert run.left() == []
    assert list((small.root / ".workbook" / "runs").iterdir()) == []


@contextmanager
def a_run(small: SmallWorkbook, *arguments: str, **options: object) -> Iterator[ToolRun]:
    """Call `run` at a free port; nothing is left of it at the end of the block."""
    with tool_run(small, "run", "--port", str(free_port()), *arguments, **options) as run:
        yield run
        require_nothing_left(run, small)


def failing_run(small: SmallWorkbook, *said: str, within: float = 10, **options: object) -> ToolRun:
    """Call `run`, which ends by itself with exit code 1, has `said` that, and leaves nothing."""
    with a_run(small, **options) as run:
        assert run.ends(within) == 1
        for words in said:
            run.wait_for(words, 2)
    return run


@pytest.fixture
def snapshot(small: SmallWorkbook) -> SmallWorkbook:
    """Return a workbook whose step 05 is a tiny project."""
    lay_project(small.root / "steps" / "05-tiny")
    return small


@pytest.mark.parametrize("signum", SIGNALS)
def test_a_signal_ends_every_process_and_the_redis(snapshot, signum):
    with a_run(snapshot) as run:
        run.wait_for("Ctrl-C stops everything")
        run.wait_for("broker is redis://127.0.0.1:")
        assert run.signal_and_wait(signum) == SIGNALS[signum]


def test_ready_is_said_once_with_an_address_that_answers_and_the_demo_login(snapshot):
    port = free_port()
    with tool_run(snapshot, "run", "5", "--port", str(port), "--redis", "embedded") as run:
        run.wait_for("Ctrl-C stops everything")
        run.wait_for("broker is")
        assert "Where the time went" not in run.text  # without --verbose
        assert run.text.count(f"ready: http://localhost:{port}/") == 1
        assert "name demo, password demo" in run.text
        assert "Redis: the embedded Redis at redis://127.0.0.1:" in run.text
        assert httpx.get(f"http://localhost:{port}/").status_code == 200


def test_a_snapshot_runs_as_a_copy_with_an_env_of_its_own(snapshot):
    step = snapshot.root / "steps" / "05-tiny"
    before = sorted(step.iterdir())
    with tool_run(snapshot, "run", "05", "--port", str(free_port())) as run:
        run.wait_for("ready")
        (copy,) = (snapshot.root / ".workbook" / "runs").glob("*/05-tiny")
        assert (copy / "db.sqlite3").exists()
        assert (copy / ".env").read_bytes() == (step / ".env.example").read_bytes()
    assert sorted(step.iterdir()) == before


def test_work_runs_in_place_and_its_env_names_the_redis(small):
    lay_project(small.work)
    redis_port = free_port()
    url = f"redis://localhost:{redis_port}/3"
    (small.work / ".env").write_text(f'CELERY_BROKER_REDIS_URL="{url}"\n', encoding="utf-8")
    with a_run(small) as run:
        run.wait_for("ready")
        run.wait_for(f"broker is {url}")
        assert (small.work / "db.sqlite3").exists()
        assert "demo" not in run.text
        assert run.signal_and_wait(signal.SIGINT) == 0


def test_a_closed_terminal_ends_everything(snapshot):
    terminal, inside = os.openpty()
    streams = {"stdin": inside, "stdout": inside, "stderr": inside}
    own = "import fcntl, os, termios; os.setsid(); fcntl.ioctl(0, termios.TIOCSCTTY, 0)"
    with a_run(snapshot, code=own, **streams) as run:
        os.close(inside)
        while "Ctrl-C stops" not in run.text:
            run.lines.append(decoded(os.read(terminal, 4096)))
        assert run.left()
        os.close(terminal)
        assert run.ends() == 129


def test_a_reader_that_goes_away_ends_everything(snapshot):
    reader, writer = os.pipe()
    lay_project(snapshot.root / "steps" / "05-tiny", "web: while true; do echo on; sleep 0.1; done")
    with a_run(snapshot, stdout=writer) as run:
        os.close(writer)
        while "on" not in run.text:
            run.lines.append(decoded(os.read(reader, 4096)))
        os.close(reader)
        assert run.ends() == 129


@pytest.mark.parametrize("signum", SIGNALS)
def test_a_reader_that_stalls_does_not_hold_up_the_end(snapshot, signum):
    lay_project(snapshot.root / "steps" / "05-tiny", "web: while true; do echo on; done")
    reader, writer = os.pipe()
    with a_run(snapshot, stdout=writer) as run:
        wait_until(lambda: not select.select([], [writer], [], 0)[1], 30, lambda: "a full pipe")
        assert run.left()
        run.process.send_signal(signum)
        assert run.ends(STOP_SECONDS) == SIGNALS[signum]
    os.close(reader)
    os.close(writer)


def test_processes_that_ignore_signals_end_with_the_patience(snapshot):
    lay_project(snapshot.root / "steps" / "05-tiny", "web: python manage.py stubborn\n")
    called = time.monotonic()
    with a_run(snapshot) as run:
        run.wait_for("stubborn child")
        began = time.monotonic()
        assert len(run.left()) >= 3
        assert run.signal_and_wait(signal.SIGTERM) == 143
        # Beside the patience an end takes less than a second and four starts (0.3 s each at rest).
        assert time.monotonic() - began < STOP_SECONDS + 1 + 4 * (began - called)


def test_a_second_ctrl_c_ends_the_patience(snapshot):
    lay_project(snapshot.root / "steps" / "05-tiny", "web: python manage.py stubborn\n")
    with a_run(snapshot) as run:
        run.wait_for("stubborn child")
        began = time.monotonic()
        run.process.send_signal(signal.SIGINT)
        run.wait_for("Stopping")
        assert run.signal_and_wait(signal.SIGINT) == 0
        assert time.monotonic() - began < STOP_SECONDS


def test_ctrl_c_during_the_preparations_leaves_nothing(snapshot):
    manage = "import time; print('slow'); time.sleep(600)"
    lay_project(snapshot.root / "steps" / "05-tiny", manage=manage)
    with a_run(snapshot) as run:
        run.wait_for("Preparing its database")
        wait_until(run.left, 5)
        assert run.signal_and_wait(signal.SIGINT) == 0


@pytest.mark.parametrize("signum", SIGNALS)
def test_a_signal_while_migrations_and_worker_go_on_leaves_nothing(small, signum):
    lay_project_with_worker(small.root / "steps" / "05-tiny", manage=SLOW_MIGRATION)
    with a_run(small) as run:
        run.wait_for("celery@")
        assert run.signal_and_wait(signum) == SIGNALS[signum]


@pytest.mark.parametrize("seconds", [0, 0.03, 0.1, 0.2, 0.4, 0.8])
def test_ctrl_c_at_any_moment_of_the_start_leaves_nothing(small, seconds):
    lay_project_with_worker(small.root / "steps" / "05-tiny")
    with a_run(small, "--redis", "embedded") as run:
        run.wait_for("Preparing its database")
        time.sleep(seconds)
        assert run.signal_and_wait(signal.SIGINT) == 0


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_signal_that_python_swallowed_is_not_lost():
    class Ending:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGTERM)

    signals = StopSignals()
    with signals.listening():
        Ending()  # what its end raises, Python reports and drops
        with pytest.raises(StopRequested):
            signals.check()
        signals.only_hurry()
        signals.check()


def test_in_a_snapshot_the_worker_starts_beside_the_migrations_and_web_after_them(small):
    step = lay_project_with_worker(small.root / "steps" / "05-tiny", manage=AFTER_THE_WORKER)
    with tool_run(small, "run", "--port", str(free_port())) as run:
        run.wait_for("ready: ", 40)
        (copy,) = (small.root / ".workbook" / "runs").glob(f"*/{step.name}")
        assert (copy / "beside-migrations").read_text() == "worker"


def test_in_work_an_error_that_every_process_would_meet_is_told_once(small):
    lay_failing_project(small.work, seconds=2)
    failing_run(
        small, "worker there: False", "“python manage.py migrate” of work/ failed with exit code 1"
    )


def test_a_worker_waits_for_the_tables_where_tasks_may_be_in_the_queue(small):
    lay_failing_project(small.root / "steps" / "05-tiny", seconds=2)
    with (
        private_redis() as redis,
        tool_run(small, "run", "--port", str(free_port()), "--redis", redis.url) as run,
    ):
        assert run.ends() == 1
        wait_until(lambda: "worker there: False" in run.text, 2)


def test_a_failing_migration_ends_the_worker_beside_it(small):
    lay_failing_project(small.root / "steps" / "05-tiny", seconds=20)
    run = failing_run(
        small,
        "worker there: True",
        "“python manage.py migrate” of 05-tiny failed with exit code 1",
        within=30,
    )
    assert "$ python manage.py" not in run.text


def test_a_failing_login_is_named(snapshot):
    manage = f"import sys\nif sys.argv[1] == 'createsuperuser': sys.exit('no login')\n{MANAGE}"
    lay_project(snapshot.root / "steps" / "05-tiny", manage=manage)
    failing_run(snapshot, "no login", "“python manage.py createsuperuser” of 05-tiny failed")


def test_migrations_that_do_not_end_are_given_up(snapshot):
    lay_project(snapshot.root / "steps" / "05-tiny", manage=SLOW_MIGRATION)
    code = "from workbook.projects import project; project.MANAGE_SECONDS = 1"
    failing_run(snapshot, "did not end within 1 seconds", code=code)


def test_a_redis_that_does_not_start_ends_the_migrations_beside_it(snapshot, tmp_path):
    lay_project(snapshot.root / "steps" / "05-tiny", manage=SLOW_MIGRATION)
    make_program(tmp_path / "redis-server", "echo no luck\nexit 1")
    variables = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    failing_run(snapshot, "no luck", "redis-server did not start on port", variables=variables)


def test_verbose_shows_from_when_to_when_each_part_went(small):
    lay_project_with_worker(small.root / "steps" / "05-tiny", manage=AFTER_THE_WORKER)
    began = time.monotonic()
    with tool_run(small, "run", "--port", str(free_port()), "--verbose") as run:
        run.wait_for("Where the time went", 40)
        run.wait_for("ready    ")
        total = time.monotonic() - began
    row = re.compile(r"\| {3}(\w[\w ]*?) +([\d.]+) +([\d.]+|…) +=+\n")
    rows = {name: (float(first), last) for name, first, last in row.findall(run.text)}
    assert list(rows) == ["workbook", "Redis", "database", "worker", "web", "first page"]
    assert rows["workbook"][0] == 0
    assert rows["worker"][0] < float(rows["database"][1]) <= rows["web"][0]
    ready = float(re.search(r"\| {3}ready +([\d.]+)\n", run.text)[1])
    # Said in hundredths of a second, rounded.
    assert rows["web"][0] < ready <= total + 0.02


@pytest.mark.parametrize(
    ("command", "is_one"),
    [
        ("celery -A config worker --loglevel=info -P threads -c 10", True),
        ("celery -A config worker -B", False),
        ("celery -A config worker --beat", False),
        ("celery -A config beat", False),
        ("python manage.py worker", False),
        ("sh prepare && celery -A config worker", False),
    ],
)
def test_a_celery_worker_is_told_by_its_command(command, is_one):
    assert is_celery_worker(command) == is_one


def test_a_process_that_ends_by_itself_is_named_with_its_last_lines(snapshot):
    procfile = "web: python manage.py runserver $PORT\nbeat: python manage.py fail\n"
    lay_project(snapshot.root / "steps" / "05-tiny", procfile)
    run = failing_run(snapshot, "“beat” ended by itself with exit code 3")
    assert run.text.rstrip().endswith("the reason it ended")


def test_a_page_that_never_answers_is_given_up_with_the_last_lines(snapshot):
    lay_project(snapshot.root / "steps" / "05-tiny", "web: python manage.py show\n")
    code = "import workbook.commands.run; workbook.commands.run.ANSWER_SECONDS = 1"
    run = failing_run(snapshot, "did not answer within 1 seconds", code=code)
    assert run.text.rstrip().rpartition("\n")[2].startswith("  broker is redis://")


def test_settings_that_python_cannot_read_are_shown(snapshot):
    step = lay_project(snapshot.root / "steps" / "05-tiny", manage=f"import settings\n{MANAGE}")
    (step / "settings.py").write_text("DEBUG = = True\n", encoding="utf-8")
    failing_run(snapshot, "SyntaxError", "DEBUG = = True")


def test_a_python_that_keeps_the_folder_off_its_path_runs_the_project_all_the_same(snapshot):
    step = lay_project(snapshot.root / "steps" / "05-tiny", manage=f"import settings\n{MANAGE}")
    (step / "settings.py").touch()
    with a_run(snapshot, variables={"PYTHONSAFEPATH": "1"}) as run:
        run.wait_for("Ctrl-C stops everything")
        assert run.signal_and_wait(signal.SIGINT) == 0


def test_a_taken_port_is_named_with_its_holder_and_another_offered(snapshot):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = snapshot.refuses("run", "--port", str(port))
    assert f"Port {port} is taken by" in said
    assert f"(process {os.getpid()})" in said
    assert int(re.search(r"--port (\d+)", said)[1]) != port
    assert not (snapshot.root / ".workbook" / "runs").exists()


@pytest.mark.parametrize("ends", [True, False], ids=["web ends", "the stranger answers"])
def test_a_port_that_a_stranger_took_meanwhile_is_no_fault_of_the_project(snapshot, ends):
    project = snapshot.root / "steps" / "05-tiny"
    lay_project(project, "web: python late.py $PORT\n")
    (project / "stranger.py").write_text(STRANGER, encoding="utf-8")
    end = 'sys.exit("Error: That port is already in use.")' if ends else "time.sleep(60)"
    (project / "late.py").write_text(LATE + end, encoding="utf-8")
    port = free_port()
    said = snapshot.refuses("run", "--port", str(port))
    assert re.search(rf"python\S* \(process \d+\) took port {port} while", said)
    assert "no fault of the project" in said
    assert "ended by itself" not in said
    assert int(re.search(r"--port (\d+)", said)[1]) != port


@pytest.mark.parametrize(
    ("procfile", "told"),
    [(None, "There is no Procfile in"), ("\n", "names no process"), (b"\xff\xfe", "cannot be")],
)
def test_a_procfile_that_starts_nothing_is_told(snapshot, procfile, told):
    path = snapshot.root / "steps" / "05-tiny" / "Procfile"
    path.unlink()
    if procfile is not None:
        path.write_bytes(procfile if isinstance(procfile, bytes) else procfile.encode())
    said = snapshot.refuses("run")
    assert told in said
    assert "web: python manage.py runserver $PORT" in said


def test_an_unwritable_state_folder_is_told(snapshot):
    (snapshot.root / ".workbook").write_text("in the way", encoding="utf-8")
    assert "which cannot be written" in snapshot.refuses("run", "--port", str(free_port()))


def test_a_disk_too_full_for_the_copy_of_a_snapshot_is_told(snapshot):
    code = (
        "from workbook.commands import run\n"
        "def full(*_): raise OSError(28, 'No space left on device', 'tasks.py')\n"
        "run.private_copy = full"
    )
    run = failing_run(snapshot, "No space left on device", "tasks.py", code=code)
    assert "Traceback" not in run.text


def test_work_without_a_project_is_told(small):
    small.work.mkdir()
    assert "There is no manage.py in" in small.refuses("run")


def test_snapshots_run_side_by_side_but_work_runs_once(snapshot):
    lay_project(snapshot.work)
    first, second, third = free_port(), free_port(), free_port()
    with (
        tool_run(snapshot, "run", "05", "--port", str(first)) as one,
        tool_run(snapshot, "run", "05", "--port", str(second)) as two,
        tool_run(snapshot, "run", "--port", str(third)) as mine,
    ):
        for run in (one, two, mine):
            run.wait_for("ready")
        said = snapshot.refuses("run", "--port", str(free_port()))
        assert f"work/ already runs: see http://localhost:{third}/" in said
        assert re.search(r"beside it: python3 workbook run 05 --port \d+$", said.rstrip())
        assert "--port 8001" not in said  # the guide's own
        assert two.signal_and_wait(signal.SIGINT) == 0
        assert two.left() == []
        assert httpx.get(f"http://localhost:{first}/").status_code == 200
        assert httpx.get(f"http://localhost:{third}/").status_code == 200
