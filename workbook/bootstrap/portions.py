"""Which of the lock's packages are installed when: the one place that names them.

What learning takes comes with the first call. A browser's driver and what proves the workbook are
large and come with the first call that needs them. A package that is named in neither set belongs
to the first portion. Readable by an old Python; a test proves from the packages' metadata that the
first portion asks for nothing of the others.
"""

BASE = "base"  # run, start, check, diff, guide, redis, doctor
BROWSER = "browser"  # the checks that look through a Chromium
DEVELOPMENT = "development"  # test and bench
PORTIONS = (BASE, BROWSER, DEVELOPMENT)

BROWSER_PACKAGES = frozenset(["playwright"])
DEVELOPMENT_PACKAGES = frozenset(
    [
        "ast-serialize",
        "axe-playwright-python",
        "codespell",
        "deepmerge",
        "distlib",
        "execnet",
        "filelock",
        "grimp",
        "import-linter",
        "librt",
        "markdown-it-py",
        "mdurl",
        "mypy",
        "mypy-extensions",
        "pipenv",
        "psycopg",
        "psycopg-binary",
        "pytest-xdist",
        "python-discovery",
        "rich",
        "ruff",
        "rumdl",
        "setuptools",
        "types-markdown",
        "types-psutil",
        "types-pyyaml",
        "virtualenv",
        "zensical",
    ]
)


def portion_of(package: str) -> str:
    """Return the portion that a package of the lock belongs to."""
    if package in BROWSER_PACKAGES:
        return BROWSER
    return DEVELOPMENT if package in DEVELOPMENT_PACKAGES else BASE


def wanted_by(arguments: list[str]) -> frozenset[str]:
    """Return the portions that a command line cannot begin without."""
    if arguments[:1] in (["test"], ["bench"]):
        return frozenset([BASE, BROWSER, DEVELOPMENT])
    return frozenset([BASE])
