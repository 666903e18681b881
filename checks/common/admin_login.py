"""A superuser of the copy, and how a visitor logs in to the admin as one."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from checks.clients.background import Later
from checks.clients.http_client import Visitor
from checks.harness.probe_client import ProbeError
from checks.harness.project import Project
from checks.verdicts import CannotTell

# How long one may take to create: a password is hashed, in a process that loads Django first.
SUPERUSER_SECONDS = 10
# The name, and the password as well.
NAME = "checker"


@dataclass(frozen=True)
class Superuser:
    """A user whom the admin lets in: what they log in with; `email` is empty if there is none."""

    login: str
    email: str


@pytest.fixture(scope="package")
def superuser(project: Project) -> Later[Superuser]:
    """Create one while the processes start: to hash a password takes a third of a second."""
    project.migrated()
    return Later(lambda: _create_superuser(project))


def log_in(visitor: Visitor, user: Superuser, pages: Mapping[str, str]) -> bool:
    """Log in by the admin's form, which asks for a user name or, in some projects, an email.

    Return whether the admin let the visitor in. `pages` are its addresses by the name of the view.
    """
    index = pages["index"] or "/admin/"
    login = pages["login"] or f"{index}login/"
    # Twice: beat and the worker write meanwhile, and with ATOMIC_REQUESTS a request that comes in
    # between gets “database is locked”.
    for name in filter(None, (user.login, user.email, user.login)):
        visitor.get(login)
        visitor.post(f"{login}?next={index}", {"username": name, "password": NAME})
        seen = visitor.get(index)
        if "/login/" not in seen.path:
            return seen.is_fine
    return False


def _create_superuser(project: Project) -> Superuser:
    """Create one, whatever the user model asks for. Raises CannotTell where that does not work."""
    try:
        return Superuser(**project.ask("create_superuser", name=NAME, password=NAME))
    except ProbeError as error:
        last = str(error).strip().rpartition("\n")[2]
        raise CannotTell(
            "nobody can log in to the admin: `python manage.py createsuperuser`, with a value for "
            f"each field that your user model asks for, ended with “{last}”. Does it work when you "
            "type it?"
        ) from None
