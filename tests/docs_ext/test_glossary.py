"""Words of the field are explained where a page uses them first, in the glossary's words."""

import re

from markdown import Markdown

from docs_ext.glossary import GLOSSARY, FirstUses, terms_of

ROWS = """\
| word | what it means | step |
| --- | --- | --- |
| **Broker**{ #broker .tip } | Keeps *messages* in `Redis`. See [there](a.md#b). | [01](a.md) |
| **Worker**{ #worker .tip } | Runs tasks. | [01](a.md) |
| **Worker pool**{ #worker-pool .tip } | Runs several. | [05](a.md) |
| **Task**{ #task } | A function. | [02](a.md) |
"""


def rendered(page: str) -> str:
    md = Markdown(extensions=["tables", "pymdownx.tasklist"])
    md.treeprocessors.register(FirstUses(md, terms_of(ROWS)), "terms", 7)
    return md.convert(page)


def explained(page: str) -> list[str]:
    """Return the words of a page that got a tooltip, in order."""
    return re.findall(r"<abbr[^>]*>(.*?)</abbr>", rendered(page))


def test_a_tooltip_says_what_the_glossary_says_without_its_markup() -> None:
    assert 'title="Keeps messages in Redis. See there."' in rendered("A broker.")


def test_the_first_use_alone_is_explained_in_any_case_and_number() -> None:
    assert explained("Brokers, *workers* and a broker.\n\nThe broker again.") == [
        "Brokers",
        "workers",
    ]


def test_nothing_else_of_the_text_changes() -> None:
    plain = re.sub(r"</?abbr[^>]*>", "", rendered("A broker, **bold**, *a worker*, then `x`: end."))
    assert plain == (
        "<p>A broker, <strong>bold</strong>, <em>a worker</em>, then <code>x</code>: end.</p>"
    )


def test_the_longer_word_goes_first() -> None:
    assert explained("The worker pool of a worker.") == ["worker pool", "worker"]


def test_a_word_that_is_not_marked_gets_none() -> None:
    assert explained("A task.") == []


def test_a_page_that_defines_a_word_in_bold_explains_it_itself() -> None:
    assert explained("The **broker** keeps messages. A worker asks the broker.") == ["worker"]


def test_headings_links_code_tables_and_goals_are_left_alone() -> None:
    pages = (
        "# The broker",
        "[The broker](a.md)",
        "`broker`",
        "| broker |\n| --- |\n| broker |",
        "- [ ] The broker runs.",
    )
    assert [explained(page) for page in pages] == [[]] * len(pages)


def test_the_guides_glossary_explains_words_and_stands_in_order() -> None:
    text = GLOSSARY.read_text(encoding="utf-8")
    assert len(terms_of(text)) >= 20
    words = [word.lower() for word in re.findall(r"^\| \*\*(.+?)\*\*", text, re.MULTILINE)]
    assert words == sorted(words)
