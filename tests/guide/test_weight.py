"""The pages of the steps stay short: words, commands, and what comes before the first look."""

from pathlib import Path

import pytest

from tests.guide.replay.replay_page import STEPS
from tests.guide.weight import Weight, weigh, weights

MOST_WORDS, MOST_WORDS_UNTIL_CHECK = 1500, 1200
MOST_WORDS_TO_LOOK, MOST_LISTINGS_TO_LOOK = 400, 5
# The pages as they were before each began with the shortest version, counted by `weigh`: their
# prose, the words in their folds, and their commands.
LONG_PAGES = {
    "01": Weight(prose=2344, until_check=2083, folded=116, commands=35),
    "02": Weight(prose=2269, until_check=1976, folded=111, commands=28),
    "03": Weight(prose=3054, until_check=2732, folded=286, commands=22),
    "04": Weight(prose=2259, until_check=2032, folded=226, commands=31),
    "05": Weight(prose=2797, until_check=2464, folded=293, commands=33),
}
MOST_OF_THEM = 0.6


@pytest.fixture(scope="module")
def found(site: Path) -> dict[str, Weight]:
    """Return the counts of the pages as they are."""
    return weights(site)


@pytest.mark.parametrize("page", STEPS)
def test_a_page_has_few_words(found: dict[str, Weight], page: str):
    assert found[page].prose <= MOST_WORDS
    assert found[page].until_check <= MOST_WORDS_UNTIL_CHECK


@pytest.mark.parametrize("page", STEPS)
def test_what_left_a_page_is_not_in_its_folds(found: dict[str, Weight], page: str):
    assert found[page].folded <= LONG_PAGES[page].folded


@pytest.mark.parametrize("page", STEPS)
def test_the_first_look_comes_soon_and_shows_something(found: dict[str, Weight], page: str):
    weight = found[page]
    assert weight.words_to_look is not None, "the page has no line <!-- first look -->"
    assert weight.follows_output, "the line <!-- first look --> is not below an output"
    assert weight.words_to_look <= MOST_WORDS_TO_LOOK
    assert weight.listings_to_look is not None
    assert weight.listings_to_look <= MOST_LISTINGS_TO_LOOK


def test_all_pages_together_are_little_more_than_half_as_long(found: dict[str, Weight]):
    now = sum(weight.total for weight in found.values())
    assert now <= MOST_OF_THEM * sum(weight.total for weight in LONG_PAGES.values())


def test_words_of_code_folds_and_diagrams_are_told_apart():
    weight = weigh(
        """<article><h1>One<a class="headerlink">x</a></h1><p>two <b>three</b></p>
        <div class="listing"><pre>no words</pre></div><details><p>folded words</p></details>
        <div class="language-console"><pre>$ ls\nprinted\n&gt;&gt;&gt; f()</pre></div>
        <!-- first look --><svg><text>drawn</text></svg>
        <h2>Check your work</h2><p>four</p></article>"""
    )
    assert weight == Weight(7, 3, 2, 2, 3, 1, True)


def test_the_places_of_one_file_are_one_change():
    places = '<div class="change" data-path="a.py"></div>' * 3
    other = '<div class="change" data-path="b.py"></div>'
    again = '<p>words</p><div class="change" data-path="b.py"></div>'
    weight = weigh(f"<article>{places}{other}{again}<!-- first look --></article>")
    assert weight.listings_to_look == 3
