"""Listings of Python: what is shown, where it goes, what is marked as new."""

import re

import pytest

from tests.support.guides import box, complaint, own_steps
from workbook.paths import STEPS

S1 = "steps/01-configure-celery"
S3 = "steps/03-poll-task-status"
S4 = "steps/04-setup-websocket"
S5 = "steps/05-websocket-celery"

pytestmark = pytest.mark.usefixtures("without_stages")


def code_of(address: str) -> str:
    return (STEPS.parent / address).read_text(encoding="utf-8")


def test_a_replaced_function_comes_with_its_decorator_and_its_new_lines_are_marked():
    shown = box(f"{S3}/status/tasks.py::send_status")
    assert shown.data == {
        "step": "03",
        "path": "status/tasks.py",
        "symbol": "send_status",
        "kind": "symbol",
        "place": "replaces",
        "anchor": "send_status",
        "blank-above": "2",
    }
    assert shown.title == "status/tasks.py replaces send_status"
    assert shown.language == "python"
    assert shown.code.startswith("@shared_task(bind=True)\ndef send_status(self, message=''):\n")
    assert shown.code.endswith("    return 'RUNNING'\n")
    assert shown.code in code_of(f"{S3}/status/tasks.py")
    assert "    for percent in range(0, 100, 20):" in shown.new
    assert "    print(message)" not in shown.new


def test_a_new_function_goes_below_the_one_above_it():
    shown = box(f"{S5}/status/tasks.py::broadcast")
    assert (shown.data["place"], shown.data["anchor"]) == ("below", "send_status")
    assert shown.title == "status/tasks.py below send_status"
    assert shown.new == shown.code.splitlines()


def test_a_setting_comes_with_the_comment_above_and_tells_unusual_blank_lines():
    shown = box(f"{S4}/config/settings.py::CHANNEL_LAYERS")
    assert shown.code.startswith("# Channels: the layer")
    assert shown.code.endswith("    },\n}\n")
    assert shown.title.endswith("below CELERY_TASK_PUBLISH_RETRY_POLICY, after 2 blank lines")
    assert shown.data["blank-above"] == "2"


def test_a_setting_without_a_blank_line_goes_directly_below():
    shown = box(f"{S4}/config/settings.py::ASGI_APPLICATION")
    assert shown.title == "config/settings.py directly below WSGI_APPLICATION"
    assert shown.code == "ASGI_APPLICATION = 'config.asgi.application'\n"


def test_a_setting_of_a_list_marks_the_entry_that_is_new():
    shown = box(f"{S3}/config/settings.py::INSTALLED_APPS")
    assert shown.new == ["    'django_htmx',"]
    assert shown.data["place"] == "replaces"


def test_several_names_in_a_row_are_one_piece_with_what_stands_between():
    shown = box(f"{S5}/config/settings.py::STATUS_INTERVAL, CACHES")
    assert shown.data["symbol"] == "STATUS_INTERVAL, CACHES"
    assert "cast=float)\n\n# Every process reads the last status here." in shown.code
    assert shown.data["anchor"] == "CHANNEL_LAYERS"


def test_names_may_go_on_in_the_next_line():
    one = box(f"{S5}/config/settings.py::STATUS_INTERVAL, CACHES")
    assert box(f"{S5}/config/settings.py::STATUS_INTERVAL\n::CACHES") == one


def test_the_imports_are_a_part_of_their_own():
    shown = box(f"{S5}/status/consumers.py::imports")
    assert shown.data["kind"] == "imports"
    assert shown.title.endswith("replaces the imports")
    assert "from .tasks import GROUP, LAST_STATUS, send_status_periodically" in shown.new
    assert "from channels.generic.websocket import AsyncWebsocketConsumer" not in shown.new


def test_a_method_keeps_its_indentation():
    shown = box(f"{S5}/status/consumers.py::StatusConsumer.connect")
    assert shown.code.startswith("    async def connect(self):\n")
    assert shown.title.endswith("replaces StatusConsumer.connect")


def test_step_01_is_compared_with_what_startproject_writes():
    shown = box(f"{S1}/config/settings.py::SECRET_KEY, DEBUG, ALLOWED_HOSTS")
    assert shown.data["anchor"] == "SECRET_KEY, DEBUG, ALLOWED_HOSTS"
    assert shown.title.endswith("replaces SECRET_KEY, DEBUG and ALLOWED_HOSTS")
    assert shown.code.startswith("# SECURITY WARNING: keep the secret key used in production")
    assert shown.new == [
        "SECRET_KEY = config('SECRET_KEY', default='django-insecure-for-a-laptop-only')"
    ]


