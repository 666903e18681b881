"""Projects as learners leave them: a snapshot with small edits, and what the checks say of it."""

import importlib
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.forked_pytest import PytestOutput, run_pytest
from tests.support.skip_markers import require
from workbook.paths import ROOT
from workbook.projects.lessons import find_lesson

NO_BROWSER = "there is no Chromium"
# Its scripts are none that the embedded Redis runs.
CORE_LAYER = "channels_redis.core"
GOLDEN = ROOT / "tests" / "checks" / "golden"
# A further lesson is called by its name.
Step = int | str
MODULES: dict[Step, str] = {
    1: "checks.step_01.test_configure_celery",
    2: "checks.step_02.test_create_and_execute_tasks",
    3: "checks.step_03.test_poll_task_status",
    4: "checks.step_04.test_setup_websocket",
    5: "checks.step_05.test_websocket_celery",
    "robust": "checks.robust.test_make_it_robust",
}
# What decides which processes there are, and whether they start. Beat loads the settings as the
# worker does: what they keep from starting is seen without it.
STARTED_FROM = ("Procfile", ".env", "config/__init__.py", "config/celery.py", "config/urls.py")
# What a worker reads besides. Below, the checks that need none, nor do those that they wait for:
# they look at what a page answers, and at what it sends to a websocket.
READ_BY_WORKER = (*STARTED_FROM, "config/settings", "status/tasks.py", "status/claims.py")
WITHOUT_WORKER = {
    2: {"test_the_start_page_has_the_form", "test_a_post_without_a_token_is_refused"},
    3: {
        "test_the_page_loads_htmx",
        "test_a_post_is_accepted",
        "test_the_fragment_polls_for_the_status",
        "test_a_broker_that_is_down_is_reported",
        "test_a_strangers_task_is_unknown",
        "test_clicks_at_once_lose_no_task",
        "test_a_reload_shows_the_task",
        "test_a_login_loses_no_task",
        "test_every_state_is_shown",
        "test_a_waiting_task_asks_for_a_worker",
    },
    4: {
        "test_runserver_opens_the_websocket",
        "test_the_live_page_opens_the_websocket",
        "test_who_connects_is_sent_running",
        "test_a_message_reaches_every_page",
        "test_what_is_sent_is_escaped",
        "test_a_browser_shows_what_is_sent",
        "test_the_page_says_whether_it_is_connected",
        "test_the_page_connects_again",
        "test_another_site_is_refused",
        "test_a_silent_websocket_stays_open",
        "test_any_server_can_load_the_application",
        "test_a_visitor_who_leaves_is_no_member",
    },
}
# So many mistakes of each check are made in every run, the others in the long rounds.
MOST_OF_A_CHECK = 1
# What differs from run to run, and what stands for it in a golden text.
VARYING = (
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "ID"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+"), "TIME"),
    (re.compile(r"\d+\.\d+ ?s\b"), "N s"),
    (re.compile(r"(127\.0\.0\.1|localhost):\d{4,5}"), r"\1:PORT"),
    (re.compile(r"\bport \d{4,5}"), "port PORT"),
    (re.compile(r"ForkPoolWorker-\d+|ThreadPoolExecutor-\d+_\d+"), "POOL"),
    (re.compile(r"={5,}"), "====="),  # as many as the seconds leave room for
)


@dataclass(frozen=True)
class Edit:
    """A change of one file: `old` becomes `new`. An empty `old` stands for the whole file.

    `new` is None where the file is taken away.
    """

    file: str
    old: str
    new: str | bytes | None

    def apply(self, project: Path) -> None:
        """Make the change, and complain where `old` is not there: the snapshot has moved on."""
        path = project / self.file
        if self.new is None:
            path.unlink()
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        if not self.old:
            path.write_bytes(_encoded(self.new))
            return
        text = path.read_text(encoding="utf-8")
        assert self.old in text, f"{self.file} holds no “{self.old}”"
        path.write_text(text.replace(self.old, self.new, 1), encoding="utf-8")


class Appending(Edit):
    """Lines that are added at the end of a file, whatever it holds: `new`."""

    def __init__(self, file: str, new: str | bytes) -> None:
        super().__init__(file, "", new)

    def apply(self, project: Path) -> None:
        """Add the lines; a file that is not there is made."""
        (project / self.file).parent.mkdir(parents=True, exist_ok=True)
        with (project / self.file).open("ab") as file:
            file.write(b"\n\n" + _encoded(self.new))


