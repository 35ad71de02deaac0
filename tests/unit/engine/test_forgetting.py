"""What came of deleted captures goes after them, through runs, questions, dead letters and tasks."""

import pytest

from tests.fakes.engine_rig import EngineRig, HeldWorkers, held
from tests.fakes.store import a_letter, a_run, a_suggestion, a_task
from understudy.core.action import UndoStatus
from understudy.core.dead_letter import DeadLetterStatus
from understudy.core.ports import CaptureQuery
from understudy.core.run import Cause, RunStatus, StepRecord, StepStatus
from understudy.core.suggestion import SuggestionStatus
from understudy.core.task import TaskStatus
from understudy.core.trust import Tier
from understudy.core.value import DAY, MINUTE
from understudy.core.workflow import ApprovalStep, CaptureTrigger, DelayStep, Lifecycle, RunTrigger, Step
from understudy.engine.forgetting import FORGOTTEN, WORDS, blank, forget_traces
from understudy.engine.messages import Requested

CANARY = "canary7f3a9c"
TELL = Step(action="open", parameters={"what": "{{ trigger.title }}"})


def kept(store):
    """All that the store in memory holds, as one text."""
    tables = (*store._journal(), store.patterns, store.occurrences, store.buckets)
    return "".join(body for table in tables for body in table.rows.values())


def purge(rig, **query):
    return rig.ask(lambda service: service.purge(CaptureQuery(**query or {"app": "mail"})))


def ask_later(rig):
    """Purge while the workers are held; the answer comes once they have worked."""
    rig.put(Requested(call=lambda service: service.purge(CaptureQuery(app="mail"), everything=False)))


def captures_of(rig):
    return [stored.id for stored in rig.store.captures.find(CaptureQuery())]


def seen(*steps, tier=Tier.AUTO, workers=None, **fields):
    """A rig in which a hand-written workflow has run because of a mail with the canary in its title."""
    rig = EngineRig(workers=workers).begin()
    rig.written(tier, steps=steps or (TELL,), **fields)
    rig.see("mail", title=CANARY)
    return rig


def test_a_run_keeps_nothing_of_a_capture_that_was_deleted():
    """That it was run, when, and how it ended stays; undo is gone with its data."""
    rig = seen()
    assert CANARY in kept(rig.store)
    assert rig.runs[0].undo_status is UndoStatus.AVAILABLE
    purge(rig)
    (run,) = rig.runs
    assert CANARY not in kept(rig.store)
    assert (run.status, run.text, run.undo_status) == (RunStatus.COMPLETED, WORDS, UndoStatus.NONE)
    assert [step.status for step in run.steps] == [StepStatus.DONE]
    assert (rig.store.owes_vacuum, rig.store.runs.starts_since(0)) == (False, [(run.started_at, "w-1")])


def test_a_run_of_another_capture_keeps_everything():
    """Only what came of the deleted one is touched."""
    rig = seen()
    rig.see("sheet")
    rig.wait(6 * MINUTE)
    rig.see("mail", title="another")
    first = captures_of(rig)[-1]
    assert [run.status for run in rig.runs] == [RunStatus.COMPLETED] * 2
    purge(rig, id=first)
    assert CANARY not in kept(rig.store)
    assert "another" in kept(rig.store)


def test_what_a_run_set_off_is_blanked_too():
    """However many runs lie between."""
    rig = EngineRig().begin()
    rig.written(Tier.AUTO, TELL)
    rig.written(
        Tier.AUTO,
        Step(action="open", parameters={"what": "{{ trigger.output }}"}),
        id="w-2",
        triggers=(RunTrigger(workflow="w-1"),),
    )
    rig.see("mail", title=CANARY)
    assert CANARY in str(rig.store.runs.recent(workflow_id="w-2"))
    purge(rig)
    assert CANARY not in kept(rig.store)


def test_a_waiting_question_is_taken_back():
    """It keeps no more than that it was asked; no late answer runs anything."""
    rig = seen(tier=Tier.SUGGEST)
    (asked,) = rig.waiting
    purge(rig)
    (left,) = rig.store.suggestions.recent()
    assert (left.status, left.title, left.event) == (SuggestionStatus.WITHDRAWN, WORDS, {})
    assert (CANARY in kept(rig.store), asked.id in rig.keys, rig.runs) == (False, False, [])


def test_an_answered_question_is_blanked_with_its_run():
    """The answer stays counted."""
    rig = seen(tier=Tier.SUGGEST)
    rig.answer(rig.waiting[0].id)
    purge(rig)
    (left,) = rig.store.suggestions.recent()
    assert (left.status, CANARY in kept(rig.store)) == (SuggestionStatus.APPROVED, False)


@pytest.mark.parametrize(
    "step",
    [ApprovalStep(question="Send {{ trigger.title }}?"), DelayStep(lasts=DAY)],
    ids=["approval", "delay"],
)
def test_a_run_that_waits_is_ended_and_blanked(step):
    """Nothing of it goes on, and its question is taken back."""
    rig = seen(step, TELL)
    purge(rig)
    (run,) = rig.runs
    assert (run.status, run.reason, rig.waiting) == (RunStatus.CANCELLED, FORGOTTEN, [])
    assert CANARY not in kept(rig.store)
    rig.wait(2 * DAY)
    assert rig.effects() == []


