"""The agent at a glance: what waits for the person, what goes on, and what came to nothing."""

from tests.fakes.engine_rig import EngineRig
from understudy.core.dead_letter import DeadLetter, DeadLetterStatus
from understudy.core.task import Task, TaskStatus
from understudy.core.trust import Tier
from understudy.core.workflow import ApprovalStep, CaptureTrigger

GO = ApprovalStep(question="Go on?")
NOTES = (CaptureTrigger(symbols=("app:notes",)),)


def test_runs_that_wait_are_told_apart_from_suggestions():
    """A run that stands still is more pressing than something offered."""
    rig = EngineRig().begin()
    rig.written(Tier.AUTO, GO)
    rig.see("mail")
    first = rig.ask(lambda service: service.status())
    assert (first.text, first.suggestions_waiting, first.approvals_waiting) == (
        "Watching. 1 run waits for your yes.",
        0,
        1,
    )
    rig.written(Tier.SUGGEST, id="w-2", triggers=NOTES)
    rig.written(Tier.AUTO, GO, id="w-3", triggers=NOTES)
    rig.see("notes")
    then = rig.ask(lambda service: service.status())
    assert (then.text, then.suggestions_waiting, then.approvals_waiting) == (
        "Watching. 1 suggestion waits. 2 runs wait for your yes.",
        1,
        2,
    )


def test_tasks_at_work_and_dead_letters_are_counted():
    """Only what goes on, and what nobody has seen to."""
    rig = EngineRig().begin()
    for number, status in enumerate((TaskStatus.EXECUTING, TaskStatus.DONE)):
        rig.store.tasks.put(Task(id=f"t-{number}", title="Tidy", status=status))
    for number, status in enumerate(DeadLetterStatus):
        letter = DeadLetter(
            id=f"d-{number}",
            run_id="r-1",
            workflow_id="w-1",
            step=0,
            title="Tidy",
            error="No",
            attempts=1,
            created_at=1,
            status=status,
        )
        rig.store.dead_letters.put(letter)
    status = rig.ask(lambda service: service.status())
    assert (status.tasks_executing, status.dead_letters) == (1, 1)
