"""A superuser for any user model, or a sentence that says what could not be done."""

from pathlib import Path

import pytest

from tests.support.edited_projects import Substituted, checks_on, edited_copy
from tests.support.plain_settings import CUSTOM_USER

ADMIN = "test_the_admin_shows_results_and_schedules"
# Asks for what nobody could guess.
GUARDED = Substituted(
    "accounts/models.py",
    r"( +)(user = self\.model\()",
    r"\1assert password == 'of-mine', 'no'\n\1\2",
)
NAMELESS = Substituted("accounts/models.py", "def create_superuser", "def create_somebody")


@pytest.mark.long
def test_a_user_without_a_name_is_let_in(tmp_path: Path) -> None:
    said = checks_on(1, edited_copy(1, CUSTOM_USER, tmp_path), only=ADMIN)
    assert said.code == 0, said.text


@pytest.mark.long
@pytest.mark.parametrize(
    ("edit", "words"),
    [(NAMELESS, "no attribute 'create_superuser'"), (GUARDED, "AssertionError: no")],
    ids=["manager_without_the_method", "manager_that_asks_for_more"],
)
def test_what_cannot_be_created_is_said(edit: Substituted, words: str, tmp_path: Path) -> None:
    said = checks_on(1, edited_copy(1, (*CUSTOM_USER, edit), tmp_path), only=ADMIN)
    text = said.flat
    assert said.code == 2, said.text
    assert "`python manage.py createsuperuser`" in text
    assert words in text
    assert "the check itself broke" not in text
