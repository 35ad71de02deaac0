"""Failed steps are tried again where nothing can happen twice; what comes to nothing is kept for the person."""

import msgspec
import pytest

from tests.fakes.acts import raises
from tests.fakes.engine_rig import FULL, EngineRig, HeldWorkers, held
from understudy.core.dead_letter import DeadLetterStatus
from understudy.core.retrying import delay
from understudy.core.run import Cause, RunStatus, StepStatus
from understudy.core.task import Task, TaskStatus
from understudy.core.trust import Tier
from understudy.core.value import HOUR, MINUTE, SECOND
from understudy.core.workflow import OnFailure, Retry, Step
from understudy.engine.messages import RunWanted
from understudy.errors import ActionFailedError, ConflictError, NotFoundError, StoreError

NOTHING = ActionFailedError("No network", nothing_happened=True)
SOMETHING = ActionFailedError("It broke off")


def again(action="open", attempts=3, **fields):
    return Step(action=action, on_failure=OnFailure.RETRY, retry=Retry(attempts=attempts), **fields)


def failing(where, error, *steps, name="open", **fields):
    """A rig in which an act fails until the test lets it work."""
    rig = EngineRig().begin()
    setattr(rig.actions[name], where, raises(error))
    rig.written(Tier.AUTO, *steps or (again(name),), **fields)
    rig.see("mail")
    return rig


def works(rig, name="open"):
    rig.actions[name].in_prepare = rig.actions[name].in_perform = lambda context: None


# --- trying again --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "where, error, name",
    [
        ("in_prepare", SOMETHING, "open"),
        ("in_perform", NOTHING, "open"),
        ("in_perform", SOMETHING, "notify"),
    ],
)
def test_what_left_nothing_or_leaves_one_effect_is_tried_again(where, error, name):
    """It failed before acting, says that nothing happened, or may be done twice: later it works."""
    rig = failing(where, error, name=name)
    assert (rig.statuses, rig.runs[0].steps[0].status) == (["running"], StepStatus.WAITING)
    works(rig, name)
    rig.wait(2 * SECOND)
    step = rig.runs[0].steps[0]
    assert (rig.statuses, len(rig.effects(name)), step.attempts, step.reason) == (["completed"], 1, 2, "")


def test_what_may_have_happened_is_not_tried_again_and_says_why():
    """The run ends, and the list of what came to nothing has it."""
    rig = failing("in_perform", SOMETHING)
    rig.wait(HOUR)
    assert (rig.statuses, rig.effects()) == (["failed"], [])
    words = "It broke off. It was not tried again, since it may have happened already."
    assert (rig.runs[0].text, rig.store.dead_letters.find()[0].error) == (words, words)


def test_the_waits_double_and_jitter():
    """A second, two seconds, with the jitter that the run and the step give."""
    rig = failing("in_perform", NOTHING)
    key = f"{rig.runs[0].id}/0"
    times = []
    rig.actions["open"].in_perform = lambda context: (times.append(rig.now), raises(NOTHING)(context))
    began = rig.now
    rig.wait(MINUTE)
    first = delay(SECOND, 1, key)
    assert [at - began for at in times] == [first, first + delay(SECOND, 2, key)]


def test_a_step_that_waits_for_its_next_try_survives_a_restart():
    """It keeps its count, its parameters and its time."""
    step = again(parameters={"what": "{{ trigger.title }} at {{ now.time }}"})
    rig = EngineRig().begin()
    rig.actions["open"].in_prepare = raises(SOMETHING)
    rig.written(Tier.AUTO, step)
    rig.see("mail", title="Hello")
    works(rig)
    rig.clock.move_to(rig.now + 10 * MINUTE)
    rig = rig.restart()
    rig.wait(0)
    assert (rig.statuses, rig.runs[0].steps[0].attempts) == (["completed"], 2)
    assert rig.effects()[0][0] == "Hello at 13:00"


@pytest.mark.parametrize("name, away", [("open", HOUR + MINUTE), ("type", MINUTE)])
def test_a_next_try_that_would_come_too_late_is_not_caught_up(name, away):
    """More than an hour late, or something that types: the agent ended, and so does the run."""
    rig = failing("in_prepare", SOMETHING, name=name)
    works(rig, name)
    rig.clock.move_to(rig.now + away)
    rig = rig.restart()
    rig.wait(HOUR)
    assert (rig.statuses, rig.runs[0].reason, rig.effects(name)) == (["cancelled"], "agent_ended", [])


def test_a_step_whose_worker_does_not_come_back_is_not_tried_again():
    """It was told to end and did not: nobody knows what a second one would meet."""
    rig = held(again(timeout=10 * SECOND))
    rig.wait(HOUR)
    assert rig.statuses == ["timed_out"]


# --- what came to nothing ------------------------------------------------------------------------


def exhausted(*steps, **fields):
    rig = failing("in_perform", NOTHING, *steps, **fields)
    rig.wait(MINUTE)
    return rig


def test_after_the_last_try_it_is_kept_with_all_that_is_needed():
    """Run, step, why, and how often; the run says how often it was tried."""
    rig = exhausted()
    run, letter = rig.runs[0], rig.store.dead_letters.find()[0]
    assert (run.status, run.text) == (RunStatus.FAILED, "No network. Tried 3 times.")
    assert (letter.run_id, letter.workflow_id, letter.step, letter.attempts) == (run.id, "w-1", 0, 3)
    assert (letter.title, letter.error, letter.status) == (
        "After Mail, do it: open it",
        run.text,
        DeadLetterStatus.OPEN,
    )


