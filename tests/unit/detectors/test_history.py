"""The history: what is kept of a capture, and that it stays small."""

from array import array

import msgspec
import pytest

from tests.unit.detectors.days import MONDAY, history_of, moment, presence, seen, state, typed
from understudy.core.capture import Capture, CaptureKind, Symbol
from understudy.core.value import DAY
from understudy.detectors.history import FARTHEST, KINDS, LITERALS, TEMPLATES, Frozen, History

CODES = {"at": "q", "position": "q", "symbol": "i", "literal": "i", "lasted": "i", "session": "i"}


def column(history, name):
    """One column as numbers."""
    frozen = history if isinstance(history, Frozen) else history.freeze()
    return list(array(CODES.get(name, "B"), frozen.columns[name]))


def test_an_event_is_kept_as_numbers():
    """Time, place, what, how to do it again, how long, session and kind."""
    history = history_of(
        [seen(moment(0), "a", lasted=7), typed(moment(0, 12), "ls"), seen(moment(0, 12), "a")]
    )
    frozen = history.freeze()
    assert column(frozen, "at") == [moment(0), moment(0, 12), moment(0, 12)]
    assert column(frozen, "position") == [1, 2, 3]
    assert [frozen.templates[number] for number in column(frozen, "symbol")] == ["app:a", "cmd:ls", "app:a"]
    assert [frozen.literals[number] for number in column(frozen, "literal")] == ["a", "ls", "a"]
    assert (column(frozen, "lasted"), column(frozen, "session")) == ([7, 0, 0], [0, 1, 1])
    assert [KINDS[number] for number in column(frozen, "kind")] == ["focus", "command", "focus"]
    assert (len(history), frozen.size) == (3, 3)


@pytest.mark.parametrize(
    "capture", [presence(MONDAY, "idle"), seen(MONDAY, ""), seen(MONDAY, "a", run_id="r-1")]
)
def test_what_says_nothing_about_the_person_is_left_out(capture):
    """Presence, what has no name, and our own doing."""
    assert len(history_of([capture])) == 0


def test_what_cannot_be_done_again_has_no_literal():
    """An address with a login in it."""
    history = history_of([seen(MONDAY, "web", url="https://ada:secret@example.org/")])
    assert column(history, "literal") == [-1]
    assert history.freeze().literals == {}


def test_numbers_that_are_too_large_are_cut():
    """A month in front, a value copied a thousand events ago."""
    history = History(10)
    history.append(1, seen(MONDAY, "a", lasted=30 * DAY), Symbol(exact="app:a", template="app:a"), 1_000)
    assert (column(history, "lasted"), column(history, "flow")) == ([2**31 - 1], [FARTHEST])


def test_an_event_can_be_taken_out_again():
    """By its position; one that is not there changes nothing."""
    history = history_of([seen(moment(0, 9, i), name) for i, name in enumerate("abc")])
    assert (history.remove(2), history.remove(9), history.remove(2)) == (True, False, False)
    assert (column(history, "position"), column(history, "at")) == ([1, 3], [moment(0), moment(0, 9, 2)])


def test_what_is_frozen_does_not_change_any_more():
    """Mining may take its time."""
    history = history_of([seen(MONDAY, "a")])
    frozen = history.freeze()
    history.append(2, seen(MONDAY, "b"), Symbol(exact="app:b", template="app:b"))
    assert (frozen.size, frozen.templates) == (1, {0: "app:a"})


def test_a_frozen_history_travels_to_another_process():
    """Byte for byte."""
    frozen = history_of([seen(moment(0, 9, i), f"app{i}") for i in range(20)]).freeze()
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(frozen), type=Frozen) == frozen


def test_a_hundred_thousand_hostile_events_stay_within_bounds():
    """Ever new and ever longer names, times that jump: 34 bytes an event, and no more texts than are allowed."""
    history = History(5_000)
    kinds = (CaptureKind.FOCUS, CaptureKind.COMMAND, CaptureKind.STATE)
    for number in range(100_000):
        text = f"{number}" + "x" * (number % 500)
        capture = Capture(
            at=MONDAY + number * 7_919 % DAY, kind=kinds[number % 3], source="s", app=text, text=text
        )
        history.append(number, capture, Symbol(exact=text, template=text))
    frozen = history.freeze()
    assert 5_000 <= len(history) <= 5_500
    assert sum(map(len, frozen.columns.values())) == 34 * len(history)
    assert len(frozen.templates) <= TEMPLATES * 1.25
    assert len(frozen.literals) <= LITERALS * 1.25
    assert sum(map(len, frozen.templates.values())) <= 1_250_000


def test_what_the_machine_reports_is_kept_too():
    """A closed meeting sets things off."""
    assert KINDS[column(history_of([state(MONDAY, "call", "closed")]), "kind")[0]] == "state"
