"""Step 01: a worker is another process, reached through a broker."""

import re
import uuid

from checks.clients.background import Later
from checks.clients.http_client import Answer, visiting
from checks.common import startup_checks
from checks.common.admin_login import SUPERUSER_SECONDS, Superuser, log_in
from checks.common.evidence import explain_answer, explain_logs
from checks.common.queues import waiting
from checks.harness.preflight import require_celery_app, require_results_in_database
from checks.harness.project import Project
from checks.harness.settings_reader import SettingsError
from checks.pace import patience
from checks.step_01.default_broker import VARIABLE, broker_when_unset
from checks.step_01.fixtures import BEAT_QUEUE, TASK
from checks.step_01.secret_key import require_key_from_environment
from checks.verdicts import CannotTell, NotYet, check
from workbook.errors import WorkbookError
from workbook.projects.procfile import commands
from workbook.redis_server.address import masked
from workbook.runtime.waiting import wait_until

ROW_SECONDS, BEAT_SECONDS = 5, 8
SETTINGS = "config/settings.py"
BEAT_COMMAND = re.compile(r"\bcelery\b.*\sbeat\b|\bcelery\b.*\sworker\b.*\s(-\w*B|--beat)\b")
SCHEDULER_OPTION = re.compile(r"\s(?:--scheduler[=\s]\s*|-S[=\s]?\s*)(\S+)")
DJANGOS_BACKEND = "django.contrib.auth.backends.ModelBackend"
LAPTOP_BROKER = re.compile(r"redis://(localhost|127\.0\.0\.1)(:6379)?(/\d*)?")

test_django_loads_your_project = startup_checks.test_django_loads_your_project


@check("The packages are installed as apps", after=(test_django_loads_your_project,))
def test_the_packages_are_installed_as_apps(project: Project) -> None:
    apps = project.loaded()["installed_apps"]
    wanted = ("django_celery_beat", "django_celery_results")
    if missing := [name for name in wanted if not any(app.startswith(name) for app in apps)]:
        raise NotYet(
            done="read INSTALLED_APPS",
            seen=f"no {' and no '.join(missing)}",
            expected="django_celery_beat and django_celery_results among the apps",
            look_at=f"{SETTINGS}, INSTALLED_APPS",
            guide="01, Keep the results",
        )


@check(
    "The Celery app is loaded whenever Django starts, and knows Django's settings",
    after=(test_django_loads_your_project,),
)
def test_the_celery_app_is_loaded(project: Project) -> None:
    require_celery_app(project.loaded(), project.folder)


@check(
    "Without CELERY_BROKER_REDIS_URL, the broker is redis://localhost:6379",
    after=(test_the_celery_app_is_loaded,),
)
def test_the_broker_has_a_default(project: Project) -> None:
    done = f"loaded the settings without {VARIABLE}, in the environment or in .env"
    expected = "redis://localhost:6379, so that the project runs as it was cloned"
    try:
        broker = broker_when_unset(project)
    except SettingsError as error:
        words = str(error)
        raise NotYet(
            done=done,
            seen=words.splitlines()[-1],
            expected=expected,
            look_at=f"{SETTINGS}: what does config() do with a name that nobody set?",
            guide="01, Update settings.py",
            words=words,
        ) from None
    if not LAPTOP_BROKER.fullmatch(broker):
        raise NotYet(
            done=done,
            seen=f"the broker is {masked(broker)}",
            expected=expected,
            look_at=f"{SETTINGS}, CELERY_BROKER_URL",
            guide="01, Update settings.py",
        )


@check(
    "Results go to Django's database",
    after=(test_the_packages_are_installed_as_apps, test_the_celery_app_is_loaded),
)
def test_results_go_to_the_database(project: Project) -> None:
    settings = project.loaded()
    in_database = project.ask("stores_results")["in_database"]
    require_results_in_database(settings, in_database=in_database)


@check(
    "Beat takes its schedule from the database",
    after=(test_the_packages_are_installed_as_apps, test_the_celery_app_is_loaded),
)
def test_beat_takes_its_schedule_from_the_database(project: Project) -> None:
    scheduler, place = project.loaded()["beat_scheduler"], f"{SETTINGS}, CELERY_BEAT_SCHEDULER"
    if named := _scheduler_of_the_command(project):
        scheduler, place = named, "Procfile, beat: its command wins over the setting"
    if not project.ask("finds_schedule", scheduler=scheduler)["in_database"]:
        raise NotYet(
            done="read the scheduler from the command of beat"
            if named
            else "read the scheduler from the Celery app",
            seen=f"{scheduler}"
            + (": it keeps its schedule in a file of its own" if "Persistent" in scheduler else ""),
            expected="the DatabaseScheduler of django_celery_beat",
            look_at=place,
            guide="01, Keep the schedule",
        )


def _scheduler_of_the_command(project: Project) -> str:
    """Return the scheduler that the Procfile's command of beat names, empty if it names none."""
    try:
        command = commands(project.folder, project.port).get("beat", "")
    except WorkbookError:
        return ""  # the check that starts the processes says what is wrong there
    found = SCHEDULER_OPTION.search(command)
    return found[1].strip("'\"") if found else ""