def test_a_task_keeps_its_own_list():
    """The task itself is tried again: the run alone does not come to nothing."""
    rig = EngineRig().begin()
    rig.actions["open"].in_perform = raises(NOTHING)
    workflow = rig.written(Tier.AUTO, again())
    rig.store.tasks.put(Task(id="t-1", title="Do it", status=TaskStatus.EXECUTING, run_id="r-1"))
    rig.put(RunWanted(run_id="r-1", workflow=workflow, cause=Cause(kind="task", ref="task:t-1")))
    rig.wait(MINUTE)
    letters = rig.store.dead_letters.find()
    assert (rig.statuses, [letter.task_id for letter in letters if not letter.task_id]) == (["failed"], [])


def test_the_end_and_its_letter_are_stored_together_or_not_at_all():
    """Without room for the letter the run has not ended; with room both are there."""
    rig = failing("in_perform", NOTHING, again(attempts=2))
    put = rig.store.dead_letters.put

    def full(letter):
        raise FULL

    rig.store.dead_letters.put = full
    rig.wait(5 * SECOND)
    assert rig.statuses == ["running"]
    rig.store.dead_letters.put = put
    rig.wait(MINUTE)
    assert (rig.statuses, len(rig.store.dead_letters.find())) == (["failed"], 1)


def test_trying_again_by_hand_does_only_what_was_not_done():
    """The first step's output is taken over, the second is done; the letter names the run that did it."""
    steps = (
        Step(action="notify", id="first"),
        again(id="second", parameters={"what": "{{ steps.first.output }}"}),
    )
    rig = exhausted(*steps)
    letter = rig.ask(lambda service: service.dead_letters())[0]
    works(rig)
    run = rig.ask(lambda service: service.retry_dead_letter(letter.id, "cli"))
    settled = rig.ask(lambda service: service.dead_letter(letter.id))
    assert (run.status, run.redoes, len(rig.effects("notify"))) == (RunStatus.COMPLETED, letter.run_id, 1)
    assert rig.effects() == [("did it", f"{run.id}.1")]
    assert (settled.status, settled.retried_by) == (DeadLetterStatus.RETRIED, run.id)
    assert [step.undo_status.value for step in run.steps] == ["none", "available"]
    with pytest.raises(ConflictError, match="settled already"):
        rig.ask(lambda service: service.retry_dead_letter(letter.id, "cli"))
    assert rig.ask(lambda service: service.dead_letters()) == []
    assert len(rig.ask(lambda service: service.dead_letters(every=True))) == 1


def test_a_step_that_was_changed_is_done_again_and_so_is_what_follows_it():
    """What came before the mended step is taken over, nothing else."""
    first, second = Step(action="notify", id="first"), Step(action="send", id="second")
    third = Step(action="type", id="third")
    rig = exhausted(first, second, third, again(id="fourth"))
    works(rig)
    mended = Step(action="send", id="second", parameters={"what": "other"})
    rig.written(Tier.AUTO, first, mended, third, Step(action="open", id="fourth"))
    letter = rig.store.dead_letters.find()[0]
    rig.ask(lambda service: service.retry_dead_letter(letter.id, "cli"))
    assert [what for what, _ in rig.effects("send")] == ["it", "other"]
    assert [len(rig.effects(name)) for name in ("notify", "type", "open")] == [1, 2, 1]


def test_a_letter_can_be_set_aside():
    """Seen, and nothing more is to be done about it."""
    rig = exhausted()
    letter = rig.store.dead_letters.find()[0]
    settled = rig.ask(lambda service: service.dismiss_dead_letter(letter.id))
    assert (settled.status, settled.settled_at) == (DeadLetterStatus.DISMISSED, rig.now)
    with pytest.raises(NotFoundError, match="There is no dead letter d-9"):
        rig.ask(lambda service: service.dismiss_dead_letter("d-9"))


def test_a_letter_of_a_task_is_tried_again_with_its_task():
    """The task knows how often it was tried; the error names the command."""
    rig = exhausted()
    letter = rig.store.dead_letters.find()[0]
    rig.store.dead_letters.put(msgspec.structs.replace(letter, task_id="t-1"))
    with pytest.raises(ConflictError) as caught:
        rig.ask(lambda service: service.retry_dead_letter(letter.id, "cli"))
    assert caught.value.fix == "Try the task again: understudy task retry t-1"


def test_a_letter_stays_open_when_the_new_run_is_refused():
    """Paused: nothing runs, and nothing is called tried again."""
    rig = exhausted()
    letter = rig.store.dead_letters.find()[0]
    rig.ask(lambda service: service.pause())
    with pytest.raises(Exception, match="was not run"):
        rig.ask(lambda service: service.retry_dead_letter(letter.id, "cli"))
    assert rig.store.dead_letters.get(letter.id).status is DeadLetterStatus.OPEN


def test_a_start_that_cannot_be_stored_leaves_no_trace():
    """Neither the run nor the settled letter is there, and who asked hears why."""
    rig = exhausted()
    letter = rig.store.dead_letters.find()[0]
    put = rig.store.dead_letters.put

    def full(letter):
        raise FULL

    rig.store.dead_letters.put = full
    with pytest.raises(StoreError):
        rig.ask(lambda service: service.retry_dead_letter(letter.id, "cli"))
    rig.store.dead_letters.put = put
    assert (len(rig.runs), rig.context.active) == (1, {})


def test_a_first_try_that_fails_to_be_filled_in_is_filled_in_anew():
    """The value it reads is there at the second try."""
    rig = EngineRig(workers=HeldWorkers()).begin()
    rig.written(Tier.AUTO, again(parameters={"what": "{{ state.battery }}"}))
    rig.see("mail")
    rig.context.states["battery"] = "80"
    rig.wait(2 * SECOND)
    rig.work_on()
    assert rig.effects()[0][0] == "80"
