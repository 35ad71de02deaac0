"""Trust is earned by evidence and lost by it."""

import msgspec
import pytest

from tests.fakes.acts import raises
from tests.fakes.engine_rig import FULL, EngineRig, a_pattern, a_state
from understudy.core.pattern import PatternKind
from understudy.core.ports import Learned
from understudy.core.suggestion import Answer
from understudy.core.trust import Tier
from understudy.core.value import DAY, HOUR, MINUTE
from understudy.core.workflow import Lifecycle, Step, TimeTrigger
from understudy.engine.messages import Found, Lost, Moved
from understudy.errors import ActionFailedError


def accepted(tier=Tier.SUGGEST, hits=40):
    """A rig with an accepted, learned workflow."""
    rig = EngineRig().begin()
    workflow = rig.knows(a_state(hits))
    rig.save(msgspec.structs.replace(workflow, lifecycle=Lifecycle.ACTIVE, tier=tier))
    return rig


def workflow(rig):
    return rig.store.workflows.get("w-1")


@pytest.mark.parametrize(
    "kind, hits, misses, tier",
    [
        (PatternKind.FOLLOW_UP, 3, 0, Tier.OBSERVE),
        (PatternKind.FOLLOW_UP, 4, 0, Tier.SUGGEST),
        (PatternKind.FOLLOW_UP, 4, 1, Tier.OBSERVE),
        (PatternKind.HABIT, 4, 0, Tier.OBSERVE),
        (PatternKind.HABIT, 5, 0, Tier.SUGGEST),
        (PatternKind.FOLLOW_UP, 400, 0, Tier.SUGGEST),
    ],
)
def test_a_draft_is_offered_once_it_has_a_track_record(kind, hits, misses, tier):
    """Four of four, for habits five of five; and never auto by itself."""
    rig = EngineRig().begin()
    assert rig.knows(a_state(hits, misses, kind=kind)).tier is tier


def test_a_draft_that_loses_its_record_is_no_longer_offered():
    """Back to observe: its trigger asks nothing."""
    rig = EngineRig().begin()
    rig.knows(a_state(4))
    rig.knows(a_state(4, 4))
    rig.see("mail")
    assert (workflow(rig).tier, rig.waiting) == (Tier.OBSERVE, [])


def test_what_cannot_be_done_for_the_person_is_no_draft():
    """Evidence only: no steps, or steps that no action can do."""
    rig = EngineRig().begin()
    rig.put(Found(pattern=a_pattern(steps=())))
    rig.put(Found(pattern=a_pattern("p-2", steps=("gone",))))
    rig.put(Moved(state=a_state(9)))
    assert rig.store.workflows.all() == []


def test_a_draft_found_again_stays_as_it_is():
    """Same steps: nothing is rewritten, its age and tier stay."""
    rig = EngineRig().begin()
    first = rig.knows(a_state())
    rig.wait(HOUR)
    assert rig.knows(a_state()) == first


def test_a_draft_whose_step_would_now_be_another_is_brought_up_to_date():
    """A name that is resolved differently today: the draft, and what its trigger starts, change together."""
    rig = EngineRig().begin()
    first = rig.knows(a_state())
    rig.actions["open"].readies = lambda parameters: msgspec.structs.replace(parameters, what="other")
    second = rig.knows(a_state())
    assert (second.steps, second.created_at, second.tier) == (
        (Step(action="open", parameters={"what": "other"}),),
        first.created_at,
        Tier.SUGGEST,
    )
    assert [each.workflow for each in rig.context.armed.by_template["app:mail"]] == [second]


def test_a_draft_follows_its_pattern_to_another_time():
    """A habit that has moved is asked about at its new time."""
    rig = EngineRig().begin()
    morning, later = (TimeTrigger(cron=f"{minute} 9 * * *", timezone="UTC") for minute in (0, 20))
    rig.knows(a_state(5, kind=PatternKind.HABIT, trigger=morning))
    rig.put(Moved(state=a_state(5, kind=PatternKind.HABIT, trigger=later)))
    assert (workflow(rig).triggers, workflow(rig).tier) == ((later,), Tier.SUGGEST)


@pytest.mark.parametrize("fields", [{"days": 2}, {"saves_per_week": 9.0}])
def test_what_is_right_but_not_worth_a_question_is_not_offered(fields):
    """Sixteen times right, and still too rare, too new or too small; once it is more, it is offered."""
    rig = EngineRig().begin()
    assert rig.knows(a_state(16, **fields)).tier is Tier.OBSERVE
    assert rig.knows(a_state(16)).tier is Tier.SUGGEST


def test_the_draft_of_a_pattern_that_was_given_up_goes_with_its_question():
    """From the store, from the list and from the screen."""
    rig = EngineRig().begin()
    rig.offers()
    rig.see("mail")
    assert len(rig.waiting) == 1
    rig.learner.will_learn.append(Learned(lost=("p-1", "p-unknown")))
    rig.see("notes")
    assert (workflow(rig), rig.waiting, rig.keys, rig.store.patterns.all()) == (None, [], [], [])
    rig.see("mail")
    assert rig.waiting == []


