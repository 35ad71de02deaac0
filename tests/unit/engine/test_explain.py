"""Why, and why not: the codes are stable, the values are those the code was decided on."""

import msgspec
import pytest

from tests.fakes.acts import raises
from tests.fakes.engine_rig import EngineRig, a_pattern
from understudy.core.pattern import PatternState
from understudy.core.suggestion import Answer
from understudy.core.trust import Evidence, Tier
from understudy.core.value import HOUR
from understudy.core.workflow import Lifecycle, ManualTrigger, Step
from understudy.errors import ActionFailedError


def offered(rig):
    rig.offers()


def asked(rig):
    rig.offers()
    rig.see("mail")


def dismissed(rig):
    rig.offers(hits=100)
    rig.see("mail")
    rig.answer(rig.waiting[0].id, Answer.NOT_NOW)
    rig.wait(HOUR)


def never(rig):
    asked(rig)
    rig.answer(rig.waiting[0].id, Answer.NEVER)


def thin(rig):
    rig.offers(hits=3)


def spent(rig):
    rig.ask(lambda service: service.change_settings({"suggestions_per_day": 0}))
    rig.offers()


def at_night(rig):
    rig.offers()
    rig.wait(9 * HOUR)


def paused(rig):
    rig.offers()
    rig.ask(lambda service: service.pause())


def by_hand(rig):
    rig.written(Tier.SUGGEST)


def only_manual(rig):
    rig.written(Tier.SUGGEST, triggers=(ManualTrigger(),))


def on_auto(rig):
    rig.written()


def just_ran(rig):
    rig.written()
    rig.see("mail")


def unconsented(rig):
    rig.written(Tier.AUTO, "script")


def unusable(rig):
    rig.written(Tier.AUTO, Step(action="gone"))


def suspended(rig):
    rig.written()
    rig.ask(lambda service: service.set_enabled("w-1", enabled=False))


def stale_without_a_note(rig):
    rig.written(lifecycle=Lifecycle.STALE)


def ready_for_auto(rig):
    rig.offers(hits=16)


def without_its_pattern(rig):
    rig.offers(hits=16)
    rig.store.patterns.replace_all(())


