"""What a person told pip and uv about where packages are counts; nothing can redirect them."""

import ast
import os
import sys
from pathlib import Path

import pytest

from tests.support.commands import run_command
from tests.support.fake_installer import base_python
from workbook.bootstrap import bundled_pip, package_sources
from workbook.bootstrap.installer_process import installers_variables


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder in which pip and uv were told nothing yet."""
    for name in os.environ:
        if name.startswith(("PIP_", "UV_")):
            monkeypatch.delenv(name)
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "xdg"))
    (tmp_path / "xdg/pip").mkdir(parents=True)
    (tmp_path / ".config/pip").mkdir(parents=True)
    (tmp_path / ".config/uv").mkdir(parents=True)
    return tmp_path


def told_to_uv() -> dict[str, str]:
    options = package_sources.pip_options(Path("/nowhere"), os.environ)
    return package_sources.for_uv(options, package_sources.uv_settings(os.environ), os.environ)


@pytest.mark.skipif(sys.platform != "linux", reason="the files are those of Linux")
def test_pips_files_are_read_as_pip_reads_them(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "xdg/pip/pip.conf").write_text(
        "[global]\nindex-url = https://one/simple\nfind_links =\n    /a\n    /b\n[install]\nproxy = http://p:1\n"
    )
    (home / ".config/pip/pip.conf").write_text("[global]\nindex-url = https://two/simple\n")
    (home / "named").write_text("[global]\ntrusted-host = two\n[install]\nretries = 3\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(home / "named"))
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "https://three/simple")
    command = [base_python(), bundled_pip.script(), "config", "list"]
    said = run_command(command, check=True).stdout
    pips = {}
    for line in sorted(said.splitlines(), key=lambda line: line.startswith((":env:", "install"))):
        name, _, text = line.partition("=")
        pips[name.rpartition(".")[2]] = ast.literal_eval(text)
    pips.pop("config-file", None)
    ours = package_sources.pip_options(Path("/nowhere"), os.environ)
    ours.pop("config-file", None)
    assert ours == pips
    assert ours["index-url"] == "https://one/simple"


def test_what_pip_was_told_reaches_uv(home: Path) -> None:
    (home / "cert.pem").write_text("")
    (home / ".config/pip/pip.conf").write_text(
        "[global]\nindex-url = https://me:secret@one/simple\n"
        "extra-index-url = https://two/simple\n    file:///three\nfind-links = /a /b\n"
        f"cert = {home / 'cert.pem'}\nproxy = http://p:1\ntrusted-host = one\ntimeout = 7\n"
    )
    told = told_to_uv()
    assert told["UV_DEFAULT_INDEX"] == "https://me:secret@one/simple"
    assert told["UV_INDEX"] == "https://two/simple file:///three"
    assert told["UV_FIND_LINKS"] == "/a,/b"
    assert told["SSL_CERT_FILE"] == str(home / "cert.pem")
    assert told["HTTPS_PROXY"] == told["HTTP_PROXY"] == "http://p:1"
    assert told["UV_INSECURE_HOST"] == "one"
    assert told["UV_HTTP_TIMEOUT"] == "7"


def test_the_settings_of_all_count_for_a_user_without_a_home(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", no_home)
    (home / "xdg/pip/pip.conf").write_text("[global]\nindex-url = https://one/simple\n")
    (home / "xdg/uv").mkdir()
    (home / "xdg/uv/uv.toml").write_text('find-links = ["/uvs"]\n')
    told = told_to_uv()
    assert told["UV_DEFAULT_INDEX"] == "https://one/simple"
    assert told["UV_FIND_LINKS"] == "/uvs"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    (home / ".config/uv/uv.toml").write_text("offline = true\n")
    assert told_to_uv()["UV_OFFLINE"] == "1"


def test_uvs_own_settings_come_before_pips(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / ".config/pip/pip.conf").write_text(
        "[global]\nindex-url = https://pips/simple\nfind-links = /pips\nproxy = http://pips:1\n"
    )
    (home / ".config/uv/uv.toml").write_text(
        'find-links = ["/uvs"]\n[[index]]\nname = "corp"\nurl = "https://corp/simple"\n'
        '[[index]]\nurl = "https://default/simple"\ndefault = true\n'
    )
    told = told_to_uv()
    assert told["UV_DEFAULT_INDEX"] == "https://default/simple"
    assert told["UV_INDEX"] == "corp=https://corp/simple"
    assert told["UV_FIND_LINKS"] == "/uvs"
    assert told["HTTPS_PROXY"] == "http://pips:1"
    monkeypatch.setenv("UV_INDEX_URL", "https://mine/simple")
    told = told_to_uv()
    assert told["UV_INDEX_URL"] == "https://mine/simple"
    assert "UV_DEFAULT_INDEX" not in told


def test_an_index_that_uv_alone_was_told_holds_for_pip_too() -> None:
    told = package_sources.for_pip({}, {"UV_DEFAULT_INDEX": "corp=https://corp/simple?a=b"})
    assert told["PIP_INDEX_URL"] == "https://corp/simple?a=b"
    told = package_sources.for_pip({}, {"UV_INDEX_URL": "https://corp/simple"})
    assert told["PIP_INDEX_URL"] == "https://corp/simple"


def test_nothing_can_make_them_install_elsewhere(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / ".config/pip/pip.conf").write_text(
        "[global]\ntarget = /elsewhere\nconstraint = /c.txt\n[install]\nuser = true\nprefix = /p\n"
    )
    (home / ".config/uv/uv.toml").write_text(
        '[pip]\ntarget = "/elsewhere"\nsystem = true\nexclude-newer = "2020-01-01"\n'
    )
    redirecting = (
        *("UV_TARGET", "UV_PREFIX", "UV_SYSTEM_PYTHON", "UV_PROJECT_ENVIRONMENT", "UV_CONFIG_FILE"),
        *("UV_PYTHON", "UV_REQUIRE_HASHES", "UV_EXCLUDE_NEWER", "UV_CONSTRAINT", "UV_OVERRIDE"),
        *("PIP_TARGET", "PIP_PREFIX", "PIP_USER", "PIP_CONSTRAINT", "PIP_REQUIRE_VIRTUALENV"),
        *("PYTHONPATH", "PYTHONHOME"),
    )
    for name in redirecting:
        monkeypatch.setenv(name, "/elsewhere")
    told = installers_variables()
    assert not told.keys() & set(redirecting)
    assert not any("/elsewhere" in text for text in told.values())
    assert told["UV_NO_CONFIG"] == "1"
    assert told["PIP_CONFIG_FILE"] == os.devnull
    assert told["UV_PYTHON_DOWNLOADS"] == "never"
