"""The learner: what it keeps, what it accepts, and when it mines."""

import msgspec
import pytest

from tests.unit.detectors.days import (
    BERLIN,
    MONDAY,
    Trial,
    learn,
    moment,
    presence,
    seen,
    typed,
    worker,
)
from tests.unit.detectors.test_follow_ups import days
from understudy.core.fortnight import CRM
from understudy.core.pattern import Pattern, PatternKind, PatternState
from understudy.core.ports import Learned, StoredCapture
from understudy.core.trust import Evidence
from understudy.core.value import DAY, MINUTE
from understudy.core.workflow import CaptureTrigger, Step, TimeTrigger
from understudy.detectors.abstraction import Abstraction
from understudy.detectors.learner import HISTORY, PATTERNS, PatternLearner
from understudy.errors import InvalidInputError


def feed(learner, captures, first=1):
    """Let a learner see captures."""
    for position, capture in enumerate(captures, start=first):
        learner.observe(position, capture, learner.symbol(capture))


def pattern(*symbols, name="p-x", split=1, **fields):
    """A pattern as mining would return it."""
    values = {
        "id": name, "kind": PatternKind.FOLLOW_UP, "summary": "", "symbols": symbols,
        "trigger": CaptureTrigger(symbols=symbols[:split]), "expects": symbols[split:], "horizon": 5 * MINUTE,
        "steps": (), "support": 5, "days": 3, "last_seen": MONDAY,
    }  # fmt: skip
    return Pattern(**values | fields)


def habit(cron, name, app="app:crm"):
    """A habit as mining would return it."""
    trigger = TimeTrigger(cron=cron, timezone="UTC")
    return pattern(app, name=name, kind=PatternKind.HABIT, trigger=trigger, expects=(app,))


# --- keeping


@pytest.mark.parametrize("cut", [1500, 2100, 2400])
def test_after_a_restart_it_goes_on_as_before(cut):
    """States and recent captures are all it needs: later outcomes are the same, open predictions included."""
    captures = worker(6, 10)
    numbered = list(enumerate(captures, start=1))
    through = learn(captures[:cut])
    restored, then = Trial(learner=PatternLearner(BERLIN)), Abstraction()
    restored.learner.restore(
        through.learner.states(),
        [
            StoredCapture(id=position, capture=capture, symbol=then.symbol(capture))
            for position, capture in numbered[:cut]
        ],
    )
    for trial in (through, restored):
        trial.learner.mining(numbered[cut - 1][1].at)  # so that both mine again at the same time
        for position, capture in numbered[cut:]:
            trial.learner.tick(capture.at)
            trial.learner.observe(position, capture, trial.learner.symbol(capture))
    assert restored.learner.states() == through.learner.states()
    assert tuple(restored.learner._history) == tuple(through.learner._history)


def test_a_restart_leaves_out_what_started_a_run_and_may_have_no_history():
    """A capture that set off a run is not mined; nothing at all is fine too."""
    learner = PatternLearner("UTC")
    capture = seen(moment(0), "a")
    stored = StoredCapture(id=1, capture=capture, symbol=learner.symbol(capture), started_run="r-1")
    state = PatternState(pattern=pattern("app:a", "app:b"), evidence=Evidence(hits=3, misses=1))
    learner.restore([state], [stored])
    assert learner.states() == (state,)
    assert learner.mining(moment(1)) is None


def test_what_was_judged_before_the_restart_is_not_judged_again():
    """A prediction of the last two days that already has its outcome is closed."""
    learner = PatternLearner("UTC")
    captures = [seen(moment(0, 9, i), name) for i, name in enumerate("xa")]
    history = [
        StoredCapture(id=i, capture=each, symbol=learner.symbol(each)) for i, each in enumerate(captures, 1)
    ]
    fresh = PatternState(pattern=pattern("app:a", "app:b", found_at=MONDAY))
    judged = msgspec.structs.replace(fresh, outcomes=((moment(0, 9, 2), False),), evidence=Evidence(misses=1))
    for state, misses in ((fresh, 1), (judged, 1)):
        learner.restore([state], history)
        learner.tick(moment(0, 12))
        assert learner.states()[0].evidence == Evidence(misses=misses)


