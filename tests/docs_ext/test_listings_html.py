"""Listings of templates: elements and blocks, by name."""

import pytest

from tests.support.guides import box, complaint, own_steps

S3 = "steps/03-poll-task-status/templates"
S4 = "steps/04-setup-websocket/templates"

pytestmark = pytest.mark.usefixtures("without_stages")

OLD = """\
<main>
  <form>
    <p>one</p>
  </form>
</main>
"""
NEW = """\
<main>
  <form>
    {% if a < b %}<p>one</p>{% endif %}
  </form>
  {# Why it is here. #}
  <section id="task" {% if not x %}hx-get="{% url 'y' %}"{% endif %}>
    <input><b>two</b> {# not the end: </section> #}
  </section>
  {% if z %}
  <aside>three</aside>
  {% endif %}
  {% block more %}
  <p>four</p>
  <p>five</p>
  {% endblock more %}
</main>
"""
FILES = {"03-old/a.html": OLD, "04-new/a.html": NEW}


def test_a_form_replaces_the_form_of_the_step_before():
    shown = box(f"{S3}/index.html::form")
    assert (shown.data["kind"], shown.data["place"]) == ("part", "replaces")
    assert shown.title == "templates/index.html replaces <form>"
    assert shown.language == "html+django"
    assert shown.code.splitlines()[1].startswith("  hx-post=\"{% url 'check_status' %}\"")
    assert shown.code.endswith("</form>\n")
    assert len(shown.new) == 2


def test_a_first_element_goes_first_into_the_one_around_it():
    shown = box(f"{S4}/_base.html::nav")
    assert (shown.data["place"], shown.data["anchor"]) == ("top", "main")
    assert shown.title == "templates/_base.html first in <main>"


@pytest.mark.parametrize("name", ["section", "#task", "section#task"])
def test_an_element_goes_by_its_tag_its_id_or_both(tmp_path, name):
    with own_steps(tmp_path, FILES):
        shown = box(f"steps/04-new/a.html::{name}")
    assert shown.title == "a.html below <form>"
    assert shown.code.startswith("  {# Why it is here. #}\n  <section id=")
    assert shown.code.endswith("  </section>\n")


def test_a_block_goes_by_its_name(tmp_path):
    with own_steps(tmp_path, FILES):
        shown = box("steps/04-new/a.html::block more", "listing reading")
    assert shown.code.startswith("  {% block more %}\n")
    assert shown.code.endswith("  {% endblock more %}\n")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("table", "there is no `table`. There are: main, form, section#task, aside, block more"),
        ("b", "`b` shares a line with something else"),
        ("p", "`p` stands there 3 times (lines 3, 13, 14)"),
        ("aside", "stands below “{% if z %}”, which has no name"),
    ],
)
def test_what_cannot_be_shown_exactly_is_refused(tmp_path, name, sentence):
    with own_steps(tmp_path, FILES):
        assert sentence in complaint(f"steps/04-new/a.html::{name}")
