"""What is remembered from one run to the next, and the words for what changed."""

from checks.reporting.events import Ended, Listed, Told, from_line, to_line
from checks.verdicts import NotYet
from checks.watch.history import History, Result

IDS = ["one", "two", "three"]
NOT_YET = NotYet("asked", "no", "yes", "views.py", "03, Poll")


def result(marks: str) -> Result:
    """Return a complete result of three checks, such as `✓✗–`: a – waits for another check."""
    told = {
        id: Told(id, mark, id.title(), not_yet=NOT_YET if mark == "✗" else None, waits=mark == "–")
        for id, mark in zip(IDS, marks, strict=True)
    }
    return Result(IDS, told, is_complete=True)


def change(*marks: str) -> str:
    history = History()
    *before, last = map(result, marks)
    for one in before:
        history.keep(one, str(one))
    return history.change(last)


def test_the_first_time_there_is_nothing_to_compare_with():
    assert change("✓✗–") == ""


def test_what_changed_is_counted_in_words():
    assert change("✓✗–", "✓✗–") == "as many as before"
    assert change("✓✗–", "✓✓✓") == "two more hold than before"
    assert change("✓✗–", "✓✓✗") == "one more holds than before"
    assert change("✓✗–", "✗✓✓") == "two more hold than before, one that held before does not"
    assert change("✓✓✓", "✓✗–") == "one that held before does not, one can’t be told any more"
    assert change("✓✓✓", "✗––") == "one that held before does not, two can’t be told any more"


def test_the_first_cross_is_the_first_in_the_guides_order_whichever_was_asked_first():
    later, earlier = Told("two", "✗", "Two"), Told("one", "✗", "One")
    assert Result(IDS, {"two": later, "one": earlier}).first_cross == earlier


def test_a_dash_that_waits_is_no_first_cross_but_another_one_is():
    lacking = Told("three", "–", "Three", "there is no browser", lacks=True)
    unclear = Told("three", "–", "Three", "the port was taken")
    assert Result(IDS, {"three": lacking}).first_cross is None
    assert Result(IDS, {"three": unclear}).first_cross == unclear


def test_a_step_holds_where_only_the_machine_lacks_something():
    whole = result("✓✓✓")
    whole.told["three"] = Told("three", "–", "Three", "there is no browser", lacks=True)
    assert whole.all_hold
    whole.is_complete = False
    assert not whole.all_hold


def test_a_check_broke_only_where_it_held_before():
    history = History()
    cross = Told("one", "✗", "One", not_yet=NOT_YET)
    assert not history.broke(cross)
    history.keep_provisional(result("✓✗–"))
    assert history.broke(cross)
    assert not history.broke(Told("two", "✗", "Two", not_yet=NOT_YET))


def test_a_provisional_result_answers_no_later_question():
    history = History()
    history.keep_provisional(result("✓✓✓"))
    assert history.of("same files") is None
    history.keep(result("✓✓✓"), "same files")
    assert history.of("same files") is not None


def test_events_are_the_same_after_the_journey():
    events = [
        Listed(IDS, "Step 03, on your project in work/"),
        Told("one", "✗", "One – “quoted”", not_yet=NOT_YET),
        Ended(["Next: …"]),
    ]
    assert [from_line(to_line(one)) for one in events] == events
    assert all(to_line(one).isascii() for one in events)


def test_what_a_library_prints_is_no_event():
    for line in ("", "Deprecated!", "[]", "{}", '{"event": "Unknown"}', '{"event": "Told"}'):
        assert from_line(line) is None


def test_what_held_when_first_asked_is_no_step_forward():
    some = result("✓✓✗")
    assert (some.remark(), some.unproven) == ("", frozenset())
    some.before = frozenset({"one"})
    assert some.remark() == "One of them held when first asked."
    some.before = frozenset({"one", "two"})
    assert some.remark() == "They held when first asked."
    whole = result("✓✓✓")
    whole.before = frozenset({"one"})
    assert (whole.remark(), whole.unproven) == ("", frozenset())