def test_a_new_heading_set_off_by_a_blank_line_comes_along():
    shown = box(f"{S1}/config/settings.py::CELERY_BROKER_URL")
    assert shown.code.startswith("# Celery: every name here is Celery's own")
    assert shown.title.endswith("below DEFAULT_AUTO_FIELD, after 2 blank lines")


def test_an_old_heading_stays_where_it_is(tmp_path):
    before = "# Heading\n\nA = 1\n"
    files = {"03-old/a.py": before, "04-new/a.py": before.replace("1", "2")}
    with own_steps(tmp_path, files):
        assert box("steps/04-new/a.py::A").code == "A = 2\n"


def test_what_is_the_same_as_before_is_said_to_be_unchanged():
    shown = box(f"{S4}/status/views.py::index")
    assert (shown.data["place"], shown.new) == ("unchanged", [])


def test_reading_shows_code_that_goes_nowhere():
    shown = box(f"{S3}/status/tasks.py::send_status", "listing reading")
    assert (shown.data["place"], shown.new) == ("reading", [])
    assert shown.title == "status/tasks.py you have it already"


def test_a_part_of_a_new_file_is_not_marked(tmp_path):
    files = {"03-old/b.py": "", "04-new/a.py": "import a\n\n\ndef b(): ...\n\n\nC = 1\n"}
    with own_steps(tmp_path, files):
        shown = box("steps/04-new/a.py::imports, b")
    assert (shown.data["place"], shown.new) == ("new", [])


PARTS = {
    "03-old/a.py": "import a\n\n\nclass C:\n    x = 1\n\n    def m(self): ...\n",
    "04-new/a.py": (
        "import a\n\nB = [name for name in ()]\n\nif a:\n    D = 1\nelse:\n    D = 2\n\n"
        "a.call()\n\nfrom b import late\n\n\nclass C:\n    w = 0\n    x = 1\n\n"
        "    # Why.\n    @one\n    @two\n    def n(self): ...\n\n    def m(self): ...\n"
    ),
}


@pytest.mark.parametrize(
    ("name", "words", "code"),
    [
        ("B", "below the imports", "B = [name for name in ()]\n"),
        ("D", "below B", "if a:\n    D = 1\nelse:\n    D = 2\n"),
        ("a.call", "below D", "a.call()\n"),
        ("late", "below a.call(…)", "from b import late\n"),
        ("C.w", "first in C", "    w = 0\n"),
        ("C.n", "below C.x", "    # Why.\n    @one\n    @two\n    def n(self): ...\n"),
    ],
)
def test_each_kind_of_statement_has_a_name_and_a_place(tmp_path, name, words, code):
    with own_steps(tmp_path, PARTS):
        shown = box(f"steps/04-new/a.py::{name}")
    assert (shown.title, shown.code) == (f"a.py {words}", code)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("a.py::nobody", "there is no `nobody`. There are: imports, B, D, a.call, late, C"),
        ("a.py::C.nobody", "there is no `C.nobody`. There are: C.w, C.x, C.n, C.m"),
        ("a.py::X.y", "there is no `X.y`. There are: imports, B"),
        ("a.py::B, a.call", "`D` stands between them: name it too, or write two listings"),
        ("a.py::", "names no part after “::”"),
        ("b.py::B", "steps/04-new has no file “b.py”. It has: a.py"),
        ("a.py::B\nsteps/04-new/a.py::D", "one line too many"),
    ],
)
def test_what_is_not_there_stops_the_build_with_a_sentence(tmp_path, address, sentence):
    with own_steps(tmp_path, PARTS):
        assert sentence in complaint(f"steps/04-new/{address}")


@pytest.mark.parametrize("body", ["", "status/tasks.py", "steps/09-nothing/a.py"])
def test_an_address_without_a_step_stops_the_build(body):
    assert re.search(r"names nothing of steps/|is not there", complaint(body))


def test_a_part_that_moved_cannot_be_shown_alone(tmp_path):
    files = {"03-old/a.py": "A = 1\nB = 1\n", "04-new/a.py": "B = 2\nA = 1\n"}
    with own_steps(tmp_path, files):
        told = complaint("steps/04-new/a.py::B")
    assert "`A` stands below it now, and did not in the step before" in told


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("A = 1\nA = 2\n", "`A` stands there 2 times (lines 1, 2)"),
        ("A = 1\nB = (\n", "line 2 is no Python"),
    ],
)
def test_a_file_whose_part_cannot_be_told_is_refused_with_its_lines(tmp_path, text, sentence):
    with own_steps(tmp_path, {"03-old/a.py": text}):
        assert sentence in complaint("steps/03-old/a.py::A")
