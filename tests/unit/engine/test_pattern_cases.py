"""What can be asked about patterns and captures: cards, occurrences, counts in the person's own time."""

import pytest

from tests.fakes.engine_rig import EngineRig, a_state
from tests.fakes.store import NOON, a_pair
from understudy.core.pattern import Occurrence, PatternKind
from understudy.core.ports import CaptureQuery
from understudy.core.store_queries import Count, PatternQuery
from understudy.core.trust import Tier
from understudy.core.value import DAY, HOUR, MINUTE
from understudy.engine.cases.captures import CaptureCases, CountBy
from understudy.engine.cases.patterns import PatternCases
from understudy.errors import InvalidInputError, NotFoundError


def cases(kind, rig):
    """The use cases over the context of a rig."""
    made = kind()
    made._context = rig.context
    return made


def seen(*starts):
    return tuple(Occurrence(start=at, end=at, first=at, last=at) for at in starts)


@pytest.fixture
def rig():
    return EngineRig().begin()


# --- patterns --------------------------------------------------------------------------


def test_a_pattern_is_shown_with_how_it_does_and_what_it_became(rig):
    """Its workflow and how far that may go; a pattern that nothing can be done of has none."""
    rig.knows(a_state(hits=6, occurrences=seen(NOON - DAY, NOON)))
    rig.knows(a_state(pattern_id="p-2", steps=(), kind=PatternKind.HABIT))
    first, second = cases(PatternCases, rig).patterns()
    workflow = rig.store.workflows.get("w-1")
    assert (first.workflow_id, first.tier) == ("w-1", workflow.tier)
    assert (first.stats.occurrences, first.stats.per_week, first.stats.success_rate) == (2, 2.0, 1.0)
    assert (second.state.pattern.id, second.workflow_id, second.tier) == ("p-2", "", None)
    assert cases(PatternCases, rig).pattern("p-2") == second


def test_patterns_are_found_by_what_their_evidence_has_earned(rig):
    """Page by page."""
    rig.knows(a_state(hits=6))
    rig.knows(a_state(pattern_id="p-2", misses=9))
    found = cases(PatternCases, rig).patterns(PatternQuery(tier=Tier.SUGGEST))
    after = cases(PatternCases, rig).patterns(PatternQuery(after="p-1"))
    assert [[card.state.pattern.id for card in each] for each in (found, after)] == [["p-1"], ["p-2"]]


def test_the_occurrences_of_a_pattern_are_read_page_by_page(rig):
    """The latest first."""
    rig.knows(a_state(occurrences=seen(1, 2, 3)))
    asked = cases(PatternCases, rig)
    assert [one.start for one in asked.occurrences("p-1", limit=2)] == [3, 2]
    assert [one.start for one in asked.occurrences("p-1", before=2)] == [1]


def test_a_pattern_that_is_not_there_is_told_in_words(rig):
    """With where to look."""
    asked = cases(PatternCases, rig)
    for ask in (asked.pattern, asked.occurrences):
        with pytest.raises(NotFoundError, match=r"There is no pattern p-9\. See: understudy patterns"):
            ask("p-9")


@pytest.mark.parametrize("limit", [0, 1001])
def test_a_page_has_a_sensible_length(rig, limit):
    """Neither nothing nor everything."""
    rig.knows(a_state())
    asked = cases(PatternCases, rig)
    for ask in (lambda: asked.patterns(PatternQuery(limit=limit)), lambda: asked.occurrences("p-1", limit)):
        with pytest.raises(InvalidInputError, match="Ask for 1 to 1000"):
            ask()


# --- captures --------------------------------------------------------------------------


def test_captures_are_read_page_by_page(rig):
    """After a capture that is gone the reader is told, not left with an empty page."""
    first, second, third = (rig.store.captures.add(*a_pair(at)) for at in (1, 2, 3))
    asked = cases(CaptureCases, rig)
    page = asked.captures(CaptureQuery(before_id=third, limit=1))
    assert [stored.id for stored in asked.captures(CaptureQuery(limit=2))] == [third, second]
    assert ([stored.id for stored in page], asked.capture(first).capture.at) == ([second], 1)
    rig.store.captures.delete(CaptureQuery(id=third))
    with pytest.raises(NotFoundError, match="It may have been deleted"):
        asked.captures(CaptureQuery(before_id=third))


def test_one_capture_is_deleted_for_good(rig):
    """What was learned is learned anew without it."""
    first, second = (rig.store.captures.add(*a_pair(at)) for at in (1, 2))
    done = cases(CaptureCases, rig).delete_capture(first)
    rig.engine.drain()
    assert (done.result(0).captures, rig.store.owes_vacuum) == (1, False)
    assert [stored.id for stored in rig.store.captures.find(CaptureQuery())] == [second]
    with pytest.raises(NotFoundError):
        cases(CaptureCases, rig).delete_capture(first)


BEFORE_MIDNIGHT = 1_774_738_800_000 - MINUTE
"""2026-03-28 23:59 in Berlin; the next day has 23 hours."""


@pytest.mark.parametrize(
    "by,expected",
    [
        (CountBy.APP, [("mail", 3), ("web", 1)]),
        (CountBy.KIND, [("focus", 4)]),
        (CountBy.DAY, [("2026-03-28", 1), ("2026-03-29", 3)]),
        (CountBy.HOUR, [("00", 1), ("01", 1), ("03", 1), ("23", 1)]),
        (CountBy.WEEKDAY, [("5", 1), ("6", 3)]),
    ],
)
def test_captures_are_counted_in_the_time_of_the_person(rig, by, expected):
    """The hour that summer time skips has none."""
    for hours in (0, 1, 2):
        rig.store.captures.add(*a_pair(BEFORE_MIDNIGHT + hours * HOUR, lasted=10))
    rig.store.captures.add(*a_pair(BEFORE_MIDNIGHT + 3 * HOUR, app="web"))
    counted = cases(CaptureCases, rig).capture_statistics(by, since=BEFORE_MIDNIGHT)
    assert [(count.key, count.captures) for count in counted] == expected
    assert sum(count.lasted for count in counted) == 30


def test_what_is_outside_of_the_time_is_not_counted(rig):
    """From since to before until."""
    for at in (NOON, NOON + HOUR, NOON + DAY):
        rig.store.captures.add(*a_pair(at))
    counted = cases(CaptureCases, rig).capture_statistics(CountBy.DAY, NOON + 1, NOON + DAY)
    assert counted == [Count(key="2025-11-20", captures=1, lasted=0)]
