"""What can be asked of runs: cancel, follow, trace, judge, run a pattern, permissions, and a second channel."""

import pytest

from tests.fakes.acts import raises
from tests.fakes.engine_rig import EngineRig, HeldWorkers, held
from understudy.core.grant import Scope
from understudy.core.run import RunStatus, StepStatus
from understudy.core.store_queries import RunQuery
from understudy.core.trust import Tier
from understudy.core.value import HOUR, MINUTE, SECOND
from understudy.core.workflow import ApprovalStep, DelayStep, Mode, OnFailure, Step
from understudy.engine.cases.runs import RunCases
from understudy.engine.messages import NoticeEnded
from understudy.errors import (
    ActionFailedError,
    ConflictError,
    InvalidInputError,
    NotFoundError,
    RefusedError,
    StoppedError,
)


def cancel(rig, run_id):
    """Cancel, and return the future of the ended run."""
    return rig.ask(lambda service: [service.cancel(run_id, "cli")])[0]


# --- cancel --------------------------------------------------------------------------------------


def test_a_run_at_work_is_told_to_stop_and_ends_as_cancelled():
    """Who cancels hears of it once it has ended; nothing after it is done."""
    rig = held("open", "send")
    rig.work()
    rig.actions["open"].in_perform = raises(StoppedError("Stopped"))
    reply = cancel(rig, rig.runs[0].id)
    assert not reply.done()
    rig.work_on()
    run = reply.result(0).run
    assert (run.status, run.reason, rig.effects("send")) == (RunStatus.CANCELLED, "cancelled", [])
    assert run.text == "You cancelled it before it was finished (cli)."


def test_a_run_whose_step_was_done_after_all_is_called_done():
    """It came too late: all there was to do is done, and called so."""
    rig = held("open")
    rig.work()
    rig.actions["open"].in_perform = lambda context: cancel(rig, rig.runs[0].id) and None
    rig.work_on()
    assert (rig.statuses, len(rig.effects())) == (["completed"], 1)


def test_a_step_that_does_not_stop_when_told_is_unknown():
    """Five seconds later nobody waits for it any more."""
    rig = held("open")
    rig.work()
    reply = cancel(rig, rig.runs[0].id)
    rig.wait(5 * SECOND)
    assert (reply.result(0).run.status, reply.result(0).run.reason) == (RunStatus.UNKNOWN, "cancelled")


def test_a_step_that_has_not_acted_when_told_is_cancelled():
    """Its worker hangs while it prepares: nothing has happened."""
    rig = held("open")
    reply = cancel(rig, rig.runs[0].id)
    rig.wait(5 * SECOND)
    assert reply.result(0).run.status is RunStatus.CANCELLED


def test_queued_and_waiting_runs_are_cancelled_at_once():
    """Neither has anything at work."""
    rig = EngineRig().begin()
    rig.written(Tier.SUGGEST, DelayStep(lasts=HOUR), "open", mode=Mode.QUEUED)
    first, second = rig.run_now(), rig.run_now()
    assert (first.status, second.status) == (RunStatus.RUNNING, RunStatus.QUEUED)
    for run in (second, first):
        assert (
            rig.ask(lambda service, run=run: service.cancel(run.id, "api")).run.status is RunStatus.CANCELLED
        )
    rig.wait(2 * HOUR)
    assert rig.effects() == []


def test_only_what_goes_on_can_be_cancelled():
    """An ended run can be taken back instead; an unknown one is not there."""
    rig = EngineRig().begin()
    rig.written()
    run = rig.run_now()
    with pytest.raises(ConflictError) as caught:
        cancel(rig, run.id)
    assert caught.value.fix == f"To take it back: understudy undo {run.id}"
    with pytest.raises(NotFoundError):
        cancel(rig, "r-9")


def test_the_cancel_button_of_a_step_cancels_its_run():
    """As while a message waits to be sent; for an ended run it does nothing."""
    rig = held("open")
    run_id = rig.runs[0].id
    rig.put(NoticeEnded(key=f"run:{run_id}", outcome="cancel"))
    rig.put(NoticeEnded(key=f"run:{run_id}", outcome="dismissed"))
    rig.work_on()
    rig.put(NoticeEnded(key=f"run:{run_id}", outcome="cancel"))
    assert (rig.statuses, rig.effects()) == (["cancelled"], [])


