"""`shell`: the learner's own shell in work/, the environment active, nothing of theirs changed."""

import shutil
import signal
from pathlib import Path

import pytest

from tests.support.shell_session import Person, add_environment
from tests.support.skip_markers import SHELLS as MARKED
from tests.support.text_files import write_files
from tests.support.workbook_copy import SmallWorkbook, make_small_workbook

ODD = "Größe & 日本語 (it's $HOME; 100 %)"
# What each reads as it starts, and lines that are of no help: they set PATH and leave the folder.
START_UP_FILES = {
    "bash": ".bashrc",
    "zsh": ".zshrc",
    "fish": ".config/fish/config.fish",
    "dash": ".shrc",
    "mksh": ".mkshrc",
}
RESET = 'alias mine="echo own alias"\nexport PATH=/usr/local/bin:/usr/bin:/bin\ncd /\n'
WHERE = 'echo "<$PWD|$VIRTUAL_ENV|$(command -v python)|$(command -v workbook)>"'
SHELLS = [
    pytest.param(name, marks=getattr(pytest.mark, name) if name in MARKED else [])
    for name in START_UP_FILES
]


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> SmallWorkbook:
    """A small workbook with an environment, in a folder with an odd name, and a work/."""
    small = make_small_workbook(tmp_path_factory.mktemp("home") / ODD / "workbook")
    add_environment(small)
    small.write({"manage.py": "", ".env": "CELERY_BROKER_REDIS_URL=redis://localhost:6399\n"})
    return small


@pytest.fixture
def person(workbook: SmallWorkbook, tmp_path: Path) -> Person:
    return Person(workbook, tmp_path, "bash")


def person_with(workbook: SmallWorkbook, home: Path, shell: str, text: str) -> Person:
    """Return a person whose start-up file holds `text`."""
    write_files(home, {START_UP_FILES[shell]: text})
    return Person(workbook, home, shell)


def where(small: SmallWorkbook) -> str:
    """Return what WHERE prints in an active shell."""
    scripts = small.root / ".venv/bin"
    return f"<{small.work}|{small.root / '.venv'}|{scripts / 'python'}|{scripts / 'workbook'}>"


@pytest.mark.parametrize("shell", SHELLS)
def test_shell_whose_start_up_file_resets_path_ends_active(
    workbook: SmallWorkbook, tmp_path: Path, shell: str
) -> None:
    person = person_with(workbook, tmp_path, shell, RESET)
    variables = {"ENV": "$HOME/.shrc"} if shell == "dash" else {}
    code, shown = person.sit_down([WHERE, "mine", "exit 7"], **variables)
    assert where(workbook) in shown
    assert "own alias" in shown.splitlines()
    assert "(workbook) " in shown
    assert code == 7
    # The file is as it was, and nothing lies beside it but what the shell itself writes.
    assert (tmp_path / START_UP_FILES[shell]).read_text(encoding="utf-8") == RESET


@pytest.mark.parametrize("shell", SHELLS)
def test_piped_commands_run_there(workbook: SmallWorkbook, tmp_path: Path, shell: str) -> None:
    done = Person(workbook, tmp_path, shell).pipe(f"{WHERE}\nexit 3\n")
    assert done.stdout.splitlines() == [where(workbook)]
    assert (done.returncode, done.stderr) == (3, "")


@pytest.mark.parametrize(
    ("shell", "file", "variables"),
    [
        pytest.param("zsh", ".zshenv", {}, marks=pytest.mark.zsh),
        ("bash", ".always", {"BASH_ENV": "$HOME/.always"}),
        pytest.param("fish", ".config/fish/config.fish", {}, marks=pytest.mark.fish),
    ],
)
def test_file_that_is_read_without_a_terminal_resets_path(
    workbook: SmallWorkbook, tmp_path: Path, shell: str, file: str, variables: dict[str, str]
) -> None:
    write_files(tmp_path, {file: f"{RESET}export OWN=1\n"})
    command = f'{WHERE}\necho "$OWN $BASH_ENV $ZDOTDIR"\n'
    done = Person(workbook, tmp_path, shell).pipe(command, **variables)
    assert done.stdout.splitlines()[0] == where(workbook)
    assert done.stdout.splitlines()[1].split() == ["1", *variables.values()]


@pytest.mark.zsh
def test_zsh_finds_its_files_where_zshenv_says(workbook: SmallWorkbook, tmp_path: Path) -> None:
    elsewhere = tmp_path / "my files"
    write_files(tmp_path, {".zshenv": 'export ZDOTDIR="$HOME/my files"\n'})
    write_files(elsewhere, {".zshrc": f"{RESET}echo read in $ZDOTDIR\n"})
    person = Person(workbook, tmp_path, "zsh")
    _, shown = person.sit_down([WHERE, 'echo "it is $ZDOTDIR"', "exit"])
    assert where(workbook) in shown
    assert f"read in {elsewhere}" in shown
    assert f"it is {elsewhere}" in shown