def test_a_run_at_work_is_ended_and_blanked_once_it_has_ended():
    """What its step comes back with is not kept either."""
    rig = seen(workers=HeldWorkers())
    ask_later(rig)
    rig.work_on()
    (run,) = rig.runs
    assert run.status.is_final
    assert CANARY not in kept(rig.store)


def test_a_run_at_work_goes_with_its_learned_workflow():
    """Also its last record, which is written after the workflow was deleted."""
    rig = held(origin="learned", pattern_id="p-gone")
    ask_later(rig)
    rig.work_on()
    assert (rig.runs, rig.store.workflows.all()) == ([], [])


def test_dead_letters_and_tasks_of_a_blanked_run_go():
    """A letter is settled and without its words: it could not be run again; what the run noted in the inbox goes."""
    rig = seen()
    (run,) = rig.runs
    rig.store.dead_letters.put(a_letter(run_id=run.id, error=CANARY))
    retried = {"status": DeadLetterStatus.RETRIED, "settled_at": 1}
    rig.store.dead_letters.put(a_letter("d-0", run_id=run.id, error=CANARY, **retried))
    rig.store.dead_letters.put(a_letter("d-2", run_id="r-other", error="stays"))
    rig.store.tasks.put(a_task(source=f"run:{run.id}", title=CANARY))
    rig.store.tasks.put(a_task("t-2", source="run:r-other"))
    rig.store.tasks.put(a_task("t-3", source="cli"))
    purge(rig)
    assert CANARY not in kept(rig.store)
    assert [(letter.error, letter.status, letter.settled_at) for letter in rig.store.dead_letters.find()] == [
        ("stays", DeadLetterStatus.OPEN, 0),
        (WORDS, DeadLetterStatus.RETRIED, 1),
        (WORDS, DeadLetterStatus.DISMISSED, rig.now),
    ]
    assert (
        rig.store.tasks.get("t-1"),
        bool(rig.store.tasks.get("t-2")),
        bool(rig.store.tasks.get("t-3")),
    ) == (
        None,
        True,
        True,
    )


def test_a_run_of_a_task_of_a_run_is_blanked():
    """Questions and tasks between are followed like runs."""
    rig = seen()
    (run,) = rig.runs
    store = rig.store
    store.tasks.put(a_task(source=f"run:{run.id}", status=TaskStatus.DONE))
    store.suggestions.put(a_suggestion(cause_id="task:t-1", status=SuggestionStatus.APPROVED))
    store.runs.put(
        a_run(
            "r-far",
            "w-1",
            status=RunStatus.FAILED,
            cause=Cause(kind="answer", ref="suggestion:s-1"),
            text=CANARY,
        )
    )
    purge(rig)
    assert (store.runs.get("r-far").text, CANARY in kept(store)) == (WORDS, False)


def test_what_grew_too_old_takes_no_task_with_it():
    """Nobody asked for that: what is still to be done stays."""
    rig = seen()
    rig.store.tasks.put(a_task(source=f"run:{rig.runs[0].id}"))
    rig.wait(91 * DAY)
    assert (captures_of(rig), CANARY in str(rig.runs), bool(rig.store.tasks.get("t-1"))) == ([], False, True)


def test_deleting_everything_deletes_runs_of_workflows_that_are_no_longer_there():
    """Their records hold what was seen as well."""
    rig = seen()
    rig.store.workflows.delete("w-1")
    rig.ask(lambda service: service.purge(CaptureQuery(), everything=True))
    assert (rig.runs, rig.store.suggestions.recent()) == ([], [])


def test_nothing_is_forgotten_twice():
    """What is blank has no way back to a capture."""
    rig = seen()
    rig.store.captures.delete(CaptureQuery())
    assert (forget_traces(rig.context, tasks=True), forget_traces(rig.context, tasks=True)) == (1, 0)


def test_the_words_of_feedback_go_and_its_verdict_stays():
    """A failed undo stays a failed undo."""
    step = StepRecord(index=0, action="open", undo_status=UndoStatus.UNDO_FAILED, undo={"what": CANARY})
    run = blank(a_run(feedback=f"bad: {CANARY}", undo_status=UndoStatus.UNDO_FAILED, steps=(step,)))
    assert (run.feedback, run.undo_status, run.steps[0].undo_status, run.steps[0].undo) == (
        "bad",
        UndoStatus.UNDO_FAILED,
        UndoStatus.UNDO_FAILED,
        None,
    )


def test_a_run_that_the_store_has_lost_is_passed_over():
    """A run that was deleted meanwhile needs no blanking."""
    rig = EngineRig().begin()
    rig.written(Tier.AUTO, lifecycle=Lifecycle.ACTIVE, triggers=(CaptureTrigger(symbols=("app:x",)),))
    rig.store.suggestions.put(a_suggestion(cause_id="capture:77", status=SuggestionStatus.NEVER))
    assert forget_traces(rig.context, tasks=True) == 0
    assert rig.store.suggestions.get("s-1").title == WORDS
