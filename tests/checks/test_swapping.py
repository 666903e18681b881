"""Where htmx puts an answer, as far as the markup alone tells."""

import pytest

from checks.clients.htmx import goes_into_itself, missing_target
from checks.clients.http_client import Answer

PATH = "/check-status/"
POLLS = 'hx-get="/check-status/1/" hx-trigger="every 1s"'
FORM = '<form hx-post="/check-status/" hx-target="#task" hx-swap="outerHTML"></form>'
PLACE = '<section id="task"></section>'


def answered(text: str, **more: bool) -> Answer:
    return Answer("GET /", 200, text, 0.1, "/", url="http://127.0.0.1:8000/", **more)


@pytest.mark.parametrize(
    "swap", ["", 'hx-swap="innerHTML"', 'data-hx-swap="innerHTML show:top"', 'hx-swap=" "']
)
def test_a_fragment_that_names_no_place_goes_into_the_one_that_asks(swap: str) -> None:
    fragment = answered(f'<section id="task" {POLLS} {swap}>0 %</section>')
    assert goes_into_itself(fragment, answered(f"<main>{FORM}{PLACE}</main>"))


@pytest.mark.parametrize(
    ("fragment", "page"),
    [
        (f'<section id="task" {POLLS} hx-swap=" outerHTML">', f"{FORM}{PLACE}"),
        (f'<section id="task" {POLLS} hx-target="#task">', f"{FORM}{PLACE}"),
        (f'<div id="task" hx-target="this"><p {POLLS}></p></div>', f"{FORM}{PLACE}"),
        (f'<section id="task" {POLLS}>', f'<main hx-swap="outerHTML">{FORM}{PLACE}</main>'),
        # The form has the place inside, which inherits what the form says.
        (f'<section id="task" {POLLS}>', FORM.replace("</form>", f"{PLACE}</form>")),
        (f'<section id="task" {POLLS}>', f'<meta content="defaultSwapStyle">{FORM}{PLACE}'),
        (f'<section id="task" {POLLS}>', f'<script src="/static/own.js"></script>{FORM}{PLACE}'),
        (f'<section id="task" {POLLS}>', f"{FORM}"),  # nobody knows where it is put
        ('<section id="task" hx-get="/" hx-trigger="load delay:1s">', f"{FORM}{PLACE}"),
        ('<section id="task">100 %', f"{FORM}{PLACE}"),
    ],
)
def test_a_fragment_that_may_have_a_place_is_left_to_the_browser(fragment: str, page: str) -> None:
    assert not goes_into_itself(answered(fragment), answered(page))


def test_a_header_may_name_the_place() -> None:
    fragment = answered(f'<section id="task" {POLLS}>', swaps_by_header=True)
    assert not goes_into_itself(fragment, answered(f"{FORM}{PLACE}"))


def test_a_page_that_failed_tells_nothing() -> None:
    page = Answer("GET /", 500, f"{FORM}{PLACE}", 0.1)
    assert not goes_into_itself(answered(f'<section id="task" {POLLS}>'), page)


@pytest.mark.parametrize("target", ["task", "#tasks"])
def test_a_target_that_the_page_lacks_is_named(target: str) -> None:
    page = answered(FORM.replace("#task", target) + PLACE)
    assert missing_target(page, PATH) == target


@pytest.mark.parametrize(
    "target",
    ["#task", "this", "section", "closest form", "next .task", "tbody", "unset", ".task", "body"],
)
def test_a_target_that_htmx_may_find_is_not(target: str) -> None:
    assert missing_target(answered(FORM.replace("#task", target) + PLACE), PATH) == ""
