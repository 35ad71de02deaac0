"""What was about to be done and may not be any more: switched off, permission taken back, tier lowered, snoozed."""

import msgspec
import pytest

from tests.fakes.acts import raises
from tests.fakes.engine_rig import EngineRig, HeldWorkers, a_workflow
from understudy.core.grant import Scope
from understudy.core.run import Cause, StepStatus
from understudy.core.trust import Tier
from understudy.core.value import DAY, HOUR, MINUTE
from understudy.core.workflow import ApprovalStep, DelayStep, Lifecycle, Mode
from understudy.engine.answering import give_consent
from understudy.engine.messages import RunWanted
from understudy.errors import ActionFailedError

DELAYED = (DelayStep(lasts=DAY), "open")
ASKED = (ApprovalStep(question="Go on?"), "script")


def wanted(rig, name="r-1", **fields):
    return RunWanted(
        run_id=name,
        workflow=rig.store.workflows.get("w-1"),
        cause=Cause(kind="manual"),
        is_automatic=True,
        **fields,
    )


def stands(rig):
    return {run.id: (run.status.value, run.reason) for run in rig.runs}


def begun(*steps, workers=None, **fields):
    """A rig with run r-1 of a workflow begun."""
    rig = EngineRig(workers=workers).begin()
    rig.save(a_workflow(Tier.AUTO, *steps, **fields))
    rig.put(wanted(rig))
    return rig


def switch_off(rig):
    rig.ask(lambda service: service.set_enabled("w-1", enabled=False))


def change(rig, **fields):
    """Store the workflow changed, as it is when nobody who waits hears of it."""
    rig.store.workflows.put(msgspec.structs.replace(rig.store.workflows.get("w-1"), **fields))


# --- switched off --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "off",
    [
        switch_off,
        lambda rig: rig.ask(lambda service: service.remove_workflow("w-1")),
        lambda rig: rig.ask(lambda service: service.set_enabled("w-1", enabled=False)) and rig.wait(DAY),
    ],
)
def test_a_run_that_waits_ends_when_its_workflow_is_switched_off_or_removed(off):
    """At once, not when its day of waiting is over."""
    rig = begun(*DELAYED)
    off(rig)
    assert stands(rig) == {"r-1": ("cancelled", "switched_off")}
    rig.wait(2 * DAY)
    assert rig.effects() == []


def test_what_works_when_its_workflow_is_switched_off_is_the_last():
    """A step at work comes to its own end, and nothing after it begins."""
    rig = begun("open", "send", workers=HeldWorkers())
    rig.work()
    switch_off(rig)
    rig.work_on()
    assert stands(rig) == {"r-1": ("cancelled", "switched_off")}
    assert (len(rig.effects()), rig.effects("send")) == (1, [])


def test_a_queued_run_of_a_workflow_that_was_switched_off_never_begins():
    """Also where it was switched off between two agents."""
    rig = begun(*DELAYED, mode=Mode.QUEUED)
    rig.put(wanted(rig, "r-2"))
    switch_off(rig)
    assert set(stands(rig).values()) == {("cancelled", "switched_off")}
    rig = begun(*DELAYED, mode=Mode.QUEUED)
    rig.put(wanted(rig, "r-2"))
    change(rig, lifecycle=Lifecycle.SUSPENDED)
    rig = rig.restart()
    assert stands(rig)["r-1"] == ("cancelled", "switched_off")
    assert stands(rig)["r-2"] == ("skipped", "switched_off")
    assert rig.effects() == []


def test_the_breaker_ends_what_is_queued():
    """It does nothing more until it is switched on again: that is said, and so it is."""
    rig = EngineRig(workers=HeldWorkers()).begin()
    rig.actions["open"].in_perform = raises(ActionFailedError("It broke"))
    rig.save(a_workflow(mode=Mode.QUEUED))
    for name in ("r-1", "r-2", "r-3", "r-4"):
        rig.put(wanted(rig, name))
    rig.work_on()
    assert rig.statuses == ["failed", "failed", "failed", "skipped"]
    assert stands(rig)["r-4"] == ("skipped", "switched_off")