def test_a_cancelled_run_cannot_be_answered_or_cancelled_twice_over():
    """The first reason stands."""
    rig = held("open")
    rig.work()
    replies = [cancel(rig, rig.runs[0].id) for _ in range(2)]
    rig.work_on()
    assert [reply.result(0).run.id for reply in replies] == [rig.runs[0].id] * 2


def test_a_run_that_is_just_ending_takes_no_answer():
    """Another branch has failed, one is still at work: a yes would do nothing, so it is refused, and that is said."""
    rig = EngineRig(workers=HeldWorkers()).begin()
    rig.actions["open"].in_perform = raises(ActionFailedError("no"))
    question = ApprovalStep(question="Go on?", after=())
    rig.written(Tier.AUTO, Step(action="open", after=()), Step(action="notify", after=()), question)
    rig.see("mail")
    while rig.runs[0].steps[0].status is not StepStatus.FAILED:
        rig.work()
    with pytest.raises(ConflictError, match="needs no answer any more"):
        rig.answer(rig.waiting[0].id)
    rig.work_on()
    assert (rig.statuses, rig.waiting, len(rig.effects("notify"))) == (["failed"], [], 1)


# --- follow --------------------------------------------------------------------------------------


def test_the_output_of_a_run_can_be_followed_while_it_works():
    """What was said so far is there, and each part is told with its step."""
    rig = held(Step(action="open", id="fetch"))
    seen = []

    def say(context):
        context.emit("half ")
        seen.append(RunCases.output(rig.agent.service, rig.runs[0].id))
        context.emit("done")

    rig.actions["open"].in_perform = say
    rig.work_on()
    assert [(each.step, each.status, each.text) for each in seen[0]] == [("fetch", "intent", "half ")]
    told = [payload for kind, payload in rig.told if kind == "output"]
    run_id = rig.runs[0].id
    assert told == [
        {"id": run_id, "step": "fetch", "text": "half ", "end": 5},
        {"id": run_id, "step": "fetch", "text": "done", "end": 9},
    ]
    assert rig.ask(lambda service: service.output(rig.runs[0].id))[0].text == "did it"


def test_what_a_step_said_before_it_failed_is_kept():
    """The last words say why."""
    rig = EngineRig().begin()

    def fail(context):
        context.emit("step 1 of 2")
        raise ActionFailedError("It broke")

    rig.actions["open"].in_perform = fail
    rig.written()
    rig.see("mail")
    assert rig.runs[0].steps[0].output == "step 1 of 2\nIt broke."


def test_the_trace_says_what_happened_in_order():
    """From the wish to the end, each step with its words."""
    rig = EngineRig().begin()
    rig.written(
        Tier.AUTO, Step(action="open", id="a"), DelayStep(id="b", lasts=MINUTE), Step(action="send", id="c")
    )
    rig.see("mail")
    trace = rig.ask(lambda service: service.trace(rig.runs[0].id))
    assert [(entry.what, entry.step) for entry in trace.entries] == [
        ("wanted", ""),
        ("started", ""),
        ("step_started", "a"),
        ("step_ended", "a"),
        ("step_started", "b"),
        ("waits", "b"),
    ]
    rig.wait(MINUTE)
    entries = rig.ask(lambda service: service.trace(rig.runs[0].id)).entries
    assert (entries[0].text, entries[-1].what, entries[-1].status) == (
        "Mail came to the front",
        "ended",
        "completed",
    )


