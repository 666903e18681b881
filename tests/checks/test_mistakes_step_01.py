"""What a learner can get wrong in step 01, and what the checks say of it."""

from tests.checks.test_package_tables import APPS, MODELS
from tests.support.edited_projects import Edit, Mistake, Substituted, reported_first

SETTINGS, PROCFILE = "config/settings.py", "Procfile"
BROKER = "config('CELERY_BROKER_REDIS_URL', default='redis://localhost:6379')"
BACKEND = "CELERY_RESULT_BACKEND = 'django-db'"
WORKER = "celery -A config worker --loglevel=info -P gevent -c 10"
BEAT = "celery -A config beat --loglevel=info"
SECOND_APP = "from celery import Celery\n\napp = Celery('other')\napp.set_current()\n"

MISTAKES = [
    Mistake(
        "broker_written_down",
        "test_django_loads_your_project",
        ("CELERY_BROKER_URL is redis://localhost:6379", "CELERY_BROKER_REDIS_URL?"),
        Edit(SETTINGS, BROKER, "'redis://localhost:6379'"),
        is_golden=True,
    ),
    Mistake(
        "the_key_is_the_one_that_startproject_wrote",
        "test_secret_key_follows_the_environment",
        ("a SECRET_KEY in the environment", "config/settings.py, line ", "01, Create .env"),
        Substituted(SETTINGS, "^SECRET_KEY = .*$", "SECRET_KEY = 'django-insecure-x'"),
    ),
    Mistake(
        "broker_under_a_name_of_nobodys",
        "test_the_celery_app_is_loaded",
        (
            "the app asks for CELERY_BROKER_URL, and the settings have CELERY_BROKER_REDIS_URL",
            "config/settings.py: under which name",
        ),
        Edit(SETTINGS, "CELERY_BROKER_URL =", "CELERY_BROKER_REDIS_URL ="),
    ),
    Mistake(
        "typographic_quotes_in_env",
        "test_django_loads_your_project",
        ("CELERY_BROKER_URL has the quotation mark “", "open .env, line 1", "01, Create .env"),
        Edit(".env", "", "CELERY_BROKER_REDIS_URL=“redis://localhost:6379”\n"),
    ),
    Mistake(
        "broker_in_env_under_another_name",
        "test_django_loads_your_project",
        ("does not follow the line that begins with export CELERY_BROKER", "open .env, line 2"),
        Edit(".env", "", "# mine\nexport CELERY_BROKER_REDIS_URL=redis://db.example:6379\n"),
    ),
    Mistake(
        "database_in_a_place_of_its_own",
        "test_django_loads_your_project",
        ("/var/lib/status.sqlite3", "BASE_DIR"),
        Edit(SETTINGS, "BASE_DIR / 'db.sqlite3'", "'/var/lib/status.sqlite3'"),
    ),
    Mistake(
        "packages_not_installed",
        "test_the_packages_are_installed_as_apps",
        ("no django_celery_beat and no django_celery_results", "INSTALLED_APPS"),
        Edit(SETTINGS, APPS, ""),
    ),
    Mistake(
        "app_not_imported",
        "test_the_celery_app_is_loaded",
        ("no Celery app in it", "open config/__init__.py"),
        Edit("config/__init__.py", "", "\n"),
        is_golden=True,
    ),
    Mistake(
        "prefix_forgotten",
        "test_the_celery_app_is_loaded",
        ("the app asks for broker_url, and the settings have CELERY_BROKER_URL", "which prefix"),
        Edit("config/celery.py", ", namespace='CELERY'", ""),
    ),
    Mistake(
        "app_of_its_own_in_the_package",
        "test_the_celery_app_is_loaded",
        ("nothing has handed any settings to the app", "open config/__init__.py: is its app"),
        Edit(
            "config/__init__.py",
            "",
            "from celery import Celery\n\ncelery = Celery('config')\n__all__ = ('celery',)\n",
        ),
    ),
    Mistake(
        "second_app",
        "test_the_celery_app_is_loaded",
        ("a different app from the one in config", "a second Celery(...)"),
        Edit("config/celery.py", "celery.autodiscover_tasks()", "Celery('other').set_current()"),
    ),
    Mistake(
        "second_app_in_another_file",
        "test_the_celery_app_is_loaded",
        ("a different app from the one in config", "open config/more.py: is there a second"),
        Edit("config/__init__.py", "\n__all__", "from . import more\n\n__all__"),
        Edit("config/more.py", "", SECOND_APP),
        Edit("config/a_test.py", "", SECOND_APP),
    ),
    Mistake(
        "broker_without_a_default",
        "test_the_broker_has_a_default",
        ("CELERY_BROKER_REDIS_URL not found", "a name that nobody set?"),
        Edit(SETTINGS, ", default='redis://localhost:6379'", ""),
    ),
    Mistake(
        "default_on_another_port",
        "test_the_broker_has_a_default",
        ("the broker is redis://localhost:6380", "redis://localhost:6379"),
        Edit(SETTINGS, "default='redis://localhost:6379'", "default='redis://localhost:6380'"),
    ),
    Mistake(
        "result_backend_misspelt",
        "test_results_go_to_the_database",
        ("django_db", "CELERY_RESULT_BACKEND"),
        Edit(SETTINGS, BACKEND, "CELERY_RESULT_BACKEND = 'django_db'"),
    ),
    Mistake(
        "result_backend_forgotten",
        "test_results_go_to_the_database",
        ("what a task returns is lost", "CELERY_RESULT_BACKEND"),
        Edit(SETTINGS, BACKEND, ""),
    ),
    Mistake(
        "scheduler_forgotten",
        "test_beat_takes_its_schedule_from_the_database",
        ("a file of its own", "CELERY_BEAT_SCHEDULER"),
        Edit(SETTINGS, "CELERY_BEAT_SCHEDULER =", "BEAT_SCHEDULER ="),
    ),
    Mistake(
        "migration_forgotten",
        "test_no_migration_is_missing",
        ("models without a migration in: notes", "notes/models.py"),
        Edit(SETTINGS, APPS, f"{APPS}    'notes',\n"),
        Edit("notes/__init__.py", "", "\n"),
        Edit("notes/migrations/__init__.py", "", "\n"),
        Edit("notes/models.py", "", MODELS),
    ),
    Mistake(
        "no_line_for_beat",
        "test_the_processes_start",
        ("it names no beat", "open Procfile"),
        Edit(PROCFILE, f"beat: {BEAT}\n", ""),
    ),
    Mistake(
        "broker_named_in_the_procfile",
        "test_the_processes_start",
        ("the line of worker names redis://localhost:6379", "open Procfile"),
        Edit(PROCFILE, WORKER, "celery -A config -b redis://localhost:6379 worker"),
    ),
    Mistake(
        "settings_of_another_name_for_the_worker",
        "test_the_processes_start",
        (
            "No module named 'core'",
            "open config/celery.py, line 6: is it spelt right",
            "01, Configure the Celery app",
        ),
        Edit("config/celery.py", "'config.settings'", "'core.settings'"),
    ),
    Mistake(
        "pool_misspelt",
        "test_the_processes_start",
        ("it ended by itself with exit code 2", "gevant"),
        Edit(PROCFILE, "-P gevent", "-P gevant"),
        is_golden=True,
    ),
    Mistake(
        "worker_listens_to_another_queue",
        "test_a_result_becomes_a_row",
        ("the worker did not take it", "which queue"),
        Edit(PROCFILE, "-P gevent", "-Q mail -P gevent"),
    ),
    Mistake(
        "results_turned_away",
        "test_a_result_becomes_a_row",
        ("the worker took it", "does one of Celery's settings discard results?"),
        Edit(SETTINGS, BACKEND, f"{BACKEND}\nCELERY_TASK_IGNORE_RESULT = True"),
    ),
    Mistake(
        "admin_without_an_address",
        "test_the_admin_shows_results_and_schedules",
        ("Django's greeting", "admin.site.urls"),
        Edit("config/urls.py", "    path('admin/', admin.site.urls),\n", ""),
    ),
    Mistake(
        "second_beat_in_the_worker",
        "test_beat_sends_what_is_scheduled",
        ("2 lines start a beat: worker, beat", "send every periodic task twice"),
        Edit(PROCFILE, "-P gevent -c 10", "-P threads -B"),
    ),
    Mistake(
        "another_scheduler_on_the_command_line",
        "test_beat_takes_its_schedule_from_the_database",
        ("from the command of beat", "celery.beat:PersistentScheduler", "wins over the setting"),
        Edit(PROCFILE, BEAT, f"{BEAT} -S celery.beat:PersistentScheduler"),
    ),
]


test_mistake = reported_first(1, MISTAKES)
