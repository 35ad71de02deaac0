"""The person's attention: budget, quiet hours, silence after a no, and relatives of a never."""

import msgspec
import pytest

from tests.fakes.store import NOON, a_suggestion, a_workflow
from understudy.core.attention import (
    budget_refusal,
    is_relative,
    local,
    quiet_refusal,
    silence_refusal,
    use_refusal,
)
from understudy.core.ports import ScreenUse
from understudy.core.suggestion import SuggestionStatus
from understudy.core.value import DAY, HOUR, MINUTE
from understudy.core.workflow import CaptureTrigger, Step

BERLIN = "Europe/Berlin"
"""13:00 there at the tests' noon."""


def at(hour, minute=0):
    return NOON + (hour - 13) * HOUR + minute * MINUTE


def test_local_time_is_that_of_the_zone():
    """The same instant, another clock."""
    assert (local(NOON, BERLIN).hour, local(NOON, "UTC").hour) == (13, 12)


@pytest.mark.parametrize(
    "hour, minute, quiet",
    [(20, 59, False), (21, 0, True), (23, 59, True), (24, 0, True), (31, 29, True), (31, 30, False)],
)
def test_quiet_hours_may_pass_midnight(hour, minute, quiet):
    """21:00 to 07:30: the first minute is quiet, the last is not."""
    assert (quiet_refusal(at(hour, minute), BERLIN, "21:00", "07:30") is not None) is quiet


@pytest.mark.parametrize("hour, quiet", [(11, False), (12, True), (13, True), (14, False)])
def test_quiet_hours_may_lie_within_a_day(hour, quiet):
    """A lunch break from 12:00 to 14:00."""
    assert (quiet_refusal(at(hour), BERLIN, "12:00", "14:00") is not None) is quiet


def test_equal_times_are_no_quiet_hours():
    """Who wants none sets both to the same."""
    assert quiet_refusal(NOON, BERLIN, "13:00", "13:00") is None


def test_quiet_hours_say_when_they_are():
    """The reason names the span and the time seen."""
    reason = quiet_refusal(NOON, BERLIN, "12:00", "14:00")
    assert (reason.code, reason.text, reason.seen) == (
        "quiet_hours",
        "Nothing new is shown between 12:00 and 14:00",
        {"clock": "13:00"},
    )


def shown(*times, **fields):
    return [a_suggestion(f"s-{number}", shown_at=time, **fields) for number, time in enumerate(times)]


@pytest.mark.parametrize(
    "recent, refused",
    [
        (shown(NOON, NOON), False),
        (shown(NOON, NOON, NOON), True),
        (shown(NOON, NOON, NOON - 14 * HOUR), False),
        (shown(NOON, NOON, NOON - 13 * HOUR), True),
        (shown(NOON, NOON, 0), False),
        (shown(NOON, NOON, NOON, is_offer=False), False),
    ],
)
def test_three_offers_a_day_are_the_most(recent, refused):
    """Counted by the local day, only what was shown, only offers."""
    reason = budget_refusal(recent, NOON, BERLIN, 3)
    assert (reason is not None) is refused
    assert reason is None or reason.seen == {"shown_today": 3, "per_day": 3}


def answered(*ages, status=SuggestionStatus.NOT_NOW, **fields):
    return [
        a_suggestion(f"s-{number}", status=status, answered_at=NOON - age, **fields)
        for number, age in enumerate(ages)
    ]


@pytest.mark.parametrize(
    "own, days",
    [
        ([], 0),
        (answered(0), 7),
        (answered(6 * DAY), 1),
        (answered(7 * DAY - 1), 1),
        (answered(7 * DAY), 0),
        (answered(8 * DAY, 0), 14),
        (answered(0, 30 * DAY, 20 * DAY), 28),
        (answered(0, 90 * DAY, 60 * DAY, 30 * DAY), 28),
        (answered(0, is_offer=False), 0),
        (answered(0, status=SuggestionStatus.EXPIRED), 0),
    ],
)
def test_not_now_lasts_seven_then_fourteen_then_twenty_eight_days(own, days):
    """In any order, offers only; the reason says how long it still lasts."""
    reason = silence_refusal(own, NOON)
    plural = "s" if days > 1 else ""
    expected = f"It was not wanted now; it stays silent for {days} more day{plural}" if days else None
    assert (reason and reason.text) == expected


def history(*words, shown_at=NOON):
    """Offers of one workflow a day apart, the last one ended at noon: now = not now, no = no answer, did, yes."""
    statuses = {
        "now": SuggestionStatus.NOT_NOW,
        "no": SuggestionStatus.EXPIRED,
        "did": SuggestionStatus.WITHDRAWN,
        "yes": SuggestionStatus.APPROVED,
    }
    return [
        a_suggestion(
            f"s-{number}",
            status=statuses[word],
            answered_at=NOON - (len(words) - 1 - number) * DAY,
            shown_at=shown_at,
        )
        for number, word in enumerate(words)
    ]


@pytest.mark.parametrize(
    "own, days",
    [
        (history("no", "no"), 0),
        (history("no", "no", "no"), 7),
        (history("no", "no", "no", "no"), 6),
        (history(*["no"] * 6), 14),
        (history("now", "no", "no"), 5),
        (history("no", "no", "now", "no"), 6),
        (history("no", "now", "no", "no", "no"), 14),
        (history("no", "did", "no", "no"), 7),
        (history("no", "no", "yes", "no"), 0),
        (history("no", "no", "no", shown_at=0), 0),
    ],
)
def test_three_offers_without_an_answer_are_as_good_as_a_not_now(own, days):
    """In a row, and seen on screen; doing it themselves is no answer, a yes begins anew."""
    reason = silence_refusal(own, NOON)
    assert (reason.seen["until"] - NOON if reason else 0) == days * DAY


def steps(names, **parameters):
    return tuple(Step(action=name, parameters=parameters) for name in names)


@pytest.mark.parametrize(
    "names, changes, relative",
    [
        ("abcdefghij", {}, True),
        ("abcdefg", {}, True),
        ("abcdef", {}, False),
        ("jihgfedcba", {}, True),
        ("abcdefghij", {"triggers": (CaptureTrigger(symbols=("app:other",)),)}, False),
        ("", {}, False),
    ],
)
def test_relatives_have_the_same_trigger_and_mostly_the_same_steps(names, changes, relative):
    """Seven of ten steps in any order are mostly the same."""
    one = a_workflow(steps=steps("abcdefghij"))
    other = msgspec.structs.replace(a_workflow("w-2", steps=steps(names)), **changes)
    assert is_relative(one, other) is relative


def test_the_same_step_with_other_parameters_is_another_step():
    """Opening Notes is not opening Mail."""
    one, other = a_workflow(steps=steps("a", app="notes")), a_workflow(steps=steps("a", app="mail"))
    assert is_relative(one, other) is False


@pytest.mark.parametrize(
    "full_screen, do_not_disturb, respects, code",
    [
        (False, False, True, None),
        (True, False, True, "full_screen"),
        (True, False, False, None),
        (False, True, False, "do_not_disturb"),
        (True, True, True, "do_not_disturb"),
    ],
)
def test_the_screen_may_be_used_for_something_else(full_screen, do_not_disturb, respects, code):
    """What the person switched on themselves comes first; a full-screen window matters only where it is to."""
    use = ScreenUse(full_screen=full_screen, do_not_disturb=do_not_disturb)
    reason = use_refusal(use, respects_full_screen=respects)
    assert (reason.code if reason else None) == code
