"""The agent dies and comes back: what may have happened is never done again, and nothing is forgotten."""

import msgspec
import pytest

from tests.fakes.engine_rig import EngineRig, HeldWorkers, a_workflow
from tests.fakes.learner import ScriptedLearner
from tests.fakes.store import NOON
from understudy.config import Settings
from understudy.core.action import UndoStatus
from understudy.core.run import RunStatus, StepStatus
from understudy.core.trust import Tier
from understudy.core.value import DAY, HOUR, MINUTE, SECOND
from understudy.core.workflow import Lifecycle
from understudy.engine import maintain
from understudy.engine.learn import relearn


class Died(BaseException):
    """The process is gone: nothing after this line happens."""


def dying(name, where, *steps):
    """A rig whose agent died in the middle of an action."""
    rig = EngineRig().begin()
    rig.written(Tier.AUTO, *steps)

    def die(context):
        raise Died

    setattr(rig.actions[name], where, die)
    with pytest.raises(Died):
        rig.see("mail")
    setattr(rig.actions[name], where, lambda context: None)
    return rig


def test_dead_between_intent_and_outcome_is_unknown_and_never_repeated():
    """The next agent says that it does not know, tells the person, and does nothing again."""
    rig = dying("open", "in_perform", "open", "send").restart()
    run = rig.runs[0]
    assert (run.status, run.reason, [step.status for step in run.steps]) == (
        RunStatus.UNKNOWN,
        "agent_ended",
        [StepStatus.UNKNOWN, StepStatus.PENDING],
    )
    assert run.text.startswith("open it: the agent ended in the middle of it")
    assert (rig.effects(), rig.effects("send"), rig.keys) == ([], [], [f"run:{run.id}"])
    assert rig.screen.shown[0].title == "After Mail, do it: it is not known whether it happened"


def test_dead_before_the_intent_has_not_happened_and_goes_on():
    """Nothing was done yet: the next agent does it, once."""
    rig = dying("open", "in_prepare", "open").restart()
    assert (rig.statuses, len(rig.effects())) == (["completed"], 1)
    assert len(rig.restart().effects()) == 1


def test_dead_before_the_intent_and_more_than_an_hour_late_is_not_caught_up():
    """The run is closed as cancelled; the trigger is long gone."""
    rig = dying("open", "in_prepare", "open")
    rig.clock.move_to(rig.now + HOUR + SECOND)
    rig = rig.restart()
    assert (rig.statuses, rig.runs[0].text) == (
        ["cancelled"],
        "The agent ended after 0 of 1 steps; the rest was not done.",
    )
    assert rig.effects() == []


def test_dead_between_two_steps_keeps_the_first_and_its_undo():
    """One of two is done and can still be taken back; the other one types, and that is never caught up."""
    rig = dying("type", "in_prepare", "open", "type").restart()
    run = rig.runs[0]
    assert (run.status, run.undo_status) == (RunStatus.CANCELLED, UndoStatus.AVAILABLE)
    undone = rig.ask(lambda service: service.undo(run.id, "cli")).run
    assert (undone.undo_status, rig.actions["open"].undone) == (UndoStatus.UNDONE, ["it"])


def test_what_leaves_one_effect_is_repeated_under_the_same_tag():
    """A notification is shown again in the same place, and the run goes on."""
    rig = dying("notify", "in_perform", "notify", "open").restart()
    run = rig.runs[0]
    assert (rig.statuses, rig.effects("notify")) == (["completed"], [("it", f"{run.id}.0")])
    assert rig.restart().effects("notify") == [("it", f"{run.id}.0")]


@pytest.mark.parametrize("case", ["an hour later", "paused", "action gone"])
def test_what_leaves_one_effect_is_not_repeated_too_late_or_while_paused(case):
    """After an hour, in a pause, or without its plug-in, it stays unknown."""
    rig = dying("notify", "in_perform", "notify", "open")
    if case == "an hour later":
        rig.clock.move_to(rig.now + HOUR + SECOND)
    elif case == "paused":
        maintain.pause(rig.context, 0)
    else:
        del rig.actions["open"]
    later = rig.restart()
    assert (later.statuses, later.effects("notify")) == (["unknown"], [])


def test_two_unknown_outcomes_in_a_day_suspend_the_workflow():
    """Two deaths in the middle of it: the person has to look first."""
    rig = dying("open", "in_perform", "open").restart()
    rig.wait(10 * MINUTE)

    def die(context):
        raise Died

    rig.actions["open"].in_perform = die
    with pytest.raises(Died):
        rig.see("mail")
    rig = rig.restart()
    workflow = rig.store.workflows.get("w-1")
    assert (workflow.lifecycle, workflow.note) == (
        Lifecycle.SUSPENDED,
        "Twice in a day it is not known whether it happened",
    )
    rig.wait(10 * MINUTE)
    rig.see("mail")
    assert (len(rig.runs), rig.effects()) == (2, [])