def test_runs_are_found_by_query():
    """Those of one status, one page after the other."""
    rig = EngineRig().begin()
    rig.written()
    for _ in range(3):
        rig.run_now()
        rig.wait(MINUTE)
    rig.ask(lambda service: service.pause())
    with pytest.raises(Exception, match="was not run"):
        rig.run_now()
    service = rig.agent.service
    done = RunCases.runs(service, RunQuery(statuses=(RunStatus.COMPLETED,), limit=2))
    rest = RunCases.runs(service, RunQuery(statuses=(RunStatus.COMPLETED,), before=done[-1].run.id))
    assert (len(done), len(rest), len(RunCases.runs(service))) == (2, 1, 4)
    assert rig.ask(lambda service: service.run(rest[0].run.id)).run == rest[0].run
    with pytest.raises(NotFoundError, match="There is no run r-9"):
        rig.ask(lambda service: service.trace("r-9"))


def test_the_trace_of_a_run_that_was_not_started_is_short():
    """Wanted, and why not."""
    rig = EngineRig().begin()
    rig.written()
    rig.presence("locked")
    rig.see("mail")
    entries = rig.ask(lambda service: service.trace(rig.runs[0].id)).entries
    assert [(entry.what, entry.text) for entry in entries] == [
        ("wanted", "Mail came to the front"),
        ("ended", "Not done: The screen is locked"),
    ]


def test_alarms_of_steps_that_do_not_wait_change_nothing():
    """For a run that is gone, and for a step that has not begun."""
    rig = EngineRig().begin()
    rig.written(Tier.AUTO, DelayStep(lasts=HOUR), "open")
    rig.see("mail")
    before = rig.runs
    rig._on_wake("step:r-gone:0")
    rig._on_wake(f"step:{before[0].id}:1")
    assert rig.runs == before


# --- judge ---------------------------------------------------------------------------------------


def test_feedback_on_a_learned_run_counts_as_evidence_once():
    """Good is a hit, bad a miss; saying the same again only changes the words."""
    rig = EngineRig().begin()
    rig.written(Tier.AUTO, pattern_id="p-1")
    rig.see("mail")
    run_id = rig.runs[0].id
    rig.ask(lambda service: service.feedback(run_id, good=True))
    card = rig.ask(lambda service: service.feedback(run_id, good=True, text=" just right "))
    assert card.run.feedback == "good: just right"
    assert [each.hit for each in rig.store.verdicts.all()] == [True]
    rig.ask(lambda service: service.feedback(run_id, good=False))
    assert (rig.runs[0].feedback, [each.hit for each in rig.store.verdicts.all()]) == ("bad", [True, False])


def test_feedback_waits_for_the_end_and_is_short():
    """What is going on cannot be judged yet."""
    rig = held("open")
    run_id = rig.runs[0].id
    with pytest.raises(ConflictError, match="still going on"):
        rig.ask(lambda service: service.feedback(run_id, good=True))
    rig.work_on()
    with pytest.raises(InvalidInputError, match="too long"):
        rig.ask(lambda service: service.feedback(run_id, good=True, text="x" * 2_001))


# --- patterns and permissions --------------------------------------------------------------------


def test_a_pattern_can_be_run_by_hand():
    """Through the workflow it has become."""
    rig = EngineRig().begin()
    rig.offers()
    run = rig.ask(lambda service: service.execute_pattern("p-1", "cli"))
    assert (run.status, run.workflow.id, len(rig.effects())) == (RunStatus.COMPLETED, "w-1", 1)
    with pytest.raises(NotFoundError, match="There is no pattern p-9"):
        rig.ask(lambda service: service.execute_pattern("p-9", "cli"))


def test_a_pattern_with_nothing_to_do_cannot_be_run():
    """It is only something seen."""
    rig = EngineRig().begin()
    rig.offers()
    rig.store.workflows.delete("w-1")
    with pytest.raises(ConflictError, match="p-1 cannot be run"):
        rig.ask(lambda service: service.execute_pattern("p-1", "cli"))


def test_permissions_can_be_seen_and_taken_back():
    """Without it the script does not run any more."""
    rig = EngineRig().begin()
    rig.written(Tier.SUGGEST, "script")
    rig.run_now(consent=True)
    grant = rig.ask(lambda service: service.grants())[0]
    assert (grant.scope, grant.used_at) == (Scope.ONCE, rig.now)
    assert rig.ask(lambda service: service.grants("w-1")) == [grant]
    rig.ask(lambda service: service.revoke_grant(grant.id))
    assert rig.ask(lambda service: service.grants()) == []
    with pytest.raises(NotFoundError):
        rig.ask(lambda service: service.revoke_grant(grant.id))