@pytest.mark.parametrize(
    "case, codes",
    [
        (offered, ["evidence_too_thin_for_auto"]),
        (asked, ["waiting_for_answer", "cooldown", "evidence_too_thin_for_auto"]),
        (dismissed, ["dismissed", "auto_not_switched_on"]),
        (never, ["evidence_too_thin", "state_archived", "cooldown", "evidence_too_thin_for_auto"]),
        (thin, ["evidence_too_thin", "evidence_too_thin_for_auto"]),
        (spent, ["budget_spent", "evidence_too_thin_for_auto"]),
        (at_night, ["quiet_hours", "evidence_too_thin_for_auto"]),
        (paused, ["paused", "evidence_too_thin_for_auto"]),
        (by_hand, ["auto_not_switched_on"]),
        (only_manual, ["manual_trigger"]),
        (on_auto, []),
        (just_ran, ["cooldown"]),
        (unconsented, ["consent_missing"]),
        (unusable, ["step_unusable"]),
        (suspended, ["state_suspended"]),
        (stale_without_a_note, ["state_stale"]),
        (ready_for_auto, ["auto_not_switched_on"]),
        (without_its_pattern, ["evidence_too_thin_for_auto"]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_stands_against_something_has_stable_codes(case, codes):
    """The same cases give the same codes in the same order, for ever; the first is the verdict."""
    rig = EngineRig().begin()
    case(rig)
    why_not = rig.ask(lambda service: service.why_not("w-1"))
    assert [reason.code for reason in why_not.reasons] == codes
    first = (
        why_not.reasons[0].text
        if codes
        else "Nothing stands against it; it waits for its trigger or your word"
    )
    assert why_not.verdict == f"{first}."


def test_why_not_shows_the_values():
    """How far the evidence has come, and how far it must."""
    rig = EngineRig().begin()
    thin(rig)
    reason = rig.ask(lambda service: service.why_not("p-1")).reasons[0]
    assert reason.seen == {"hits": 3, "misses": 0, "bound": 0.439, "needed": 0.5}


def test_a_pattern_of_which_nothing_can_be_done_says_so():
    """It is evidence only."""
    rig = EngineRig().begin()
    rig.knows(PatternState(pattern=a_pattern(steps=()), evidence=Evidence(hits=9)))
    why_not = rig.ask(lambda service: service.why_not("p-1"))
    assert [reason.code for reason in why_not.reasons] == ["nothing_to_do"]
    why = rig.ask(lambda service: service.why("p-1"))
    assert (why.subject, why.verdict.endswith("It is evidence only.")) == ("After Mail, you open it", True)


@pytest.mark.parametrize(
    "prepare, thing, codes",
    [
        (offered, "w-1", ["tier_suggest", "repeated", "track_record"]),
        (offered, "p-1", ["tier_suggest", "repeated", "track_record"]),
        (by_hand, "w-1", ["tier_suggest", "written_by_hand"]),
        (suspended, "w-1", ["tier_auto", "written_by_hand", "state_suspended"]),
    ],
)
def test_why_something_is_there_has_stable_codes(prepare, thing, codes):
    """Tier, who wrote it, how it was seen, how it did since."""
    rig = EngineRig().begin()
    prepare(rig)
    assert [reason.code for reason in rig.ask(lambda service: service.why(thing)).reasons] == codes


@pytest.mark.parametrize(
    "tier, says",
    [
        (Tier.OBSERVE, "You wrote it. It is only watched."),
        (Tier.SUGGEST, "You wrote it. It is asked each time."),
        (Tier.AUTO, "You wrote it. It is run by itself."),
    ],
)
def test_the_verdict_says_how_far_it_may_go(tier, says):
    """One sentence on who wrote it and what it may."""
    rig = EngineRig().begin()
    rig.written(tier)
    assert rig.ask(lambda service: service.why("w-1")).verdict == says


def test_the_verdict_on_a_learned_one_says_what_was_noticed():
    """How often, on which days, and how right it was since."""
    rig = EngineRig().begin()
    offered(rig)
    assert rig.ask(lambda service: service.why("w-1")).verdict == (
        "After Mail, you open it: 5 times on 3 days (Mon-Wed). Since then right 4 of 4 times. "
        "It is asked each time."
    )


def test_why_a_question_was_asked_is_why_its_workflow_is_there():
    """Asked about a suggestion, the answer is about what it offers; gone, it says what it can."""
    rig = EngineRig().begin()
    asked(rig)
    key = rig.waiting[0].id
    assert rig.ask(lambda service: service.why(key)).subject == "After Mail, you open it"
    rig.store.workflows.delete("w-1")
    why = rig.ask(lambda service: service.why(key))
    assert (why.subject, why.verdict, why.reasons) == (key, "", ())
    assert rig.ask(lambda service: service.why_not(key)).subject == key


def test_why_a_run_ran_names_cause_tier_and_evidence():
    """Back to the capture that made it happen."""
    rig = EngineRig().begin()
    workflow = rig.offers()
    rig.save(msgspec.structs.replace(workflow, tier=Tier.AUTO, lifecycle=Lifecycle.ACTIVE))
    rig.see("mail")
    why = rig.ask(lambda service: service.why(rig.runs[0].id))
    assert [reason.code for reason in why.reasons] == [
        "cause_capture",
        "tier_auto",
        "repeated",
        "track_record",
    ]
    assert (why.verdict, why.reasons[0].seen["ref"]) == ("Done: open it", "capture:1")


def test_why_a_run_failed_names_the_reason():
    """The code of the error, with its words."""
    rig = EngineRig().begin()
    rig.actions["open"].in_perform = raises(ActionFailedError("It did not open"))
    rig.written()
    rig.see("mail")
    why = rig.ask(lambda service: service.why(rig.runs[0].id))
    assert [reason.code for reason in why.reasons] == ["cause_capture", "tier_auto", "action_failed"]


def test_why_not_about_a_run_is_about_its_workflow_even_when_that_is_gone():
    """The snapshot in the run is enough."""
    rig = EngineRig().begin()
    just_ran(rig)
    rig.store.workflows.delete("w-1")
    assert rig.ask(lambda service: service.why_not(rig.runs[0].id)).subject == "After Mail, do it"


def test_a_run_at_work_says_so():
    """Without an outcome yet its status is the verdict."""
    rig, seen = EngineRig().begin(), []
    rig.actions["open"].in_perform = lambda context: seen.append(
        rig.agent.service.why(context.run_id).verdict
    )
    just_ran(rig)
    assert seen == ["It is running."]
