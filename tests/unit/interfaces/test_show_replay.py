"""What was read of a log, in words: calm, short, and clear about what is missing."""

import click
import pytest

from tests.fakes.engine_rig import a_state
from tests.fakes.foresight import Foresight
from understudy.core.capture import Symbol
from understudy.core.pattern import PatternKind
from understudy.core.ports import BadRecord
from understudy.core.trust import Tier
from understudy.core.value import DAY, MINUTE
from understudy.core.workflow import Step
from understudy.engine.reading import Reading, ReadTemplate
from understudy.engine.replaying import Replayed, ReplayedPattern
from understudy.interfaces.cli import show_replay

T0 = 1_717_570_941_000
"""2024-06-05 07:02:21 UTC."""
WORTH_IT = {"sessions": 3, "saves_per_week": 60.0}


def lines(shown):
    return [click.unstyle(line) for line in shown]


def one(tier=Tier.SUGGEST, suggested_at=T0 + 4 * DAY, hits=9, misses=1, **fields):
    state = a_state(hits, misses, **(WORTH_IT | fields))
    return ReplayedPattern(state=state, tier=tier, suggested_at=suggested_at)


def told(*patterns, everything=False, zone="UTC", **fields):
    given = {"bad": 0, "first_bad": None, "private": 0, "foreign": 0, "seconds": 1.26}
    found = Replayed(captures=1200, first=T0, last=T0 + 14 * DAY, patterns=patterns, **(given | fields))
    return lines(show_replay.replayed(found, zone, everything=everything))


def test_a_suggestion_is_told_with_its_time_its_record_and_what_it_would_do():
    """In the order of what a person asks."""
    steps = (
        Step(action="open_app", parameters={"app": "obsidian"}),
        Step(action="run_script", parameters={"script": "git pull\n"}),
    )
    assert told(one(steps=steps)) == [
        "1,200 captures from 5 Jun 2024 to 19 Jun 2024, read in 1.3 s.",
        "",
        "What Understudy would have suggested:",
        "",
        "After Mail, you open it",
        "  suggested  after 4 days (9 Jun 2024)",
        "  proved     right 9 of 10 times",
        "  seen       5 times on 3 days",
        "  would do   Open obsidian; Run `git pull`",
        "",
        "Nothing was run, and nothing was kept.",
    ]


def test_a_pattern_of_the_first_day_is_told_so():
    """Not "after 0 days"."""
    assert "  suggested  on the first day (5 Jun 2024)" in told(one(suggested_at=T0 + MINUTE))


def test_days_are_those_of_the_zone():
    """Morning in Europe is the evening before in the Pacific; without a zone, days are those of this machine."""
    assert "from 4 Jun 2024 to 18 Jun 2024" in told(zone="Pacific/Honolulu")[0]
    assert told(zone="", private=2)[1] == "Left out as private: 2."


def test_what_stayed_in_the_shadow_is_counted_or_listed():
    """Each with the reason why it is not suggested."""
    watched = one(Tier.OBSERVE, 0, 0, 0, summary="After Zoom, you open notes")
    assert told(one(), watched)[-3] == "1 pattern more stayed in the shadow; --all lists them."
    shown = told(one(), watched, everything=True)
    assert shown[shown.index("Watched in silence:") + 2 :] == [
        "After Zoom, you open notes",
        "  proved    not tried yet",
        "  seen      5 times on 3 days",
        "  would do  open",
        "  but       It is not sure enough yet: 0.00 of 0.50",
        "",
        "Nothing was run, and nothing was kept.",
    ]


REASONS = {
    "It would save less than 30 s a week": one(Tier.OBSERVE, 0, saves_per_week=1.0),
    "It was not right often enough later": one(Tier.OBSERVE, T0 + DAY, 1, 9),
    "It is not sure enough yet: 0.05 of 0.60": one(Tier.OBSERVE, 0, 0, 0, kind=PatternKind.HABIT),
}


@pytest.mark.parametrize("reason", REASONS)
def test_a_watched_pattern_says_what_is_missing(reason):
    """A gate, a record that went bad, or evidence."""
    assert f"  but        {reason}".split() in [
        line.split() for line in told(REASONS[reason], everything=True)
    ]


def test_a_log_of_another_program_says_that_nothing_of_it_can_be_done():
    """And where the candidates are."""
    assert told(one(Tier.OBSERVE, 0), foreign=1190, private=10)[3:6] == [
        "Understudy would not have suggested anything yet.",
        "These are records of another program: they can be learned from, but not done for you.",
        "1 pattern stayed in the shadow; --all shows why.",
    ]


