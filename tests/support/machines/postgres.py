"""A PostgreSQL of a test's own, from Debian's binaries: a cluster in a folder that vanishes."""

import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.machines.children import Child, run
from workbook.runtime.ports import LOOPBACK, free_port

# Debian keeps the programs of each version apart, and none of them on the PATH.
VERSIONS = Path("/usr/lib/postgresql")
UNPRIVILEGED = "postgres"  # initdb refuses to work for root; the package makes this user
ADMIN = "admin"
# Nothing here outlives the test: a crash may take the rows.
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "16MB",
}


def find_postgresql() -> Path | None:
    """Return the folder of the newest PostgreSQL's programs, if there is one."""
    found = [path.parent for path in VERSIONS.glob("*/bin/initdb")]
    on_path = shutil.which("initdb")
    newest = max(found, key=lambda folder: float(folder.parent.name), default=None)
    return newest or (Path(on_path).resolve().parent if on_path else None)


@dataclass(frozen=True)
class PostgresServer:
    """Where it listens, and the password of its administrator."""

    port: int
    password: str

    def rows(
        self, statement: str, *values: object, database: str = "postgres"
    ) -> list[tuple[Any, ...]]:
        """Carry out a statement as the administrator, and return its rows if it has some."""
        import psycopg  # locked for Linux alone, and this module is imported everywhere

        address = {"host": LOOPBACK, "port": self.port, "user": ADMIN, "password": self.password}
        with psycopg.connect(**address, dbname=database, autocommit=True) as connection:
            cursor = connection.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    def make(self, name: str, password: str) -> None:
        """Make a user, and a database of the same name that is theirs."""
        self.rows(f"CREATE ROLE {name} LOGIN PASSWORD '{password}'")
        self.rows(f"CREATE DATABASE {name} OWNER {name}")


@contextmanager
def private_postgresql() -> Iterator[PostgresServer]:
    """Run a PostgreSQL inside the block; on 127.0.0.1 alone, and with a password."""
    programs = find_postgresql()
    user = UNPRIVILEGED if os.geteuid() == 0 else None
    # A folder of its own: below pytest's that user could not reach it.
    with tempfile.TemporaryDirectory(prefix="workbook-postgresql-") as name:
        folder = Path(name)
        password = secrets.token_hex()
        secret = folder / "password"
        secret.write_text(password, encoding="utf-8")
        if user:
            for path in (folder, secret):
                shutil.chown(path, user, user)
        environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}
        options = f"--auth=scram-sha-256 --username={ADMIN} --pwfile={secret} --no-sync"
        dropped = {"user": user, "group": user, "extra_groups": []} if user else {}
        initdb = [str(programs / "initdb"), "-D", str(folder / "data"), *options.split()]
        run(initdb, folder, environment, **dropped)
        server = PostgresServer(free_port(), password)
        set_to = [word for pair in SETTINGS.items() for word in ("-c", "=".join(pair))]
        child = Child(
            "PostgreSQL",
            [str(programs / "postgres"), "-D", f"{folder}/data", "-p", str(server.port), *set_to],
            folder,
            folder / "log",
            environment,
            user,
            # Its fast end. At SIGTERM it would wait for its clients, and a SIGKILL leaves shared
            # memory behind.
            signal.SIGINT,
        )
        try:
            child.start()
            child.await_ready(lambda: "ready to accept connections" in child.said)
            yield server
        finally:
            child.stop()
