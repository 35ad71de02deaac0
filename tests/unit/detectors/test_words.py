"""What was noticed, in plain words."""

import pytest

from understudy.core.pattern import PatternKind
from understudy.core.workflow import CaptureTrigger, ManualTrigger, TimeTrigger
from understudy.detectors.candidate import Candidate
from understudy.detectors.words import summary, thing

NAMES = {"mail": "Thunderbird", "notes": "Obsidian"}


def name_of(app):
    """A desktop's names."""
    return NAMES.get(app, app)


def candidate(kind, trigger, *expects, **fields):
    """A candidate with nothing but what words need."""
    return Candidate(
        kind=kind,
        symbols=expects,
        trigger=trigger,
        expects=expects,
        horizon=1,
        score=1.0,
        places=(),
        **fields,
    )


@pytest.mark.parametrize(
    "trigger, expects, expected",
    [
        (("app:mail",), ("app:notes",), "After Thunderbird, you open Obsidian"),
        (
            ("app:mail", "url:t.example/b"),
            ("cmd:git pull",),
            "After Thunderbird and then t.example/b, you run `git pull`",
        ),
        (
            ("app:mail",),
            ("app:notes", "url:t.example", "phrase:Hi all"),
            "After Thunderbird, you open Obsidian, open t.example and type “Hi all”",
        ),
        (("state:meeting=ended",), ("app:notes",), "After the meeting ended, you open Obsidian"),
        (
            ("state:power=battery",),
            ("file:/a/{file}.txt",),
            "After the power is battery, you open /a/{file}.txt",
        ),
        (("click:OK",), ("click:Send",), "After OK, you click Send"),
        (("app:mail",), ("insertValue:Web / OK",), "After Thunderbird, you insertValue Web / OK"),
    ],
)
def test_what_follows_is_told_with_its_trigger(trigger, expects, expected):
    """Names of programs as the desktop has them, addresses and commands as they are."""
    assert (
        summary(candidate(PatternKind.ROUTINE, CaptureTrigger(symbols=trigger), *expects), name_of)
        == expected
    )


@pytest.mark.parametrize(
    "weekdays, minute, expected",
    [
        ((0, 1, 2, 3, 4), 8 * 60 + 56, "On weekdays around 08:55, you open Thunderbird"),
        ((5, 6), 0, "On weekends around 00:00, you open Thunderbird"),
        (tuple(range(7)), 1439, "Every day around 23:55, you open Thunderbird"),
        ((2,), 723, "On Wednesdays around 12:05, you open Thunderbird"),
        ((1, 2, 3, 4, 5), 270, "On Tuesdays to Saturdays around 04:30, you open Thunderbird"),
        ((0, 2, 4), 600, "On Mondays, Wednesdays and Fridays around 10:00, you open Thunderbird"),
        ((0, 1, 3), 600, "On Mondays, Tuesdays and Thursdays around 10:00, you open Thunderbird"),
        ((3, 4), 600, "On Thursdays and Fridays around 10:00, you open Thunderbird"),
    ],
)
def test_a_habit_is_told_with_its_days_and_time(weekdays, minute, expected):
    """To five minutes, as people say it."""
    trigger = TimeTrigger(cron="0 9 * * *", timezone="UTC")
    told = candidate(PatternKind.HABIT, trigger, "app:mail", weekdays=weekdays, typical=minute)
    assert summary(told, name_of) == expected


def test_a_repetition_is_told_as_often():
    """Without a time, as it has none."""
    told = candidate(PatternKind.REPETITION, ManualTrigger(), "cmd:git pull --rebase")
    assert summary(told, name_of) == "You often run `git pull --rebase`"


def test_long_and_broken_lines_are_shortened():
    """One line, 60 characters."""
    assert thing("phrase:one\n two", name_of) == "“one two”"
    assert len(thing("cmd:" + "x" * 200, name_of)) == 62