def test_the_history_and_the_patterns_are_bounded():
    """20,000 events and 200 patterns, those with the least to show for going first."""
    learner = PatternLearner("UTC")
    feed(learner, (seen(MONDAY + i * 1000, f"app{i % 3}") for i in range(HISTORY + 50)))
    assert len(learner._history) == HISTORY
    for number in range(PATTERNS):
        learner.accept((pattern("app:a", f"app:{number}", name=f"p-{number}", last_seen=number),), MONDAY)
    learned = learner.accept((pattern("app:a", "app:new", name="p-new", last_seen=DAY),), MONDAY)
    assert len(learner.states()) == PATTERNS
    assert [each.id for each in learned.found] == ["p-new"]
    assert "p-0" not in {each.pattern.id for each in learner.states()}
    assert learner.accept((pattern("app:a", "app:z", name="p-old", last_seen=0),), MONDAY).found == ()


# --- accepting


def test_what_is_found_again_keeps_its_evidence_and_gets_new_figures():
    """Found once, changed later."""
    learner = PatternLearner("UTC")
    first = learner.accept((pattern("app:a", "app:b", support=5),), MONDAY)
    learner.settle("p-x", MONDAY + 1, hit=True)
    again = learner.accept((pattern("app:a", "app:b", support=9, last_seen=MONDAY + DAY),), MONDAY + DAY)
    assert [each.id for each in first.found] == ["p-x"]
    assert again.found == ()
    (state,) = again.changed
    assert (state.pattern.support, state.pattern.found_at) == (9, MONDAY)
    assert state.pattern.last_seen == MONDAY + DAY
    assert state.evidence == Evidence(hits=1)


def test_a_pattern_that_vanishes_stays_with_its_evidence():
    """It only gets no new figures; how long ago it was last seen says that it is stale."""
    learner = PatternLearner("UTC")
    learner.accept((pattern("app:a", "app:b"),), MONDAY)
    assert learner.accept((), MONDAY + DAY) == Learned()
    assert learner.states()[0].pattern.last_seen == MONDAY


def test_the_same_routine_split_elsewhere_is_the_same_pattern():
    """Trigger, steps and identity stay as the person knows them."""
    learner = PatternLearner("UTC")
    step = Step(action="open_app", parameters={"app": "b"})
    learner.accept((pattern("app:a", "app:b", "app:c", steps=(step,)),), MONDAY)
    learner.accept((pattern("app:a", "app:b", "app:c", split=2, name="p-y", support=8),), MONDAY + 1)
    (state,) = learner.states()
    assert state.pattern.id == "p-x"
    assert state.pattern.expects == ("app:b", "app:c")
    assert (state.pattern.steps, state.pattern.support) == ((step,), 8)


@pytest.mark.parametrize(
    "cron, expected",
    [
        ("50 8 * * 1-5", {"p-1": "45 8 * * 1-5"}),
        ("5 9 * * 1-5", {"p-1": "5 9 * * 1-5"}),
        ("50 8 * * *", {"p-1": "50 8 * * *"}),
        ("45 9 * * 1-5", {"p-1": "45 8 * * 1-5", "p-2": "45 9 * * 1-5"}),
    ],
)
def test_a_habit_may_drift_and_stay_the_same(cron, expected):
    """A few minutes change nothing, more move its time, an hour makes another habit."""
    learner = PatternLearner("UTC")
    learner.accept((habit("45 8 * * 1-5", "p-1"),), MONDAY)
    learner.accept((habit(cron, "p-2"),), MONDAY)
    assert {each.pattern.id: each.pattern.trigger.cron for each in learner.states()} == expected


def test_a_piece_of_what_is_known_and_right_is_not_found_once_more():
    """A follow-up inside a trusted routine would only ask twice."""
    learner = PatternLearner("UTC")
    learner.accept((pattern("app:a", "app:b", "app:c", kind=PatternKind.ROUTINE),), MONDAY)
    piece = pattern("app:b", "app:c", name="p-piece")
    other = pattern("app:c", "app:b", name="p-other")
    learner.settle("p-x", MONDAY + 1, hit=True)
    assert [each.id for each in learner.accept((piece, other), MONDAY).found] == ["p-other"]
    assert [each.id for each in learner.accept((piece,), MONDAY + 20 * DAY).found] == ["p-piece"]


def test_a_habit_is_never_a_piece_of_something():
    """Time is another question than order."""
    learner = PatternLearner("UTC")
    learner.accept((pattern("app:a", "app:crm"),), MONDAY)
    learner.settle("p-x", MONDAY + 1, hit=True)
    assert len(learner.accept((habit("0 9 * * *", "p-2"),), MONDAY).found) == 1


# --- when to mine


def minutes(count, start=0):
    """So many events a minute apart."""
    return [seen(moment(0, 9, start + i), f"app{i % 3}") for i in range(count)]


