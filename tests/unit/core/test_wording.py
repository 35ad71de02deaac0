"""The words on screen."""

import pytest

from tests.fakes.engine_rig import a_state
from tests.fakes.store import NOON
from understudy.core.pattern import PatternKind
from understudy.core.suggestion import Answer
from understudy.core.value import DAY, HOUR, MINUTE, SECOND
from understudy.core.wording import (
    answer_labels,
    as_sentence,
    clock_in_words,
    headline,
    noticed,
    question,
    shortened,
    span_in_words,
    steps_in_words,
    times_in_words,
    weekdays_in_words,
)


@pytest.mark.parametrize(
    "weekdays, words",
    [
        ((), ""),
        ((0,), "Mon"),
        ((0, 2), "Mon, Wed"),
        ((4, 3), "Thu, Fri"),
        ((0, 1, 2, 3, 4), "Mon-Fri"),
        ((0, 1, 2, 5, 6), "Mon-Wed, Sat, Sun"),
        ((6, 5, 4, 3, 2, 1, 0, 0), "every day"),
    ],
)
def test_weekdays(weekdays, words):
    """Three in a row are a span, two are a list, all are every day."""
    assert weekdays_in_words(weekdays) == words


@pytest.mark.parametrize("count, words", [(1, "once"), (2, "twice"), (3, "3 times")])
def test_times(count, words):
    """Once, twice, then numbers."""
    assert times_in_words(count) == words


@pytest.mark.parametrize(
    "state, words",
    [
        (a_state(0), "After Mail, you open it: 5 times on 3 days (Mon-Wed)."),
        (a_state(0, weekdays=()), "After Mail, you open it: 5 times on 3 days."),
        (
            a_state(3, 1),
            "After Mail, you open it: 5 times on 3 days (Mon-Wed). Since then right 3 of 4 times.",
        ),
        (a_state(0, weekdays=(4,), days=1), "After Mail, you open it: 5 times on 1 day (Fri)."),
        (a_state(3, kind=PatternKind.REPETITION), "After Mail, you open it: 5 times on 3 days (Mon-Wed)."),
    ],
)
def test_what_was_noticed(state, words):
    """How often and on which days, and how right it was since, where that was tried."""
    assert noticed(state) == words


@pytest.mark.parametrize(
    "ago, words",
    [
        (0, "today 13:00"),
        (-30 * MINUTE, "today 13:30"),
        (14 * HOUR, "yesterday 23:00"),
        (2 * DAY, "Tue 13:00"),
        (6 * DAY + 4 * HOUR, "Fri 9:00"),
        (7 * DAY, "13 Nov 13:00"),
        (-DAY, "tomorrow 13:00"),
        (-3 * DAY, "Sun 13:00"),
    ],
)
def test_instants(ago, words):
    """Near ones by day, far ones by date, in the person's zone."""
    assert clock_in_words(NOON - ago, NOON, "Europe/Berlin") == words


@pytest.mark.parametrize(
    "span, words",
    [
        (999, "a moment"),
        (SECOND, "1 second"),
        (90 * SECOND, "1 minute 30 seconds"),
        (90 * MINUTE + 1, "1 hour 30 minutes"),
        (5 * MINUTE, "5 minutes"),
        (23 * HOUR, "23 hours"),
        (DAY, "1 day"),
        (7 * DAY, "7 days"),
    ],
)
def test_spans(span, words):
    """Exact to the second: a preview of a delay says what will be waited."""
    assert span_in_words(span) == words


@pytest.mark.parametrize("keeps, first", [(False, "Do it"), (True, "Keep it")])
def test_buttons(keeps, first):
    """In the order of the answers; what is only kept at hand is kept, not done."""
    labels = answer_labels((Answer.DO, Answer.NOT_NOW, Answer.NEVER, Answer.ALWAYS), keeps=keeps)
    assert list(labels.items()) == [
        ("do", first),
        ("not_now", "Not now"),
        ("never", "Never"),
        ("always", "Always"),
    ]


def test_the_buttons_of_a_run_that_waits():
    """A no ends it, so it does not say "not now"."""
    assert answer_labels((Answer.DO, Answer.NOT_NOW), goes_on=True) == {"do": "Go on", "not_now": "Stop here"}


@pytest.mark.parametrize("longest, kept", [(9, "Open mail"), (8, "Open ma…"), (6, "Open…")])
def test_a_text_is_shortened_at_its_end(longest, kept):
    """Never longer than asked for, and no space before the dots."""
    assert shortened("Open mail", longest) == kept


@pytest.mark.parametrize(
    "previews, keeps, title",
    [
        (("Open Notes",), False, "Open Notes?"),
        (("Open Notes", "Open Mail", "Say hello"), False, "Open Notes and 2 more?"),
        (("Open Notes",), True, "Keep at hand: Open Notes"),
        ((), False, "Do nothing?"),
    ],
)
def test_questions(previews, keeps, title):
    """The first step and how many more."""
    assert question(previews, keeps=keeps) == title


@pytest.mark.parametrize(
    "name, keeps, title",
    [
        ("Morning Prep", False, "Run “Morning Prep”?"),
        ("Morning Prep", True, "Keep at hand: Morning Prep"),
        (
            "Send the quarterly report of the northern sales department",
            False,
            "Run “Send the quarterly report of the nor…”?",
        ),
    ],
)
def test_what_the_person_has_named_is_asked_about_by_its_name(name, keeps, title):
    """No script and no template stands in a title."""
    assert question(("Run `x`", "Notify you: {{ y }}"), keeps=keeps, name=name) == title


@pytest.mark.parametrize(
    "name, words, title",
    [
        ("Morning Prep", ": did not work", "Morning Prep: did not work"),
        (
            "Send the quarterly report of the north",
            ": did not work",
            "Send the quarterly report of…: did not work",
        ),
        (
            "Send the quarterly report",
            ": it is not known whether it happened",
            "Send the quarterly…: it is not known whether it happened",
        ),
    ],
)
def test_a_long_name_leaves_room_for_what_is_said_of_it(name, words, title):
    """How it ended is the news, not what it is called."""
    assert headline(name, words) == title


@pytest.mark.parametrize(
    "text, sentence", [("zoom was closed", "Zoom was closed."), ("Done.", "Done."), ("", "")]
)
def test_a_sentence(text, sentence):
    """A capital first, one full stop."""
    assert as_sentence(text) == sentence


def test_steps_in_words():
    """One full stop, also after a step that ends with its own."""
    assert steps_in_words(("Open Notes", "Say: Hello.")) == "Steps: Open Notes; Say: Hello."