@pytest.mark.parametrize("lifecycle", [Lifecycle.ACTIVE, Lifecycle.ARCHIVED, Lifecycle.STALE])
def test_what_the_person_took_up_or_refused_outlives_its_pattern(lifecycle):
    """It is theirs now."""
    rig = EngineRig().begin()
    rig.save(msgspec.structs.replace(rig.offers(), lifecycle=lifecycle))
    rig.put(Lost(pattern_id="p-1"))
    assert workflow(rig).lifecycle is lifecycle


def test_an_accepted_workflow_found_again_stays_as_it_was_accepted():
    """What the person said yes to is not rewritten."""
    rig = accepted()
    before = workflow(rig)
    rig.actions["open"].readies = lambda parameters: msgspec.structs.replace(parameters, what="other")
    rig.knows(a_state(40))
    assert workflow(rig) == before


# --- losing trust --------------------------------------------------------------------------------


def outcomes(rig, marks):
    """Let the pattern's trigger fire once an hour with these outcomes: + wanted, - not."""
    for mark in marks:
        rig.wait(HOUR)
        state = rig.learner.settle("p-1", rig.now, hit=mark == "+").changed[0]
        rig.put(Moved(state=state))


@pytest.mark.parametrize("tier, below", [(Tier.AUTO, Tier.SUGGEST), (Tier.SUGGEST, Tier.OBSERVE)])
def test_what_is_no_longer_wanted_loses_one_tier_and_says_so(tier, below):
    """Wanted once in four times over the last fortnight."""
    rig = accepted(tier)
    outcomes(rig, "+---")
    assert (workflow(rig).tier, workflow(rig).note) == (
        below,
        "In the last 14 days it was wanted 1 of 4 times",
    )
    notice = rig.screen.shown[-1]
    words = "asks first again" if below is Tier.SUGGEST else "only watches again"
    assert (notice.key, notice.title) == ("demoted:w-1", f"After Mail, you open it: {words}")


def test_a_single_not_now_does_not_cost_a_new_workflow_its_tier():
    """Trust is weighed only after four outcomes since the person's yes."""
    rig = accepted()
    outcomes(rig, "++-")
    assert workflow(rig).tier is Tier.SUGGEST


def test_the_same_evidence_costs_one_tier_only():
    """After a demotion it takes four new outcomes to lose the next one."""
    rig = accepted(Tier.AUTO)
    outcomes(rig, "-------")
    assert workflow(rig).tier is Tier.SUGGEST
    outcomes(rig, "-")
    assert workflow(rig).tier is Tier.OBSERVE


def test_what_was_long_ago_costs_nothing():
    """Only the last fourteen days count."""
    rig = accepted()
    outcomes(rig, "---")
    rig.wait(15 * DAY)
    outcomes(rig, "+")
    assert workflow(rig).tier is Tier.SUGGEST


def test_what_only_watches_has_nothing_to_lose():
    """Tier observe stays as it is, without a word."""
    rig = accepted(Tier.OBSERVE)
    outcomes(rig, "----")
    assert (workflow(rig).tier, rig.keys) == (Tier.OBSERVE, [])


def test_three_failures_in_a_week_cost_one_tier_once():
    """Spread over days so that the breaker stays silent; the fourth failure does not cost another."""
    rig = accepted(Tier.AUTO)
    rig.actions["open"].in_perform = raises(ActionFailedError("no"))
    rig.wait(HOUR)
    for count in range(3):
        rig.see("mail")
        assert workflow(rig).tier is (Tier.AUTO if count < 2 else Tier.SUGGEST)
        rig.wait(DAY + HOUR)
        rig.see("sheet")
    assert workflow(rig).note == "It failed 3 times in the last 7 days"
    rig.ask(lambda service: service.run_now("w-1", "cli"))
    assert workflow(rig).tier is Tier.SUGGEST


def test_failures_and_rejections_are_kept_as_misses():
    """A failing run and a not now are the person's and the world's word against it."""
    rig = accepted()
    rig.actions["open"].in_perform = raises(ActionFailedError("no"))
    rig.see("mail")
    rig.answer(rig.waiting[0].id, Answer.DO)
    rig.wait(6 * MINUTE)
    rig.see("sheet")
    rig.see("mail")
    rig.answer(rig.waiting[0].id, Answer.NOT_NOW)
    said = [(each.reason, each.hit) for each in rig.store.verdicts.all()]
    assert said == [("approved", True), ("failed", False), ("rejected", False)]


@pytest.mark.parametrize("how", ["not_now", "undo"])
def test_a_word_spoken_through_a_notification_is_weighed_at_once(how):
    """Whether by button or command line: the fourth miss costs the tier there and then."""
    rig = accepted(Tier.AUTO if how == "undo" else Tier.SUGGEST)
    outcomes(rig, "---")
    rig.see("mail")
    rig.press(rig.keys[-1], how)
    assert workflow(rig).tier is (Tier.SUGGEST if how == "undo" else Tier.OBSERVE)


def test_a_verdict_that_cannot_be_stored_holds_up_nothing():
    """Evidence is lost aloud; the answer stands."""
    rig = accepted()
    rig.see("mail")

    def full(verdict):
        raise FULL

    rig.store.verdicts.add = full
    rig.answer(rig.waiting[0].id, Answer.DO)
    assert (len(rig.effects()), rig.context.troubles) == (1, {"store": str(FULL)})