def test_an_unknown_outcome_of_a_plug_in_that_is_gone_is_still_settled():
    """The agent starts, whatever has become of its plug-ins."""
    rig = dying("open", "in_perform", "open")
    del rig.actions["open"]
    assert rig.restart().statuses == ["unknown"]


# --- what else the next agent takes up -----------------------------------------------------------


def test_a_pause_with_an_end_ends_by_itself_also_after_a_restart():
    """Paused for an hour, restarted after half of it."""
    rig = EngineRig().begin()
    rig.ask(lambda service: service.pause(60))
    rig.wait(30 * MINUTE)
    rig = rig.restart()
    assert rig.context.is_paused
    rig.wait(30 * MINUTE)
    assert (rig.context.is_paused, rig.context.paused_until) == (False, None)


def test_a_pause_that_ended_while_no_agent_ran_is_over():
    """It is at work from the start."""
    rig = EngineRig().begin()
    rig.ask(lambda service: service.pause(1))
    rig.clock.move_to(rig.now + HOUR)
    rig = rig.restart()
    assert (rig.context.paused_until, "pause" in rig.scheduler.due) == (None, False)


def test_a_wake_up_before_the_end_of_a_pause_waits_on():
    """Woken too early it sets its alarm again; without a pause it does nothing."""
    rig = EngineRig().begin()
    rig._on_wake("pause")
    rig.ask(lambda service: service.pause(60))
    end = rig.scheduler.due.pop("pause")
    rig._on_wake("pause")
    assert (rig.context.is_paused, rig.scheduler.due["pause"]) == (True, end)


def test_a_pause_after_a_stop_lets_act_again_when_it_ends():
    """Stopped, then paused for ten minutes: afterwards runs are possible."""
    rig = EngineRig().begin()
    rig.written()
    rig.ask(lambda service: service.stop())
    rig.ask(lambda service: service.pause(10))
    rig.wait(10 * MINUTE)
    rig.see("mail")
    assert rig.statuses == ["completed"]


def test_settings_and_what_was_learned_are_taken_up():
    """The next agent knows what the last one knew."""
    rig = EngineRig().begin()
    rig.offers()
    rig.see("mail")
    rig.ask(lambda service: service.change_settings({"retention_days": 7}))
    rig = rig.restart()
    assert rig.context.settings == Settings(retention_days=7)
    assert [state.pattern.id for state in rig.learner.states()] == ["p-1"]
    assert [each.symbol.template for each in rig.learner.restored] == ["app:mail"]


def test_settings_that_cannot_be_understood_pause_the_agent():
    """Without them it is not known what is private: nothing is watched until the person looks."""
    rig = EngineRig()
    rig.store.settings.put("settings", {"retention_days": "soon"})
    rig.begin()
    rig.see("mail")
    assert (rig.context.is_paused, rig.store.captures.count()) == (True, 0)
    assert rig.ask(lambda service: service.status()).state == "trouble"


def test_a_learner_that_waits_for_a_time_is_woken_by_the_next_agent():
    """Its next time is asked for at the start."""
    rig = EngineRig()
    rig.learner.due = NOON + HOUR
    rig.begin()
    rig.wait(HOUR)
    assert rig.learner.ticks == [NOON + HOUR]


# --- what the learner knew ------------------------------------------------------------------------


def stopped(rig):
    """End an agent as `understudy quit` does, without closing the store."""
    maintain.end(rig.context)
    return rig


def test_a_learner_goes_on_from_its_snapshot():
    """Only the latest captures are read; without one all that are mined."""
    rig = EngineRig().begin()
    rig.see("mail")
    rig.learner.will_resume = b"all I know"
    after = stopped(rig).restart()
    assert rig.store.captures.snapshot() == b"all I know"
    assert after.learner.restored[0].capture.app == "mail"

    def knowing():
        learner = ScriptedLearner()
        learner.will_resume = b"all I know"
        return learner

    resumed = EngineRig(store=rig.store, clock=rig.clock, new_learner=knowing).begin()
    assert resumed.learner.restored == after.learner.restored