def _encoded(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


@dataclass(frozen=True)
class Substituted:
    """A file in which `new` comes in the place of `pattern`, wherever it is, as in `re.sub`."""

    file: str
    pattern: str
    new: str | Callable[[re.Match[str]], str]

    def apply(self, project: Path) -> None:
        """Substitute it, and complain where that changes nothing: the snapshot has moved on."""
        path = project / self.file
        before = path.read_text(encoding="utf-8")
        after = re.sub(self.pattern, self.new, before, flags=re.MULTILINE)
        assert after != before, f"{self.file} is as it was"
        path.write_text(after, encoding="utf-8")


Change = Edit | Substituted


def _names_a_pool(change: Change) -> bool:
    return isinstance(change, Edit) and change.file == "Procfile" and "-P" in change.old


class Variant:
    """Edits that make another project of a snapshot, as right as it was."""

    def __init__(self, name: str, *edits: Change) -> None:
        self.name, self.edits = name, edits

    def __str__(self) -> str:
        return self.name

    def beside(self, other: "Variant") -> "Variant":
        """Return the variant with the edits of both, of which none may need what the other changes.

        Where both name a pool in the Procfile, it is the other's.
        """
        pool = any(_names_a_pool(edit) for edit in other.edits)
        own = [edit for edit in self.edits if not (pool and _names_a_pool(edit))]
        return Variant(f"{self}; {other}", *own, *other.edits)

    def touches(self, files: tuple[str, ...]) -> bool:
        """Tell whether an edit is made in one of `files`, or below a folder among them."""
        return any(edit.file.startswith(files) for edit in self.edits)


class Mistake(Variant):
    """Edits a learner might make, the check that must report it first, and words it must say."""

    def __init__(
        self, name: str, check: str, words: tuple[str, ...], *edits: Change, is_golden: bool = False
    ) -> None:
        super().__init__(name, *edits)
        self.check, self.words, self.is_golden = check, words, is_golden


def edited_copy(step: Step, edits: Sequence[Change], folder: Path) -> Path:
    """Copy the snapshot of `step` into `folder`, make the edits, and return the project."""
    project = folder / "project"
    find_lesson(str(step)).copy_to(project)
    for edit in edits:
        edit.apply(project)
    settings = project / "config" / "settings.py"
    if settings.exists() and CORE_LAYER in settings.read_text(encoding="utf-8"):
        require("redis_server")
    return project


def checks_on(step: Step, project: Path, *options: str, only: str | None = None) -> PytestOutput:
    """Run a step's checks on `project`: all of them, or `only` one with those that it waits for."""
    module = importlib.import_module(MODULES[step])
    file = Path(module.__file__)
    selected = [str(file)]
    if only:
        wanted = _with_awaited(getattr(module, only))
        # A module holds more than functions, and not all of it can be looked up in a set.
        functions = [(name, one) for name, one in vars(module).items() if callable(one)]
        selected = [f"{file}::{name}" for name, one in functions if one in wanted]
    return _run(selected, project, *options)


def exercise_on(step: Step, project: Path) -> PytestOutput:
    """Look at a step's exercise alone, as if all that it waits for held."""
    # Step 01 is about the processes.
    roles = [] if step == 1 else ["--roles=web,worker"]
    return _run([str(find_lesson(str(step)).checks / "test_your_turn.py")], project, *roles)


def step_on(step: Step, project: Path) -> PytestOutput:
    """Run all of a step's checks and its exercise, as `workbook check` does."""
    return _run([str(find_lesson(str(step)).checks)], project)


def _run(selected: list[str], project: Path, *options: str) -> PytestOutput:
    done = run_pytest(
        ["-p", "no:cacheprovider", *selected, "--target", project.name, *options],
        project.parent,  # whose name differs from run to run, and is not printed so
        {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
        | {"COLUMNS": "100", "PYTHONUTF8": "1"},
    )
    if NO_BROWSER in done.text:
        require("chromium")  # what the checks could not look at, the test can't judge
    return done


def require_reported_first(step: Step, mistake: Mistake, folder: Path, *, whole_step: bool) -> None:
    """Make the mistake and assert that the check meant for it reports it first, in its words."""
    project = edited_copy(step, mistake.edits, folder)
    roles = [] if whole_step else roles_for(step, mistake, mistake.check)
    said = checks_on(step, project, *roles, only=None if whole_step else mistake.check)
    require_first_cross(said, step, mistake.check, *mistake.words)
    if mistake.is_golden and not whole_step:
        _require_golden(
            GOLDEN / find_lesson(str(step)).checks.name / f"{mistake.name}.txt", said.text
        )


def require_first_cross(said: PytestOutput, step: Step, check: str, *words: str) -> None:
    """Assert that a check of a step, by the name of its function, is the first ✗, in such words."""
    title = getattr(importlib.import_module(MODULES[step]), check).check.title
    crosses = re.findall(r"^✗ (.*?) *$", said.text, re.MULTILINE)
    assert crosses[:1] == [title], said.text
    assert said.code == 1, said.text
    block = " ".join(said.text[said.text.index("✗ ") :].replace("│", " ").split())
    missing = [word for word in words if word not in block]
    assert not missing, f"not said: {missing}\n{said.text}"


def roles_for(step: Step, variant: Variant, check: str | None = None) -> list[str]:
    """Return the option that leaves out each process which plays no part: it need not start.

    `check` is all that is looked at, with what it waits for, or None for the whole step. Step 01
    and the lesson are about the processes, and what an edit keeps from starting shall be seen.
    """
    if (
        step in (1, "robust")
        or check == "test_the_processes_start"
        or variant.touches(STARTED_FROM)
    ):
        return []
    if check in WITHOUT_WORKER.get(step, ()) and not variant.touches(READ_BY_WORKER):
        return ["--roles=web"]
    return ["--roles=web,worker"]


def reported_first(
    step: Step, mistakes: Iterable[Mistake], *, by_whole_step: bool = True
) -> Callable[..., None]:
    """Return a test of mistakes: each is reported first by the check meant for it.

    `by_whole_step`: under `--all` every check of the step is run, not only those that it needs.
    Of the mistakes that one check reports, all but the golden ones and the first MOST_OF_A_CHECK
    are for the long rounds: what is said of each evidence is also tested without a start.
    """
    counted: Counter[str] = Counter()
    marked = []
    for one in mistakes:
        counted[one.check] += 1
        is_long = counted[one.check] > MOST_OF_A_CHECK and not one.is_golden
        marked.append(pytest.param(one, marks=[pytest.mark.long] if is_long else []))

    @pytest.mark.takes_long("a check waits for what the mistake keeps from coming")
    @pytest.mark.parametrize("mistake", marked, ids=str)
    def test(mistake: Mistake, tmp_path: Path, request: pytest.FixtureRequest) -> None:
        whole_step = by_whole_step and request.config.getoption("--all")
        require_reported_first(step, mistake, tmp_path, whole_step=whole_step)

    return test


def every_check_holds(step: Step, variants: Iterable[object]) -> Callable[..., None]:
    """Return a test of variants, or of pytest's params of them: every check of the step holds.

    Under `--all` every process of the Procfile is started, not only those that play a part.
    """

    @pytest.mark.takes_long("every check of a step, some of which wait for tasks")
    @pytest.mark.parametrize("variant", variants, ids=str)
    def test(variant: Variant, tmp_path: Path, request: pytest.FixtureRequest) -> None:
        roles = [] if request.config.getoption("--all") else roles_for(step, variant)
        said = checks_on(step, edited_copy(step, variant.edits, tmp_path), *roles)
        assert said.code == 0, said.text

    return test


def _require_golden(file: Path, text: str) -> None:
    """Compare `text`, without what differs from run to run, with the golden one.

    REFRESH_GOLDEN=1 in the environment writes it anew.
    """
    for pattern, stand_in in VARYING:
        text = pattern.sub(stand_in, text)
    if os.environ.get("REFRESH_GOLDEN"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


def _with_awaited(function: Callable[..., None]) -> set[Callable[..., None]]:
    found = {function}
    for awaited in function.check.after:
        found |= _with_awaited(awaited)
    return found
