"""The invented fortnight: believable, repeatable, and with nothing regular in it but what was planted."""

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from understudy.core.capture import CaptureKind
from understudy.core.fortnight import BOARD, CRM, MAIL, NOTES, PULL, TIME_SHEET, fortnight

MONDAY = 1_760_313_600_000
BERLIN = "Europe/Berlin"


@pytest.fixture(scope="module", params=[0, 1, 2])
def captures(request):
    """Four weeks of somebody."""
    return list(fortnight(request.param, MONDAY, BERLIN, 28))


def local(at):
    """The wall clock where the person lives."""
    return datetime.fromtimestamp(at / 1000, ZoneInfo(BERLIN))


def test_the_same_seed_tells_the_same_story():
    """And another seed another one."""
    assert list(fortnight(7, MONDAY, BERLIN)) == list(fortnight(7, MONDAY, BERLIN))
    assert list(fortnight(7, MONDAY, BERLIN)) != list(fortnight(8, MONDAY, BERLIN))


def test_captures_come_in_order_and_stay_on_their_days(captures):
    """Times only grow, and the clock change in the third week moves nothing by an hour."""
    times = [capture.at for capture in captures]
    assert times == sorted(times)
    assert {local(at).hour for at in times} <= set(range(8, 22))


def test_every_working_day_has_hundreds_of_captures_and_weekends_few(captures):
    """Busy, but not unbelievably so."""
    counts = Counter(local(capture.at).date() for capture in captures)
    working = [count for day, count in counts.items() if day.weekday() < 5]
    weekend = [count for day, count in counts.items() if day.weekday() > 4]
    assert len(working) == 20
    assert min(working) > 150
    assert max(working) < 700
    assert sum(weekend) < 0.2 * sum(working)


def test_the_crm_is_opened_on_weekdays_about_five_to_nine(captures):
    """The habit: nearly every working day, and at no other time."""
    opened = [local(capture.at) for capture in captures if capture.url == CRM]
    assert len(opened) >= 17
    assert {time.weekday() for time in opened} <= {0, 1, 2, 3, 4}
    assert all(8 * 60 + 50 <= time.hour * 60 + time.minute <= 9 * 60 + 5 for time in opened)


def test_notes_follow_the_end_of_a_meeting(captures):
    """The follow-up: within two minutes, nearly always."""
    ends = [i for i, capture in enumerate(captures) if capture.text == "closed"]
    followed = sum(
        any(
            later.app == NOTES and later.at - captures[end].at < 120_000 for later in captures[end : end + 12]
        )
        for end in ends
    )
    assert len(ends) >= 40
    assert followed >= 0.85 * len(ends)


def test_mail_leads_to_the_board_and_on_to_the_time_sheet(captures):
    """The routine: whenever the time sheet is opened, board and mail came before it, often not directly."""
    direct = 0
    for i, capture in enumerate(captures):
        if capture.url == TIME_SHEET:
            before = captures[max(0, i - 25) : i]
            board = max(k for k, each in enumerate(before) if each.url == BOARD)
            assert any(each.app == MAIL for each in before[:board])
            direct += board == len(before) - 1
    sheets = sum(capture.url == TIME_SHEET for capture in captures)
    assert sheets >= 35
    assert direct < 0.7 * sheets


def test_one_command_is_typed_again_and_again_and_no_other_is(captures):
    """The repetition: several times a day; every other line worth keeping is rare."""
    lines = Counter(capture.text for capture in captures if capture.kind is CaptureKind.COMMAND)
    assert lines.pop(PULL) >= 40
    assert [line for line, count in lines.items() if count > 4 and not line.startswith(("ls", "cd"))] == []