test_no_migration_is_missing = startup_checks.test_no_migration_is_missing


@check(
    "SECRET_KEY follows the environment", after=(test_beat_takes_its_schedule_from_the_database,)
)
def test_secret_key_follows_the_environment(project: Project) -> None:
    require_key_from_environment(project.folder, project.loaded()["settings_file"])


@check(
    "Web, worker and beat start from the Procfile, and the worker answers ping",
    after=(
        test_the_packages_are_installed_as_apps,
        test_results_go_to_the_database,
        test_beat_takes_its_schedule_from_the_database,
    ),
)
def test_the_processes_start(project: Project) -> None:
    project.running()


@check("A task's result becomes a row of the database", after=(test_the_processes_start,))
def test_a_result_becomes_a_row(project: Project) -> None:
    task_id = str(uuid.uuid4())
    before = project.received(TASK)
    project.app.send_task(TASK, task_id=task_id)
    result = project.result(task_id, ROW_SECONDS)
    if result and result["status"] == "SUCCESS":
        return
    if result:
        seen, wanted = f"its state is {result['status']}", f"{SETTINGS}, CELERY_RESULT_BACKEND"
    elif project.received(TASK) > before:
        seen = f"the worker took it, and {ROW_SECONDS} s later there was no row"
        wanted = f"{SETTINGS}: does one of Celery's settings discard results?"
    else:
        seen = f"the worker did not take it within {ROW_SECONDS} s"
        wanted = "Procfile, worker: which queue does it listen to?"
    not_yet = NotYet(
        done=f"sent {TASK} to the worker, through the queue that tasks go to by default",
        seen=seen,
        expected="a row in django_celery_results with the state SUCCESS",
        look_at=wanted,
        guide="01, One file for three terminals",
        words=project.process("worker").log.tail(),
    )
    raise explain_logs(not_yet, project, "worker")


@check(
    "The admin shows results and manages periodic tasks",
    after=(test_the_processes_start,),
)
def test_the_admin_shows_results_and_schedules(
    project: Project, superuser: Later[Superuser]
) -> None:
    user, pages = superuser.result(SUPERUSER_SECONDS), project.loaded()["admin"]
    with visiting(project.url) as visitor:
        log_in(visitor, user, pages)
        for page in ("django_celery_results/taskresult", "django_celery_beat/periodictask"):
            index = pages["index"] or "/admin/"
            view = f"{page.replace('/', '_')}_changelist"
            answer = visitor.get(pages[view] or f"{index}{page}/")
            # Django's own greeting comes with status 200 as well, whatever the address.
            if answer.status != 200 or "/login/" in answer.path or page not in answer.text:
                is_turned_away = answer.status == 200 and "/login/" in answer.path
                backends = project.loaded()["authentication_backends"]
                if is_turned_away and backends != [DJANGOS_BACKEND]:
                    raise CannotTell(
                        f"the admin's form let in no superuser by “{user.login}” or by an address: "
                        f"AUTHENTICATION_BACKENDS is {', '.join(backends) or 'empty'}. Look at "
                        f"{answer.done.partition(' ')[2]} yourself"
                    )
                not_yet = NotYet(
                    done=f"logged in to the admin as a superuser, then {answer.done}",
                    seen="the login page again" if is_turned_away else _what_came(answer),
                    expected="the list",
                    look_at=f"{SETTINGS}, SESSION_ENGINE: does a session outlive its request?"
                    if is_turned_away
                    else "config/urls.py: does it lead to admin.site.urls?",
                    guide="01, Look at the admin",
                    words=project.process("web").log.tail() if answer.status >= 500 else "",
                )
                raise explain_answer(not_yet, project, answer)


def _what_came(answer: Answer) -> str:
    """Say which page came in place of the list."""
    return "Django's greeting: “The install worked …”" if answer.is_greeting else answer.seen


@check("One beat sends what is scheduled in the database", after=(test_the_processes_start,))
def test_beat_sends_what_is_scheduled(project: Project) -> None:
    processes = commands(project.folder, project.port)
    beats = [role for role, command in processes.items() if BEAT_COMMAND.search(command)]
    if len(beats) > 1:
        raise NotYet(
            done="read the Procfile",
            seen=f"{len(beats)} lines start a beat: {', '.join(beats)}",
            expected="one beat: two send every periodic task twice",
            look_at="Procfile",
            guide="01, One file for three terminals",
        )
    if not wait_until(lambda: waiting(project, BEAT_QUEUE), patience(BEAT_SECONDS)):
        not_yet = NotYet(
            done=f"scheduled {TASK} for every second in django_celery_beat",
            seen=f"beat sent nothing within {BEAT_SECONDS} s",
            expected="beat sends it within seconds",
            look_at="Procfile, beat: does its command start a beat?"
            if project.loaded()["use_tz"]
            else f"{SETTINGS}, USE_TZ: without it beat takes its clock for that of UTC, and "
            f"TIME_ZONE is {project.loaded()['time_zone']}",
            guide="01, One file for three terminals",
            words=project.process("beat").log.tail(),
        )
        raise explain_logs(not_yet, project, "beat")