def test_no_snapshot_outlives_what_was_deleted():
    """Neither while all is learned anew, nor where captures went because of their age."""
    rig = EngineRig(workers=HeldWorkers()).begin()
    rig.learner.will_resume = b"all I know"
    rig.see("mail", at=NOON - 91 * DAY)
    relearn(rig.context)
    stopped(rig)
    assert rig.store.captures.snapshot() == b""
    rig.work_on()
    rig.learner.will_resume = b"all I know"
    rig.wait(5 * MINUTE)
    stopped(rig)
    assert rig.store.captures.snapshot() == b""
    relearn(rig.context)
    rig.work_on()
    rig.learner.will_resume = b"no more than I should"
    stopped(rig)
    assert rig.store.captures.snapshot() == b"no more than I should"


def test_a_full_disk_does_not_keep_the_agent_from_ending():
    """The next start takes a little longer."""
    rig = EngineRig().begin()
    rig.learner.will_resume = b"all I know"
    rig.fill_disk()
    stopped(rig)
    assert rig.store.captures.snapshot() == b""


# --- the daily work ------------------------------------------------------------------------------


def test_what_is_too_old_is_deleted_every_day():
    """Captures older than the person keeps them go; zero keeps all."""
    rig = EngineRig().begin()
    rig.see("mail", at=NOON - 91 * DAY)
    rig.see("notes", at=NOON - 89 * DAY)
    rig.wait(5 * MINUTE)
    assert rig.store.captures.count() == 1
    assert not rig.store.owes_vacuum
    rig.ask(lambda service: service.change_settings({"retention_days": 0}))
    rig.wait(30 * DAY)
    assert rig.store.captures.count() == 1


def test_runs_and_answered_questions_go_after_a_year():
    """Or after as long as the person wants them kept; zero keeps all."""
    rig = EngineRig().begin()
    rig.ask(lambda service: service.change_settings({"history_days": 0}))
    rig.written(Tier.AUTO)
    rig.see("mail")
    rig.wait(400 * DAY)
    assert len(rig.runs) == 1
    rig.ask(lambda service: service.change_settings({"history_days": 365}))
    rig.wait(DAY)
    assert rig.runs == []


def test_what_was_not_seen_for_four_weeks_is_set_aside_until_it_comes_back():
    """Draft or active, learned ones become stale and their questions go; seen again, it is a draft once more."""
    rig = EngineRig().begin()
    rig.offers()
    rig.wait(27 * DAY)
    rig.see("mail")
    rig.wait(2 * DAY)
    workflow = rig.store.workflows.get("w-1")
    assert (workflow.lifecycle, workflow.note, rig.waiting) == (
        Lifecycle.STALE,
        "Not seen for 4 weeks",
        [],
    )
    state = rig.learner.states()[0]
    rig.knows(state)
    assert rig.store.workflows.get("w-1").lifecycle is Lifecycle.STALE
    seen = msgspec.structs.replace(state.pattern, last_seen=rig.now)
    rig.knows(msgspec.structs.replace(state, pattern=seen))
    assert rig.store.workflows.get("w-1").lifecycle is Lifecycle.DRAFT


def test_what_runs_by_itself_is_not_set_aside():
    """The person no longer does it, since the workflow does: that is not silence."""
    rig = EngineRig().begin()
    rig.offers()
    rig.save(
        msgspec.structs.replace(rig.store.workflows.get("w-1"), tier=Tier.AUTO, lifecycle=Lifecycle.ACTIVE)
    )
    for _ in range(3):
        rig.wait(20 * DAY)
        rig.see("sheet")
        rig.see("mail")
    assert (rig.store.workflows.get("w-1").lifecycle, len(rig.effects())) == (Lifecycle.ACTIVE, 3)


def test_hand_written_workflows_and_those_without_a_pattern_are_never_set_aside():
    """Only what is learned and known can go silent."""
    rig = EngineRig().begin()
    rig.written()
    rig.save(a_workflow(id="w-2", origin="learned", pattern_id="p-gone"))
    rig.wait(60 * DAY)
    assert {each.lifecycle for each in rig.store.workflows.all()} == {Lifecycle.ACTIVE}


def test_a_store_that_was_not_looked_through_at_the_start_is_looked_through_later():
    """A quick start, and the thorough check when there is time."""
    rig, checks = EngineRig(), []
    rig.store.check, rig.store.is_checked = lambda: checks.append(rig.now), False
    rig.begin()
    rig.wait(5 * MINUTE)
    assert checks == [rig.now]


def test_a_backup_is_kept_every_day():
    """Five minutes after the start, then each day."""
    rig, times = EngineRig(), []
    rig.store.backup = times.append
    rig.begin()
    rig.wait(2 * DAY)
    assert [at - NOON for at in times] == [5 * MINUTE, DAY + 5 * MINUTE]
