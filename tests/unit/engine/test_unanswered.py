"""Questions that nobody answers and runs that end: what fires a workflow because of others."""

import pytest

from tests.fakes.store import NOON
from tests.fakes.trigger_rig import TriggerRig, flow
from understudy.core.run import Cause, Run, RunStatus, StepRecord, StepStatus
from understudy.core.suggestion import Answer, Suggestion, SuggestionStatus
from understudy.core.value import HOUR, MINUTE
from understudy.core.workflow import (
    AgedThing,
    AgeTrigger,
    EscalationTrigger,
    ManualTrigger,
    RunTrigger,
)
from understudy.engine import watching
from understudy.engine.messages import RunEnded, Woken

# --- questions that wait --------------------------------------------------------------------------

OLD = AgeTrigger(of=AgedThing.APPROVAL, longer_than=HOUR)


def question(number=1, workflow="w-1", step=0, **fields):
    given = {"title": "Go on?", "body": "", "offered_at": NOON, "answers": (Answer.DO,), "run_id": "r-1"}
    return Suggestion(id=f"s-{number}", workflow_id=workflow, step=step, **(given | fields))


def asks(rig, suggestion):
    """Let a question wait, as whoever puts it does."""
    rig.store.suggestions.put(suggestion)
    watching.asked(suggestion, rig.context)


def a_run(run_id="r-1", workflow="w-1", chain=(), status=RunStatus.COMPLETED, **fields):
    cause = Cause(kind="manual", chain=chain)
    return Run(id=run_id, workflow=flow(workflow), cause=cause, status=status, created_at=NOON, **fields)


def test_an_approval_that_nobody_answers_escalates_once():
    """After its time, with what waits, and with the workflows that led there."""
    rig = TriggerRig(flow("w-9", EscalationTrigger(after=HOUR)))
    rig.store.runs.put(a_run(chain=("w-0",)))
    asks(rig, question())
    rig.wait(59 * MINUTE)
    assert rig.fired == []
    rig.wait(MINUTE)
    [wanted] = rig.wanted
    assert (wanted.cause.kind, wanted.cause.ref, wanted.cause.chain) == (
        "escalation",
        "suggestion:s-1",
        ("w-0", "w-1"),
    )
    assert (wanted.event["run"], wanted.event["workflow"], wanted.event["lasted"]) == ("r-1", "w-1", HOUR)
    assert wanted.cause.text == "Nobody has answered for 60 minutes: Go on?"


def test_an_escalation_is_set_again_after_a_restart_and_not_repeated():
    """The question survives, its alarm too; what has been escalated is not escalated again."""
    rig = TriggerRig(flow("w-9", EscalationTrigger(after=HOUR)))
    asks(rig, question())
    again = rig.restart()
    again.wait(HOUR)
    assert again.fired == ["w-9"]
    escalated = again.wanted[0]
    run = Run(
        id="r-9",
        workflow=escalated.workflow,
        cause=escalated.cause,
        status=RunStatus.COMPLETED,
        created_at=again.now,
    )
    rig.store.runs.put(run)
    last = again.restart()
    last.wait(HOUR)
    assert last.fired == []


QUESTIONS = [
    (EscalationTrigger(after=HOUR), question(), True),
    (EscalationTrigger(after=HOUR, workflow="w-1"), question(), True),
    (EscalationTrigger(after=HOUR, workflow="w-2"), question(), False),
    (EscalationTrigger(after=HOUR), question(step=-1), False),
    (EscalationTrigger(after=HOUR), question(workflow="w-9"), False),
    (OLD, question(), True),
    (OLD, question(step=-1, chain=("w-0",)), True),
    (OLD, question(workflow="w-9"), False),
]


@pytest.mark.parametrize("trigger, waits, fires", QUESTIONS)
def test_which_questions_count(trigger, waits, fires):
    """Escalation: approvals of runs, of one workflow or any other; age: whatever we asked, but for itself."""
    rig = TriggerRig(flow("w-9", trigger))
    asks(rig, waits)
    rig.wait(HOUR)
    assert rig.fired == (["w-9"] if fires else [])


def test_a_question_that_was_answered_is_not_old():
    """Its alarm comes and goes; so does one that no longer exists, or whose trigger has become another."""
    rig = TriggerRig(flow("w-9", OLD, EscalationTrigger(after=HOUR)), flow("w-8", ManualTrigger()))
    asks(rig, question())
    rig.store.suggestions.put(question(status=SuggestionStatus.APPROVED))
    rig.wait(2 * HOUR)
    for key in ("age:w-9:0:s-7", "age:w-8:0:s-1", "age:w-9:1:s-7"):
        rig.put(Woken(key=key))
    assert rig.fired == []


def test_a_question_heard_too_early_is_heard_again_later():
    """The clock was set back: it waits for its whole time."""
    rig = TriggerRig(flow("w-9", OLD))
    asks(rig, question(offered_at=NOON + HOUR))
    rig.put(Woken(key="age:w-9:0:s-1"))
    assert (rig.fired, rig.scheduler.due["age:w-9:0:s-1"]) == ([], NOON + 2 * HOUR)


# --- ends of runs --------------------------------------------------------------------------------


def test_the_end_of_a_run_fires_those_that_wait_for_it():
    """With its output and its chain; other ends and other workflows do not."""
    rig = TriggerRig(
        flow("w-8", RunTrigger(workflow="w-1")),
        flow("w-9", RunTrigger(workflow="w-1", statuses=("failed",))),
        flow("w-7", RunTrigger(workflow="w-2")),
    )
    steps = (
        StepRecord(index=0, action="open", status=StepStatus.DONE, output="42"),
        StepRecord(index=1, action="open", status=StepStatus.SKIPPED),
    )
    rig.put(RunEnded(run=a_run(chain=("w-0",), steps=steps)))
    [wanted] = rig.wanted
    assert (wanted.workflow.id, wanted.cause.chain, wanted.event["output"]) == ("w-8", ("w-0", "w-1"), "42")
    assert wanted.cause.text == "w-1: completed"
    rig.put(RunEnded(run=a_run(status=RunStatus.FAILED)))
    assert rig.fired == ["w-8", "w-9"]


@pytest.mark.parametrize("chain", [("w-1",), ("w-2", "w-3", "w-4")])
def test_the_end_of_what_was_refused_for_its_chain_leads_nowhere(chain):
    """Otherwise refusals would fire refusals for ever."""
    rig = TriggerRig(flow("w-1", RunTrigger(workflow="w-1", statuses=("skipped",))))
    rig.put(RunEnded(run=a_run(chain=chain, status=RunStatus.SKIPPED)))
    assert rig.fired == []
