"""Where packages are fetched from: what a person told pip and uv, for both of them.

Plain standard library. uv reads nothing of pip's settings, and either could be told to install into
another place than `.venv`. So their settings are read here, and what names a source of packages
alone is handed on, as variables: passwords in them are then in no list of processes. What counts
first is uv's own variable, then uv's file, then what pip was told.
"""

from __future__ import annotations

import configparser
import os
import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

NO_INDEX = "UV_NO_INDEX"
# What pip is told about where to fetch from: its option, and the variable that tells uv.
FROM_PIP = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "no-index": NO_INDEX,
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
    "proxy": "ALL_PROXY",
    "trusted-host": "UV_INSECURE_HOST",
    "timeout": "UV_HTTP_TIMEOUT",
    "retries": "UV_HTTP_RETRIES",
    "keyring-provider": "UV_KEYRING_PROVIDER",
}
# Options of pip's alone that have to do with fetching.
PIPS_OWN = {"cache-dir", "no-cache-dir", "use-feature", "use-deprecated", "resume-retries"}
FROM_UV_FILE = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "no-index": NO_INDEX,
    "find-links": "UV_FIND_LINKS",
    "index-strategy": "UV_INDEX_STRATEGY",
    "keyring-provider": "UV_KEYRING_PROVIDER",
    "allow-insecure-host": "UV_INSECURE_HOST",
    "native-tls": "UV_SYSTEM_CERTS",
    "system-certs": "UV_SYSTEM_CERTS",
    "cache-dir": "UV_CACHE_DIR",
    "no-cache": "UV_NO_CACHE",
    "offline": "UV_OFFLINE",
    "link-mode": "UV_LINK_MODE",
    "http-proxy": "HTTP_PROXY",
    "https-proxy": "HTTPS_PROXY",
    "no-proxy": "NO_PROXY",
}
# Variables of uv's that name a source or tell how to reach it. Its others could redirect it.
UV_NAMES = {
    *(name for name in (*FROM_PIP.values(), *FROM_UV_FILE.values()) if name.startswith("UV_")),
    *("UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_NATIVE_TLS", "UV_CREDENTIALS_DIR"),
    *("UV_HTTP_CONNECT_TIMEOUT", "UV_REQUEST_TIMEOUT", "UV_CONCURRENT_DOWNLOADS"),
    *("UV_CONCURRENT_INSTALLS", "UV_CONCURRENT_BUILDS"),
}
# An older spelling of a variable counts like the new one.
FORMER = {"UV_DEFAULT_INDEX": "UV_INDEX_URL", "UV_INDEX": "UV_EXTRA_INDEX_URL"}
COMMAS = {"UV_FIND_LINKS"}  # uv separates these with commas, all others with spaces