def test_mining_is_due_after_a_hundred_events_and_a_rest():
    """Not before, not without, and not twice."""
    learner = PatternLearner("UTC")
    feed(learner, minutes(20))
    assert learner.mining(moment(0, 9, 20)) is not None  # the first of the day
    feed(learner, minutes(99, start=20))
    feed(learner, [presence(moment(0, 11, 5), "locked")])
    assert learner.mining(moment(0, 11, 5)) is None
    feed(learner, minutes(1, start=130))
    assert learner.mining(moment(0, 11, 10)) is not None
    assert learner.mining(moment(0, 11, 10)) is None


def test_mining_is_due_after_five_hundred_events_without_a_rest():
    """Somebody who never rests."""
    learner = PatternLearner("UTC")
    feed(learner, minutes(20))
    learner.mining(moment(0, 9, 20))
    feed(learner, minutes(499, start=20))
    assert learner.mining(moment(0, 18)) is None
    feed(learner, minutes(1, start=520))
    assert learner.mining(moment(0, 18)) is not None


def test_mining_is_due_on_a_new_day():
    """With twenty new events, by the person's own midnight."""
    learner = PatternLearner(BERLIN)
    feed(learner, minutes(40))
    learner.mining(moment(0, 20))
    feed(learner, minutes(20, start=60))
    assert learner.mining(moment(0, 21, 59)) is None
    assert learner.mining(moment(0, 22, 1)) is not None


def test_mining_works_on_a_frozen_copy():
    """What comes meanwhile is not in it, and it asks nobody anything."""
    asked = []
    learner = PatternLearner("UTC", actionable=lambda template: asked.append(template) or True)
    captures = days(
        lambda dice: [(lambda at: seen(at, "calls"), 0), (lambda at: seen(at, "notes"), 20)], count=8
    )
    feed(learner, captures)
    mining, questions = learner.mining(captures[-1].at), len(asked)
    feed(learner, minutes(50))
    learner.restore((), ())
    assert [each.symbols for each in mining()] == [("app:calls", "app:notes")]
    assert len(asked) == questions > 0


def test_never_and_actionable_are_asked_about_what_is_typed_too():
    """Lines with parameters are patterns by their exact form."""
    captures = [typed(moment(i % 4, 9, i), "ssh build-box-1.example") for i in range(20)]
    captures = sorted(captures + minutes(40), key=lambda each: each.at)
    for asked, steps in (({}, 1), ({"actionable": lambda _: False}, 0)):
        learner = PatternLearner("UTC", **asked)
        feed(learner, captures)
        (found,) = learner.mining(moment(4))()
        assert found.expects == ("cmd:ssh build-box-1.example",)
        assert len(found.steps) == steps
    learner = PatternLearner("UTC", never=lambda template: template.startswith("cmd:ssh "))
    feed(learner, captures)
    assert learner.mining(moment(4))() == ()


# --- the rest


def test_summaries_use_the_names_of_the_desktop():
    """Not the identities."""
    summaries = {each.summary for _, each in learn(worker(3, 14)).found}
    assert "After Zoom was closed, you open Obsidian" in summaries
    assert f"On weekdays around 08:55, you open {CRM.removeprefix('https://')}" in summaries


def test_an_unknown_zone_is_refused():
    """With the way out."""
    with pytest.raises(InvalidInputError, match="There is no time zone"):
        PatternLearner("Berlin/Europe")


def test_presence_lets_time_pass_and_closes_what_was_hardly_waited_for():
    """Leaving right after the trigger says nothing about the habit."""
    learner = PatternLearner("UTC")
    learner.accept((pattern("app:a", "app:b", found_at=MONDAY),), MONDAY)
    feed(
        learner,
        [seen(moment(0), "a"), presence(moment(0, 9, 1), "locked"), presence(moment(0, 12), "active")],
    )
    assert learner.states()[0].evidence == Evidence()
    feed(learner, [seen(moment(0, 13), "x"), seen(moment(0, 13, 1), "a")], first=10)
    feed(learner, [presence(moment(0, 14), "active")], first=20)
    assert learner.states()[0].evidence == Evidence(misses=1)


def test_taking_an_event_that_is_long_gone_changes_nothing():
    """The history is bounded; what a run was started by may have left it."""
    learner = PatternLearner("UTC")
    feed(learner, minutes(3))
    before = tuple(learner._history)
    learner.take(99, "p-x")
    assert tuple(learner._history) == before


def test_what_says_nothing_changes_nothing():
    """No template, nothing to learn."""
    learner = PatternLearner("UTC")
    feed(learner, [seen(moment(0), "")])
    assert len(learner._history) == 0
