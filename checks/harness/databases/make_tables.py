"""Makes the tables of installed packages: `make_tables.py DATABASE APP …`, in a Python of its own.

Nothing of the workbook is imported here, nothing of a project, and none of its settings.
"""

import sys

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection


def main(file: str, apps: list[str]) -> None:
    """Run the migrations of `apps` into a new SQLite database `file`."""
    databases = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": file}}
    settings.configure(INSTALLED_APPS=apps, DATABASES=databases, SECRET_KEY="none", USE_TZ=True)
    django.setup()
    connection.cursor().execute("PRAGMA synchronous = OFF")
    call_command("migrate", interactive=False, verbosity=0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
