"""The proxy's configuration and the units of "More than one machine" go with Deploying's.

That they work is shown by tests/benchmarks/test_more_than_one_machine.py, which runs what they say.
"""

import inspect
import re
import shlex
import shutil
import sys
from pathlib import Path

from daphne.server import Server

from docs_ext.assets.examples import EXAMPLES
from tests.support.commands import run_command
from tests.support.machines.page_files import MACHINES, PROXY, UNITS, WORKER, bare, started_by
from tests.support.skip_markers import SYSTEMD_ANALYZE
from workbook.projects.procfile import commands
from workbook.projects.steps import all_steps

DEPLOYING = EXAMPLES / "servers"


def test_a_worker_of_each_queue_is_the_procfiles_worker_with_a_name_and_a_queue():
    procfile = commands(all_steps()[-1].folder, 8000)
    started = bare(started_by(WORKER, "slow"))
    assert started == [*shlex.split(procfile["worker"]), "-n", "slow@%h", "-Q", "slow"]


def test_the_proxy_is_deployings_with_more_servers_and_its_own_patience():
    before, now = (
        {line.strip() for line in path.read_text(encoding="utf-8").splitlines()}
        for path in (DEPLOYING / PROXY.relative_to(MACHINES), PROXY)
    )
    assert before - now == {"server 127.0.0.1:8000;"}
    added = {line.split()[0] for line in now - before if not line.startswith("#")}
    assert added == {"server", "proxy_connect_timeout", "proxy_read_timeout"}


def test_the_proxy_waits_longer_than_daphne_is_silent():
    seconds = int(re.search(r"proxy_read_timeout (\d+)s;", PROXY.read_text(encoding="utf-8"))[1])
    assert seconds > 2 * inspect.signature(Server).parameters["ping_interval"].default


@SYSTEMD_ANALYZE
def test_systemd_reads_the_units_without_a_word(tmp_path: Path):
    for source in (DEPLOYING, MACHINES):
        shutil.copytree(source / UNITS, tmp_path, dirs_exist_ok=True)
    for unit in [*tmp_path.glob("*.service"), *tmp_path.glob("*/*.conf")]:
        text = unit.read_text(encoding="utf-8")
        # It asks whether the programs are there, and this machine has them elsewhere.
        here = text.replace("/srv/status/.venv/bin", str(Path(sys.executable).parent))
        unit.write_text(here, encoding="utf-8")
    names = [f"status-{name}.service" for name in ("web", "worker", "worker@slow", "beat")]
    done = run_command(
        ["systemd-analyze", "verify", "--man=no", *(f"./{name}" for name in names)], tmp_path
    )
    assert (done.returncode, done.stderr) == (0, "")
