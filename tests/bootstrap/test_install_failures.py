"""What the installers say when they fail, from the installers themselves, becomes a sentence."""

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.bootstrap.test_pipfile_lock import LOCK
from tests.support.commands import run_command
from tests.support.fake_installer import base_python
from tests.support.web_servers import QuietHandler, served, serving
from workbook.bootstrap import bundled_pip, package_sources
from workbook.bootstrap.failures import (
    explain_unwritable,
    has_no_uv,
    last_lines,
    newer_than_tried,
    reason,
)

CLOSED = "http://127.0.0.1:9/simple"
ONE = package_sources.requirement("amqp", LOCK["default"]["amqp"])


@pytest.fixture
def index(tmp_path: Path) -> Iterator[str]:
    """The address of a package index that has no package at all."""
    folder = tmp_path / "index"
    folder.mkdir()
    with served(folder) as address:
        yield f"{address}simple"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A new environment without pip; return its Python."""
    command = [base_python(), "-m", "venv", "--without-pip", str(tmp_path / "venv")]
    subprocess.run(command, check=True)
    return tmp_path / "venv/bin/python"


def uv_says(target: Path, requirements: str = ONE, **variables: str) -> str:
    """Let the real uv fail to install into the environment `target`; return what it says."""
    return installer_says(
        [str(Path(sys.executable).parent / "uv"), "pip", "install", "--python", str(target)],
        target,
        requirements,
        UV_NO_CONFIG="1",
        UV_HTTP_RETRIES="0",
        UV_CACHE_DIR=str(target.parent.parent.parent / "cache"),
        **variables,
    )


def pip_says(target: Path, requirements: str = ONE, **variables: str) -> str:
    """Let the real bundled pip fail, as the bootstrap calls it."""
    return installer_says(
        [str(target), bundled_pip.script(), "install"],
        target,
        requirements,
        PIP_CONFIG_FILE=os.devnull,
        PIP_RETRIES="1",
        **variables,
    )


def installer_says(command: list[str], target: Path, requirements: str, **variables: str) -> str:
    file = target.parent.parent.parent / "requirements.txt"
    file.write_text(requirements, encoding="utf-8")
    done = run_command(
        [*command, "--require-hashes", "--no-deps", "-r", str(file)],
        env=package_sources.without_installers(os.environ)
        | {"NO_COLOR": "1", "NO_PROXY": "", "no_proxy": ""}
        | variables,
    )
    assert done.returncode != 0, done.stdout
    return done.stdout + done.stderr


def test_a_closed_port_is_no_network(target: Path) -> None:
    assert "needs the network, once" in reason(uv_says(target, UV_DEFAULT_INDEX=CLOSED))
    assert "needs the network, once" in reason(pip_says(target, PIP_INDEX_URL=CLOSED))


def test_a_name_that_nobody_knows_is_no_network(target: Path) -> None:
    said = uv_says(target, UV_DEFAULT_INDEX="https://index.invalid/simple")
    assert "needs the network, once" in reason(said)


def test_a_proxy_that_is_down_is_named(target: Path) -> None:
    proxy, https = "http://127.0.0.1:9", "https://index.invalid/simple"
    assert "The proxy" in reason(uv_says(target, HTTPS_PROXY=proxy, UV_DEFAULT_INDEX=https))
    assert "The proxy" in reason(pip_says(target, PIP_PROXY=proxy, PIP_INDEX_URL=https))


class Refusing(QuietHandler):
    """Answers everything with one status, in words of its own."""

    status = 407

    def do_GET(self) -> None:
        self.send_response(self.status, "Log in first")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_CONNECT = do_GET


class Forbidding(Refusing):
    status = 403


def test_a_proxy_that_asks_for_a_login_is_named(target: Path) -> None:
    http, https = "http://index.invalid/simple", "https://index.invalid/simple"
    with serving(Refusing) as server:
        proxy = f"http://127.0.0.1:{server.server_port}"
        for said in (
            uv_says(target, HTTPS_PROXY=proxy, UV_DEFAULT_INDEX=https),
            uv_says(target, HTTP_PROXY=proxy, UV_DEFAULT_INDEX=http),
            pip_says(target, PIP_PROXY=proxy, PIP_INDEX_URL=https),
        ):
            assert "The proxy did not let" in reason(said)


def test_an_index_that_refuses_is_named_in_whatever_words(target: Path) -> None:
    with serving(Forbidding) as server:
        index = f"http://127.0.0.1:{server.server_port}/simple"
        assert "refused access" in reason(uv_says(target, UV_DEFAULT_INDEX=index))


@pytest.mark.parametrize("number", [401, 403, 407])
def test_a_folder_or_a_port_may_have_a_status_as_its_number(number: int) -> None:
    said = (
        f"Using Python 3.11.7 environment at: /home/user-{number}/run {number} error/.venv\n"
        f"error: Failed to fetch: http://127.0.0.1:{number}/simple/amqp/\n"
        "  cause: Connection refused (os error 111)"
    )
    assert "needs the network, once" in reason(said)


def test_a_package_that_the_index_lacks_is_named(target: Path, index: str) -> None:
    version = LOCK["default"]["amqp"]["version"].removeprefix("==")
    for said in (
        uv_says(target, UV_DEFAULT_INDEX=index),
        pip_says(target, PIP_INDEX_URL=index),
    ):
        assert f"lacks amqp {version}, which the lock names" in reason(said)


def test_a_file_that_is_not_the_locks_is_refused(target: Path, index: str, tmp_path: Path) -> None:
    version = LOCK["default"]["amqp"]["version"].removeprefix("==")
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    with ZipFile(wheels / f"amqp-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"amqp-{version}.dist-info/METADATA", f"Name: amqp\nVersion: {version}")
    links = str(wheels)
    for said in (
        uv_says(target, UV_DEFAULT_INDEX=index, UV_FIND_LINKS=links),
        pip_says(target, PIP_INDEX_URL=index, PIP_FIND_LINKS=links),
    ):
        assert "not the one that the lock names" in reason(said)


def test_no_uv_is_told_from_no_network(target: Path, index: str) -> None:
    uv = package_sources.requirement("uv", LOCK["develop"]["uv"])
    assert has_no_uv(pip_says(target, uv, PIP_INDEX_URL=index))
    assert not has_no_uv(pip_says(target, uv, PIP_INDEX_URL=CLOSED))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_unwritable_folder(target: Path, tmp_path: Path) -> None:
    packages = next((tmp_path / "venv/lib").glob("python*/site-packages"))
    said = said_by_a_user_without_rights(target, packages)
    assert "could not be written" in reason(said)


def said_by_a_user_without_rights(target: Path, packages: Path) -> str:
    """Let uv install into `packages`, read-only for the user that it runs as."""
    packages.chmod(0o555)
    code = (
        "import os, sys\n"
        "if os.geteuid() == 0: os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        f"open({str(packages / 'new')!r}, 'w')"
    )
    if os.geteuid() != 0:
        return uv_says(target)
    for folder in (packages, *packages.parents):
        if folder.is_relative_to(target.parent.parent.parent.parent.parent):
            folder.chmod(folder.stat().st_mode | 0o055)
    done = run_command([sys.executable, "-c", code])
    assert done.returncode == 1
    return done.stderr


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.EBUSY, "unmount it"),
        (errno.EXDEV, "Move it away"),
        (errno.EACCES, "Give yourself the right"),
        (errno.ENOSPC, "disk is full"),
    ],
)
def test_what_the_system_refuses_has_its_own_way_out(number: int, advice: str) -> None:
    assert advice in explain_unwritable(OSError(number, os.strerror(number), "/here/.venv"))


def test_a_password_is_hidden_where_its_line_is_cut() -> None:
    line = f"error: Failed to fetch: `https://me:secret{'x' * 200}@index/simple`"
    assert "secret" not in last_lines(line)


# Said by uv 0.13 on a full tmpfs, by its cache on another, by a server with a certificate of its
# own making, and on Windows.
@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("  cause: failed to copy file to /b: No space left on device (os error 28)", "full"),
        ("error: Failed to initialize cache at `c`\n  cause: failed to write to file: No space left"
         " on device (os error 28)", "full"),
        ("  cause: There is not enough space on the disk. (os error 112)", "full"),
        ("  cause: client error (Connect)\n  cause: invalid peer certificate: UnknownIssuer",
         "does not trust"),
        ("  cause: HTTP status client error (401 Unauthorized) for url (https://a/simple)",
         "refused access"),
        ("  cause: failed to open file `/x`: Permission denied (os error 13)", "be written"),
    ],
)  # fmt: skip
def test_recorded_failure_is_known(said: str, sentence: str) -> None:
    assert sentence in reason(said)


def test_a_python_newer_than_any_tried_gets_a_remark(monkeypatch: pytest.MonkeyPatch) -> None:
    assert newer_than_tried() == ""
    monkeypatch.setattr(sys, "version_info", (3, 16, 0, "final", 0))
    assert "tried on Python 3.11 to 3.15, and this is 3.16" in newer_than_tried()
