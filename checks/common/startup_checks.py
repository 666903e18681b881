"""The checks that every step stands on: each step's module names them where they are told."""

from checks.harness.project import Project
from checks.verdicts import NotYet, check


@check("Django loads your project, and its addresses follow the environment")
def test_django_loads_your_project(project: Project) -> None:
    project.loaded()


@check(
    "The tables can be made, and no migration is missing", after=(test_django_loads_your_project,)
)
def test_no_migration_is_missing(project: Project) -> None:
    if missing := project.migrated():
        raise NotYet(
            done="python manage.py makemigrations --check",
            seen=f"models without a migration in: {', '.join(missing)}",
            expected="a migration for every change of a model",
            look_at=f"{missing[0]}/models.py: has makemigrations been run since it changed?",
            guide="01, Run the migrations",
        )


@check("Web, worker and beat start from the Procfile", after=(test_django_loads_your_project,))
def test_the_processes_start(project: Project) -> None:
    project.running()
