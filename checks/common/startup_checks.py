"""The checks that every step begins with: each step's module lists them in its own order."""

from checks.clients.background import Later
from checks.harness.env_file import require_usable_env_file
from checks.harness.project import Project
from checks.verdicts import NotYet, check

ENV_FILE_SECONDS = 20


@check("Django loads your project, and its addresses follow the environment")
def test_django_loads_your_project(project: Project) -> None:
    # A second process loads them with .env as it is, at the same time.
    environment = project.launcher.environment(project.redis.url)
    as_it_is = Later(lambda: require_usable_env_file(project.folder, environment))
    project.loaded()
    as_it_is.result(ENV_FILE_SECONDS)


@check(
    "The tables can be created, and no migration is missing",
    after=(test_django_loads_your_project,),
)
def test_no_migration_is_missing(project: Project) -> None:
    if missing := project.migrated():
        raise NotYet(
            done="python manage.py makemigrations --check",
            seen=f"models without a migration in: {', '.join(missing)}",
            expected="a migration for every change of a model",
            look_at=f"{missing[0]}/models.py: has makemigrations been run since it changed?",
            # Page 03 has the first model, and with it this command.
            guide="01, Run the migrations"
            if project.target.step.number < 3
            else "03, Know whose task it is",
        )


@check("Web, worker and beat start from the Procfile", after=(test_django_loads_your_project,))
def test_the_processes_start(project: Project) -> None:
    project.running()