def test_a_script_with_a_template_in_it_is_allowed_as_it_is_written():
    """The permission is for the script with its template; what fills it in is data."""
    rig = EngineRig().begin()
    step = Step(action="script", parameters={"what": "{{ trigger.title }}"})
    rig.written(Tier.AUTO, step, id="w-1")
    rig.see("mail", title="one")
    assert rig.runs[0].reason == "consent_missing"


def test_what_came_to_nothing_needs_the_word_for_its_script_again():
    """A permission for one run is used up with it; the next one is given as the rest is done."""
    rig = EngineRig().begin()
    rig.actions["script"].in_perform = raises(ActionFailedError("No"))
    rig.written(Tier.SUGGEST, Step(action="script", on_failure=OnFailure.RETRY))
    rig.run_now(consent=True)
    letter = rig.store.dead_letters.find()[0]
    rig.actions["script"].in_perform = lambda context: None
    with pytest.raises(RefusedError):
        rig.ask(lambda service: service.retry_dead_letter(letter.id, "cli"))
    run = rig.ask(lambda service: service.retry_dead_letter(letter.id, "cli", consent=True))
    assert (run.status, len(rig.effects("script"))) == (RunStatus.COMPLETED, 1)


# --- not waited for ------------------------------------------------------------------------------


@pytest.mark.parametrize("mode, second", [(Mode.QUEUED, "queued"), (Mode.PARALLEL, "running")])
def test_who_does_not_wait_hears_of_a_run_as_soon_as_it_is_stored(mode, second):
    """Begun or in line: what was answered is found again, whatever comes of it."""
    rig = EngineRig(workers=HeldWorkers()).begin()
    rig.written(Tier.SUGGEST, "open", mode=mode)
    runs = [rig.run_now(wait=False), rig.run_now(wait=False)]
    assert [run.status.value for run in runs] == ["running", second]
    assert [run.id for run in rig.runs] == [run.id for run in runs]
    rig.work_on()
    assert (rig.statuses, len(rig.effects())) == (["completed"] * 2, 2)


def test_who_does_not_wait_hears_of_a_refusal():
    """As who waits does; a pattern and the rest of what failed are begun in the same way."""
    rig = EngineRig().begin()
    rig.offers()
    begun = rig.ask(lambda service: service.execute_pattern("p-1", "cli", wait=False))
    assert (begun.status, rig.statuses) == (RunStatus.RUNNING, ["completed"])
    rig.written(Tier.SUGGEST, "script", id="w-2")
    with pytest.raises(RefusedError):
        rig.run_now("w-2", wait=False)
    rig.actions["open"].in_perform = raises(ActionFailedError("No"))
    rig.written(Tier.SUGGEST, Step(action="open", on_failure=OnFailure.RETRY), id="w-3")
    rig.run_now("w-3", wait=False)
    letter = rig.store.dead_letters.find()[0]
    again = rig.ask(lambda service: service.retry_dead_letter(letter.id, "cli", wait=False))
    assert again.redoes == letter.run_id


def test_runs_are_asked_for_of_a_workflow_that_is_or_was_there():
    """One that never was is an error with the nearest; one without runs has none; a removed one keeps its own."""
    rig = EngineRig().begin()
    rig.written(Tier.AUTO, name="Morning Prep")
    query = RunQuery(workflow_id="w-1")
    assert rig.ask(lambda service: service.runs(query)) == []
    rig.run_now()
    rig.ask(lambda service: service.remove_workflow("w-1"))
    assert len(rig.ask(lambda service: service.runs(query))) == 1
    rig.written(Tier.AUTO, name="Morning Prep", id="w-2")
    for given, fix in (("Morning prap", "Did you mean Morning Prep"), ("x", "See: understudy workflows")):
        with pytest.raises(NotFoundError, match=f"There is no workflow {given}") as caught:
            rig.ask(lambda service, given=given: service.runs(RunQuery(workflow_id=given)))
        assert caught.value.fix == fix