def test_a_yes_on_its_way_is_overtaken_by_switching_off():
    """What a person asks for does not wait behind what was seen: the wish to run may be older."""
    rig = EngineRig().begin()
    rig.save(a_workflow())
    late = wanted(rig)
    switch_off(rig)
    rig.put(late)
    assert (stands(rig), rig.effects()) == ({"r-1": ("skipped", "switched_off")}, [])


def test_what_is_switched_off_can_be_run_by_hand_to_its_end():
    """The person tries out a copy that is not switched on yet."""
    rig = EngineRig().begin()
    rig.save(a_workflow(Tier.SUGGEST, *DELAYED, lifecycle=Lifecycle.SUSPENDED))
    rig.run_now()
    rig = rig.restart()
    rig.wait(DAY)
    assert (rig.statuses, len(rig.effects())) == (["completed"], 1)


# --- a tier lowered, a snooze ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "now, reason", [({"tier": Tier.SUGGEST}, "tier_lowered"), ({"snoozed_until": 2**50}, "snoozed")]
)
def test_a_queued_run_that_nobody_asked_for_keeps_to_the_tier_and_the_snooze_of_now(now, reason):
    """It was about to run by itself; one that the person started still does."""
    rig = begun(DelayStep(lasts=HOUR), "open", mode=Mode.QUEUED)
    rig.put(wanted(rig, "r-2"))
    rig.put(by_hand(wanted(rig, "r-3")))
    change(rig, **now)
    rig.wait(3 * HOUR)
    assert stands(rig) == {"r-1": ("completed", ""), "r-2": ("skipped", reason), "r-3": ("completed", "")}


def by_hand(message):
    """Return the wish as the person's own."""
    return RunWanted(run_id=message.run_id, workflow=message.workflow, cause=message.cause)


# --- a permission taken back -----------------------------------------------------------------------


def asked_with_consent():
    rig = EngineRig().begin()
    rig.save(a_workflow(Tier.SUGGEST, *ASKED))
    rig.run_now(consent=True)
    return rig


def revoke_all(rig):
    for grant in rig.ask(lambda service: service.grants("w-1")):
        rig.ask(lambda service, grant=grant: service.revoke_grant(grant.id))


def test_a_permission_for_one_run_lasts_to_its_end():
    """However long it waited, and over a restart."""
    rig = asked_with_consent().restart()
    rig.wait(20 * HOUR)
    rig.answer(rig.waiting[0].id)
    assert (rig.statuses, len(rig.effects("script"))) == (["completed"], 1)


def test_a_permission_taken_back_while_a_run_waits_is_not_there_when_it_goes_on():
    """What has not begun by then is not done, whatever was allowed when the run began."""
    rig = asked_with_consent()
    revoke_all(rig)
    rig.answer(rig.waiting[0].id)
    assert (rig.statuses, rig.runs[0].reason, rig.effects("script")) == (["failed"], "refused", [])
    assert "has not been allowed" in rig.runs[0].text


def test_a_permission_of_one_run_is_none_for_another():
    """Used up is used up, though both runs go on at once."""
    rig = EngineRig().begin()
    rig.save(a_workflow(Tier.SUGGEST, *ASKED, mode=Mode.PARALLEL))
    rig.run_now(consent=True)
    rig.wait(MINUTE)
    rig.run_now(consent=True)
    first, second = rig.ask(lambda service: service.grants("w-1"))
    rig.ask(lambda service: service.revoke_grant(second.id))
    for question in rig.waiting:
        rig.answer(question.id)
    assert (rig.statuses, len(rig.effects("script"))) == (["completed", "failed"], 1)
    assert first.used_at


def test_what_may_be_repeated_after_a_crash_is_not_without_its_permission():
    """The agent died between intent and outcome; by the next start the permission is gone."""
    rig = EngineRig(workers=HeldWorkers()).begin()
    rig.actions["script"].idempotent = True
    workflow = rig.save(a_workflow(Tier.SUGGEST, "script"))
    give_consent(rig.context, workflow, Scope.ALWAYS, "cli")
    rig.put(by_hand(wanted(rig)))
    rig.work()
    assert rig.runs[0].steps[0].status is StepStatus.INTENT
    revoke_all(rig)
    rig = rig.restart()
    assert (rig.statuses, rig.effects("script")) == (["unknown"], [])
