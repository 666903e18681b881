"""The broker that a project uses where nothing names one: a copy is loaded, and nothing else."""

from checks.harness.project import Project
from checks.harness.settings_reader import read_settings
from checks.harness.working_copy import copy_of, forget

VARIABLE = "CELERY_BROKER_REDIS_URL"


def broker_when_unset(project: Project) -> str:
    """Return the broker's address where neither the environment nor a `.env` names one.

    Raises SettingsError where the project does not load then.
    """
    folder = project.folder.with_name("unset")
    if not folder.exists():
        copy_of(project.folder, folder)
        forget(folder / ".env", [VARIABLE])
    environment = project.launcher.environment(project.redis.url)
    del environment[VARIABLE]
    return str(read_settings(folder, environment)["broker_url"])