def pip_options(prefix: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Return pip's options for the environment in `prefix`, from its files and its variables.

    As pip itself ranks them: a later file, then what holds for `install`, then a variable.
    """
    general: dict[str, str] = {}
    install: dict[str, str] = {}
    for file in pip_files(prefix, environ):
        parser = configparser.RawConfigParser()
        try:
            parser.read(file, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError, OSError):
            continue  # pip itself says what is wrong with it when it is called
        for section, options in (("global", general), ("install", install)):
            if parser.has_section(section):
                options |= {name.replace("_", "-"): text for name, text in parser.items(section)}
    told = {
        name[len("PIP_") :].lower().replace("_", "-"): text
        for name, text in environ.items()
        if name.startswith("PIP_")
    }
    merged = {
        name: text for options in (general, install, told) for name, text in options.items() if text
    }
    if "default-timeout" in merged:
        merged.setdefault("timeout", merged["default-timeout"])
    return merged


def pip_files(prefix: Path, environ: Mapping[str, str]) -> list[Path]:
    """Return the files that pip reads, the one that counts most last."""
    named = environ.get("PIP_CONFIG_FILE", "")
    if named == os.devnull:
        return []
    home = home_folder()
    own = [folder / "pip" for folder in own_settings(environ)]
    if os.name == "nt":
        name, former = "pip.ini", "pip"
        shared = [Path(environ.get("PROGRAMDATA", "C:/ProgramData")) / "pip"]
    else:
        name, former = "pip.conf", ".pip"
        folders = environ.get("XDG_CONFIG_DIRS") or "/etc/xdg"
        shared = [*(Path(folder) / "pip" for folder in folders.split(os.pathsep)), Path("/etc")]
        if sys.platform == "darwin":
            shared = [Path("/Library/Application Support/pip")]
            if home:
                support = home / "Library/Application Support/pip"
                own = [support if support.is_dir() else home / ".config/pip"]
    own = [home / former, *own] if home else own
    given = [Path(named)] if named and Path(named).exists() else []
    # A file that is named takes the place of the person's own.
    files = [folder / name for folder in (*shared, *([] if given else own), prefix)]
    return [*files, *given]


def own_settings(environ: Mapping[str, str]) -> list[Path]:
    """Return the folder where programs keep the settings of the person; none without a home."""
    variable, usual = "XDG_CONFIG_HOME", ".config"
    if os.name == "nt":
        variable, usual = "APPDATA", "AppData/Roaming"
    if named := environ.get(variable):
        return [Path(named)]
    home = home_folder()
    return [home / usual] if home else []


def home_folder() -> Path | None:
    """Return the person's home folder; None for a user who has none, as in some containers."""
    try:
        return Path.home()
    except RuntimeError:
        return None


def for_pip(options: Mapping[str, str], for_uv: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that tell pip its sources; nothing else of its settings counts.

    `for_uv` are uv's: a person who named an index to uv alone means it for pip as well.
    """
    kept = {name: text for name, text in options.items() if name in {*FROM_PIP, *PIPS_OWN}}
    for option in ("index-url", "extra-index-url", "find-links", "trusted-host"):
        name = FROM_PIP[option]
        text = for_uv.get(name) or for_uv.get(FORMER.get(name, ""), "")
        urls = (text.replace(",", " ") if name in COMMAS else text).split()
        if urls:
            kept.setdefault(option, " ".join(map(without_name, urls)))
    if kept.get("retries") == "0":
        # After a single try, pip says the same of an index that it can't reach as of one that lacks
        # the package.
        kept["retries"] = "1"
    return {f"PIP_{name.replace('-', '_').upper()}": text for name, text in kept.items()}


def without_name(index: str) -> str:
    """Return the address of an index, which uv also takes as `name=address`."""
    name, equals, address = index.partition("=")
    return address if equals and "/" not in name and ":" not in name else index


def for_uv(
    options: Mapping[str, str], settings: Mapping[str, object], environ: Mapping[str, str]
) -> dict[str, str]:
    """Return the variables that tell uv its sources.

    `options` are pip's, `settings` those of uv's file, `environ` the variables there are.
    """
    given = {name: text for name, text in environ.items() if is_source(name) and text}
    filed = from_uv_file(settings)
    told = from_pip(options, environ)
    found: dict[str, str] = {}
    for source in (given, filed, told):
        for name, text in source.items():
            if FORMER.get(name) not in found:
                found.setdefault(name, text)
    # Every file's hash is checked against the lock, so that an index can't slip in another's: it
    # is as safe to take a version from whichever of them has it, as pip does.
    found.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    return found


def is_source(name: str) -> bool:
    """Tell whether a variable of uv's names a source, or the login for one."""
    login = name.startswith("UV_INDEX_") and name.endswith(("_USERNAME", "_PASSWORD"))
    return login or name in UV_NAMES


def from_pip(options: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """Return pip's options as the variables that tell uv the same."""
    found = {}
    for option, name in FROM_PIP.items():
        text = " ".join(options.get(option, "").split())
        if not text or (option == "no-index" and text.lower() in {"0", "false", "no", "off"}):
            continue
        if option == "keyring-provider" and text not in {"disabled", "subprocess"}:
            continue
        found[name] = text.replace(" ", ",") if name in COMMAS else text
    proxy = found.pop("ALL_PROXY", "")
    if proxy:
        found |= {"HTTPS_PROXY": proxy, "HTTP_PROXY": proxy}
    # pip takes the certificates that these name as well.
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        if not environ.get("SSL_CERT_FILE") and Path(environ.get(name) or "-").is_file():
            found.setdefault("SSL_CERT_FILE", environ[name])
    return found


def uv_settings(environ: Mapping[str, str]) -> dict[str, object]:
    """Return the settings in uv's own files, the user's before the machine's."""
    if environ.get("UV_NO_CONFIG"):
        return {}
    settings: dict[str, object] = {}
    for file in uv_files(environ):
        try:
            read = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
            continue
        section = read.pop("pip", {})
        settings |= read | (section if isinstance(section, dict) else {})
    return settings


def uv_files(environ: Mapping[str, str]) -> list[Path]:
    """Return the files that uv reads, the one that counts most last."""
    if named := environ.get("UV_CONFIG_FILE"):
        return [Path(named)]
    if os.name == "nt":
        shared = [Path(environ.get("PROGRAMDATA", "C:/ProgramData"))]
    else:
        folders = (environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(os.pathsep)
        shared = [Path("/etc"), *map(Path, folders)]
    return [folder / "uv" / "uv.toml" for folder in (*shared, *own_settings(environ))]


def from_uv_file(settings: Mapping[str, object]) -> dict[str, str]:
    """Return the settings of uv's file as variables, those alone that name a source."""
    found: dict[str, str] = {}
    for key, name in FROM_UV_FILE.items():
        value = settings.get(key)
        if isinstance(value, list):
            found[name] = ("," if name in COMMAS else " ").join(map(str, value))
        elif isinstance(value, bool):
            found |= {name: "1"} if value else {}
        elif value is not None:
            found[name] = str(value)
    tables = settings.get("index")
    others = [found["UV_INDEX"]] if "UV_INDEX" in found else []
    for table in reversed(tables) if isinstance(tables, list) else []:
        url = f"{table['name']}={table['url']}" if "name" in table else str(table["url"])
        if table.get("default"):
            found["UV_DEFAULT_INDEX"] = url
        else:
            others.insert(0, url)
    return found | ({"UV_INDEX": " ".join(others)} if others else {})


def without_installers(environ: Mapping[str, str]) -> dict[str, str]:
    """Return `environ` without any variable that tells Python, pip or uv where things are."""
    dropped = ("PIP_", "UV_", "PIPENV_", "PYTHONPATH", "PYTHONHOME")
    return {name: text for name, text in environ.items() if not name.startswith(dropped)}


def requirements(packages: Mapping[str, Mapping[str, object]], wanted: Iterable[str]) -> str:
    """Return the lock's entries of `wanted` as a requirements file: versions, markers, hashes."""
    return "".join(requirement(name, packages[name]) for name in sorted(wanted))


def requirement(name: str, entry: Mapping[str, object]) -> str:
    """Return one entry of the lock as a line of a requirements file."""
    marker = f" ; {entry['markers']}" if entry.get("markers") else ""
    hashes = entry["hashes"]
    assert isinstance(hashes, list)
    return f"{name}{entry['version']}{marker}{''.join(f' --hash={one}' for one in hashes)}\n"