def test_a_log_in_which_nothing_comes_back_says_so():
    """It may only be too short."""
    assert told()[2:4] == [
        "Understudy would not have suggested anything yet.",
        "Nothing in it came back more often than chance would have it. A longer log may show more.",
    ]


def test_what_was_noticed_but_not_foreseen_says_so():
    """What is missing is a track record."""
    assert told(one(Tier.OBSERVE, 0))[3:5] == [
        "What was noticed has not been foreseen rightly often enough since.",
        "1 pattern stayed in the shadow; --all shows why.",
    ]


def test_bad_records_are_counted_with_the_first_of_them():
    """So that a wrong column is seen at once."""
    bad = BadRecord(where="x.csv, line 3", why="it has no time")
    assert told(bad=2, first_bad=bad)[1] == "2 records could not be used. x.csv, line 3: it has no time."


def test_an_empty_log_has_no_days():
    """Only that it was read."""
    empty = Replayed(captures=0, bad=0, first_bad=None, private=0, foreign=0, first=0, last=0, patterns=())
    assert lines(show_replay.replayed(empty, "", everything=False))[0] == "0 captures, read in 0.0 s."


def test_titles_cannot_steer_the_terminal():
    """Whatever a log holds."""
    shown = told(
        one(summary="After \x1b[2J, you", steps=(Step(action="open_app", parameters={"app": "a\x1bb"}),))
    )
    assert "\x1b" not in "".join(shown)


@pytest.mark.parametrize(
    "number, of, width, expected",
    [
        (4_096, 0, 80, "4,096 records read, up to 5 Jun 2024"),
        (4_096, 0, 20, "4,096 records read…"),
        (0, 10_000, 80, "[..............................] 0%, up to 5 Jun 2024"),
        (4_096, 10_000, 80, "[############..................] 41%, up to 5 Jun 2024"),
        (4_096, 10_000, 40, "[######........] 41%, up to 5 Jun 2024"),
        (4_096, 10_000, 33, "41%, up to 5 Jun 2024"),
        (4_096, 10_000, 10, "41%, up…"),
        (4_096, 10_000, 1, "…"),
        (10_001, 10_000, 80, "[##############################] 100%, up to 5 Jun 2024"),
    ],
)
def test_progress_is_one_line_that_fits(number, of, width, expected):
    """How much of it, and up to when; how many where nobody knows how much there is."""
    shown = lines([show_replay.progress(number, T0, of, width)])
    assert shown == [expected]
    assert len(expected) < max(2, width)


# ---------------------------------------------------------------- symbols and foresight


def reading(count, **fields):
    symbol = Symbol(
        exact="app:code main.py", template="app:code", coarse="app:code", parameters=(("file", "main.py"),)
    )
    plain = Symbol(exact="app:mail", template="app:mail", coarse="app:mail")
    templates = (
        ReadTemplate(symbol=symbol, seen=1200),
        *(ReadTemplate(symbol=plain, seen=2, is_rare=True) for _ in range(count - 1)),
    )
    given = {"captures": 1300, "bad": 0, "first_bad": None, "private": 0, "unseen": 0, "sessions": 1}
    return Reading(templates=templates[:count], **(given | fields))


def test_templates_are_listed_with_their_first_example():
    """Rare ones are marked."""
    assert lines(show_replay.reading(reading(2, unseen=3, given_up=9), everything=False)) == [
        "1,300 captures in 1 session: 2 different things.",
        "Seen too rarely to be part of a pattern (marked ·): 1.",
        "Rare ones that were forgotten, as there were too many: 9.",
        "Telling only of coming and going, or of nothing: 3.",
        "",
        "How often, what counts as the same, its wider kind, and the first one seen:",
        "1,200     app:code  app:code  file=main.py  as app:code main.py",
        "2      ·  app:mail  app:mail",
    ]


def test_only_the_most_frequent_templates_are_listed_unless_all_are_wanted():
    """Forty of them."""
    assert lines(show_replay.reading(reading(45), everything=False))[-1] == "5 more; --all lists them."
    assert len(lines(show_replay.reading(reading(45), everything=True))) == 49


def test_a_log_that_tells_nothing_says_so():
    """No template, no table."""
    assert (
        lines(show_replay.reading(reading(0), everything=False))[-1] == "Nothing in it tells what was done."
    )


def test_foresight_is_told_in_shares():
    """How often the first guess was right, and how right it was where it was surest."""
    assert lines(show_replay.foreseen(Foresight())) == [
        "1,200 events. Guessed from those before it, the next one was",
        "  the first guess       46.7%",
        "  among the first five  75.0%",
        "  mean of 1 / rank      0.600",
        "Where it was surest, the first guess was right",
        "  in the surest 5 %   90.0%",
        "  in the surest 10 %  80.0%",
    ]
