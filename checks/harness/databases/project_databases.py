"""Which databases a project would use: SQLite in its own copy, or nothing is started.

To use a database server is no mistake, but a check must not write to one. Where the project
falls back on SQLite without the address of its server, the checks leave the address out.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from checks.verdicts import CannotTell, NotYet

Databases = Mapping[str, Mapping[str, str]]  # by alias: engine and name, as the probe tells them

# How the variables are called that lead to a database, and what the address in one looks like.
NAME = re.compile(r"(?i)(?:^|_)(?:DB|DATABASES?|POSTGRES\w*|MYSQL|MARIADB|SQL)(?:_|$)|^PG[A-Z]+$")
SERVERS = "postgres|postgis|psql|pgsql|mysql|mariadb|oracle|mssql|cockroach"
SERVER = re.compile(f"(?i){SERVERS}")
ADDRESS = re.compile(
    rf"(?i)^[\s'\"]*(?:(?:{SERVERS}|sqlite|spatialite)[\w+]*:|django\.(?:contrib\.gis\.)?db\.backends\.)"
)
ASSIGNMENT = re.compile(r"^\s*(?:export\s+)?(\w+)\s*=(.*)$", re.MULTILINE)
COMPANIONS = ("", "-journal", "-wal", "-shm")


def are_own(databases: Databases, folder: Path) -> bool:
    """Tell whether each is an SQLite file in `folder`."""
    return all(_is_sqlite(one) and _is_in(one, folder) for one in databases.values())


def variables_of(environment: Mapping[str, str], env_file: str) -> frozenset[str]:
    """Return the names of variables that lead to a database, of the environment and a `.env`."""
    named = [*environment.items(), *ASSIGNMENT.findall(env_file)]
    return frozenset(name for name, value in named if NAME.search(name) or ADDRESS.match(value))


def require_own(databases: Databases, folder: Path, variables: Iterable[str]) -> None:
    """Raise CannotTell for a database server, and NotYet for an SQLite file outside `folder`.

    `variables` are those that may lead to a database.
    """
    for alias, database in databases.items():
        if SERVER.search(database["engine"]):
            named = next(iter(sorted(variables)), "the address of your database")
            raise CannotTell(
                f"DATABASES[{alias!r}] is {database['engine']}. The checks need SQLite: they look "
                "at a copy with a fresh database, and started nothing, so that your own database "
                "stays untouched. Have config/settings.py fall back on an SQLite file below "
                f"BASE_DIR where {named} is unset: the checks unset it for themselves"
            )
        if not (_is_sqlite(database) and _is_in(database, folder)):
            raise NotYet(
                done="loaded the settings in a copy of your project",
                seen=f"DATABASES[{alias!r}] is {database['engine']} at {database['name']}",
                expected="an SQLite file below BASE_DIR: nothing was started, so that your own "
                "database stays untouched",
                look_at="config/settings.py: is NAME built from BASE_DIR?",
                guide="01, Update settings.py",
            )


def files_of(databases: Databases, folder: Path) -> list[Path]:
    """Return the files of SQLite databases that are a copy's own, in `folder`."""
    return [(folder / database["name"]).resolve() for database in databases.values()]


def delete(file: Path) -> None:
    """Delete an SQLite database, if it is there, and what belongs to it."""
    for companion in COMPANIONS:
        file.with_name(f"{file.name}{companion}").unlink(missing_ok=True)


def _is_sqlite(database: Mapping[str, str]) -> bool:
    # GeoDjango's is an SQLite as well.
    return database["engine"].endswith(("sqlite3", "spatialite"))


def _is_in(database: Mapping[str, str], folder: Path) -> bool:
    return folder in (folder / database["name"]).resolve().parents