def test_prompt_that_is_set_before_each_command_keeps_the_mark(
    workbook: SmallWorkbook, tmp_path: Path
) -> None:
    text = "PROMPT_COMMAND='PS1=\"[$?]\\$ \";'\n"
    _, shown = person_with(workbook, tmp_path, "bash", text).sit_down(["false", "exit"])
    assert "(workbook) [0]" in shown
    assert "(workbook) [1]" in shown


def test_no_variable_of_a_project_is_set(person: Person) -> None:
    printed = person.pipe("env\n").stdout
    names = {line.partition("=")[0] for line in printed.splitlines()}
    known = {"PATH", "PWD", "OLDPWD", "SHLVL", "_", "VIRTUAL_ENV", "WORKBOOK_SHELL"}
    assert names - set(person.environ()) <= known
    code = "from decouple import config; print(config('CELERY_BROKER_REDIS_URL'))"
    (person.small.work / "address.py").write_text(code, encoding="utf-8")
    assert person.pipe("python address.py\n").stdout == "redis://localhost:6399\n"


def test_workbook_is_a_command_there_from_any_folder(person: Person) -> None:
    done = person.pipe("cd /\nworkbook check 09\nworkbook\n")
    assert "There is no step “09”" in done.stderr
    # What it says is what can be typed there.
    assert "\n  workbook check 02" in done.stdout


def test_one_line_says_where_one_is_and_how_to_leave(person: Person) -> None:
    _, shown = person.sit_down(["exit"])
    (line,) = [line for line in shown.splitlines() if "Leave it with: exit" in line]
    assert str(person.small.work) in line


def test_own_shell_is_the_one_that_it_is_typed_in(workbook: SmallWorkbook, tmp_path: Path) -> None:
    person = Person(workbook, tmp_path, "dash")
    call = " ".join(person.command())
    typed = [call, 'echo "version $BASH_VERSION"', "exit", "exit"]
    _, shown = person.sit_down(typed, ["bash", "--norc"])
    assert "version 5" in shown


def test_shell_that_is_named_for_the_call(person: Person) -> None:
    call = f"SHELL={shutil.which('dash')} {' '.join(person.command())}"
    typed = [call, 'echo "version <$BASH_VERSION>"', "exit", "exit"]
    _, shown = person.sit_down(typed, ["bash", "--norc"])
    assert "version <>" in shown


def test_second_one_inside_is_refused(person: Person) -> None:
    done = person.pipe("cd /\nworkbook shell\n")
    assert done.returncode == 1
    assert "This is the workbook's shell already" in done.stderr
    # The variable alone, handed on by an editor that was started there, hinders nobody.
    assert person.pipe("echo in\n", WORKBOOK_SHELL="1000000").stdout == "in\n"


def test_deactivate_says_how_to_leave(person: Person) -> None:
    done = person.pipe("deactivate\n", BASH_ENV="/dev/null")
    assert "Leave the shell with: exit" in done.stdout


def test_without_work_it_says_how_to_begin_one(small: SmallWorkbook) -> None:
    said = small.refuses("shell")
    assert "that is not there yet" in said
    assert "python3 workbook start 01" in said
    small.work.write_text("a file")
    assert "that is no folder" in small.call("shell").stderr


def test_command_in_a_pipe_ends_when_its_reader_does(person: Person) -> None:
    done = person.pipe("yes | head -1\necho ${PIPESTATUS[0]}\n")
    assert (done.stdout, done.stderr) == (f"y\n{128 + signal.SIGPIPE}\n", "")


def test_account_without_a_shell_gets_a_usual_one(person: Person) -> None:
    assert person.pipe("echo in\n", SHELL="/usr/sbin/nologin").stdout == "in\n"


def test_folder_that_cannot_be_written_gets_a_sentence(tmp_path: Path) -> None:
    small = make_small_workbook(tmp_path / "small")
    add_environment(small)
    small.write({"manage.py": ""})
    small.write({"shell": "in the way"}, below=".workbook")
    person = Person(small, tmp_path, "bash")
    done = person.pipe("echo in\n", BASH_ENV="/dev/null")
    assert done.returncode == 1
    assert "can't be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_shell_through_a_link_keeps_the_name_work(tmp_path: Path) -> None:
    small = make_small_workbook(tmp_path / "small")
    add_environment(small)
    (tmp_path / "elsewhere").mkdir()
    small.work.symlink_to(tmp_path / "elsewhere")
    assert Person(small, tmp_path, "bash").pipe("pwd\n").stdout == f"{small.work}\n"
