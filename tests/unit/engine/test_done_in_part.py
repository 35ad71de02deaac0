"""Steps of which only a part was done: said as it is, never done again, taken back where that part is known."""

import msgspec
import pytest

from tests.fakes.engine_rig import EngineRig, held
from understudy.core.action import Partly, Progress, Undone, UndoStatus
from understudy.core.run import RunStatus, StepRecord, StepStatus
from understudy.core.trust import Tier
from understudy.core.value import MINUTE, SECOND
from understudy.core.workflow import Lifecycle, OnFailure, Retry, Step
from understudy.errors import ActionFailedError, ConflictError, StoppedError, TimedOutError

HUNG = "The window hangs"
PART = {"what": "a part"}


def breaks_off(done, *, is_certain=True, kind=ActionFailedError, undo=PART):
    """Return what makes an act end after `done` of ten."""

    def fail(_):
        error = kind(HUNG, f"{done} of 10 letters typed")
        progress = Progress(done=done, of=10, unit="letters")
        error.partly = Partly(progress=progress, is_certain=is_certain, undo=undo if done else None)
        raise error

    return fail


def ended(how, *steps):
    """Run a workflow whose act breaks off, on its own; returns the agent and the run."""
    rig = EngineRig().begin()
    rig.actions["type"].in_perform = how
    rig.written(Tier.AUTO, *(steps or ("type",)))
    rig.see("mail")
    return rig, rig.runs[-1]


def test_what_is_certain_is_a_failure_with_its_measure():
    """Nothing about it is unknown: so much is there, and no more."""
    rig, run = ended(breaks_off(6), "type", "send")
    step = run.steps[0]
    assert (run.status, step.status, step.progress.text) == (
        RunStatus.FAILED,
        StepStatus.FAILED,
        "6 of 10 letters",
    )
    assert (run.text, rig.effects("send")) == (f"{HUNG}. 6 of 10 letters typed.", [])
    notice = rig.screen.shown[-1]
    assert notice.title.endswith("was done in part")
    assert notice.buttons == (("undo", "Undo"),)


def test_what_is_not_certain_is_unknown_and_says_what_is():
    """More may come at any moment: that is never called failed, nor removed."""
    rig, run = ended(breaks_off(6, is_certain=False, undo=None), "type", "send")
    step = run.steps[0]
    assert (run.status, step.status, step.progress.done) == (RunStatus.UNKNOWN, StepStatus.UNKNOWN, 6)
    assert run.text == f"{HUNG}. 6 of 10 letters typed. Please look; it is not tried again."
    assert rig.screen.shown[-1].title.endswith("it is not known how much of it happened")
    with pytest.raises(ConflictError, match="cannot be told apart from the rest"):
        rig.ask(lambda service: service.undo(run.id, "cli"))


@pytest.mark.parametrize(
    "kind, is_certain, expected",
    [
        (StoppedError, True, "cancelled"),
        (TimedOutError, True, "timed_out"),
        (StoppedError, False, "unknown"),
        (TimedOutError, False, "unknown"),
    ],
)
def test_what_was_stopped_or_took_too_long_in_the_middle_is_said_in_the_same_way(kind, is_certain, expected):
    """How it ended, and how much is there, are two facts."""
    _, run = ended(breaks_off(3, is_certain=is_certain, kind=kind))
    assert (run.status.value, run.steps[0].progress.done) == (expected, 3)


def test_a_stop_in_the_middle_that_leaves_it_open_says_what_is_certain():
    """The run was to be cancelled; what is unknown stays unknown, in the words of the step."""
    rig, ends = held("type"), breaks_off(3, is_certain=False, kind=StoppedError)

    def work(context):
        rig.ask(lambda service: [service.cancel(rig.runs[0].id, "cli")])
        ends(context)

    rig.actions["type"].in_perform = work
    rig.work_on()
    run = rig.runs[0]
    assert (run.status, run.reason) == (RunStatus.UNKNOWN, "cancelled")
    assert "3 of 10 letters typed" in run.text


@pytest.mark.parametrize(
    "done, is_certain, tries", [(0, True, 3), (4, True, 1), (0, False, 1), (4, False, 1)]
)
def test_it_is_tried_again_only_where_nothing_is_there(done, is_certain, tries):
    """The text would stand there twice."""
    again = Step(action="type", on_failure=OnFailure.RETRY, retry=Retry(attempts=3, delay=SECOND))
    rig, _ = ended(breaks_off(done, is_certain=is_certain), again)
    rig.wait(10 * MINUTE)
    assert (rig.runs[0].steps[0].attempts, rig.runs[0].status.is_final) == (tries, True)


def test_two_that_are_not_known_switch_the_workflow_off():
    """As every other unknown."""
    rig, _ = ended(breaks_off(6, is_certain=False))
    rig.wait(10 * MINUTE)
    rig.see("files")
    rig.see("mail")
    assert [run.status for run in rig.runs] == [RunStatus.UNKNOWN] * 2
    assert rig.store.workflows.get("w-1").lifecycle is Lifecycle.SUSPENDED


def test_the_part_that_is_there_is_taken_back():
    """Exactly that part, by what the action left for it."""
    rig, run = ended(breaks_off(6))
    undone = rig.ask(lambda service: service.undo(run.id, "cli")).run
    assert (undone.undo_status, rig.actions["type"].undone) == (UndoStatus.UNDONE, ["a part"])
    assert undone.steps[0].undo_status is UndoStatus.UNDONE


def test_a_part_that_stays_is_said_when_the_rest_is_taken_back():
    """What was done before it is undone; of the whole that is only a part."""
    rig, run = ended(breaks_off(6, undo=None), "open", "type")
    undone = rig.ask(lambda service: service.undo(run.id, "cli")).run
    assert undone.undo_status is UndoStatus.PARTLY_UNDONE
    assert undone.undo_text == "type it: what is there of it stays."


def test_secrets_in_what_undo_needs_are_sealed():
    """A part of a password is no less secret."""
    rig = EngineRig().begin()
    rig.secrets.put("PIN", "1234")
    rig.actions["type"].secret = frozenset({"what"})
    rig.actions["type"].in_perform = breaks_off(6, undo={"what": "1234"})
    rig.written(Tier.AUTO, Step(action="type", parameters={"what": "{{ secret.PIN }}"}))
    rig.see("mail")
    run = rig.runs[0]
    assert ("1234" in str(run), run.undo_status) == (False, UndoStatus.AVAILABLE)
    rig.actions["type"].undo_says = Undone(status=UndoStatus.UNDONE)
    rig.ask(lambda service: service.undo(run.id, "cli"))
    assert rig.actions["type"].undone == ["1234"]
    rig.actions["type"].in_perform = breaks_off(6, undo=None)
    rig.wait(10 * MINUTE)
    rig.see("files")
    rig.see("mail")
    assert rig.runs[-1].steps[0].progress.done == 6


def measured(*parts):
    """Return what makes an act tell how far it came."""

    def work(context):
        for done in parts:
            context.came(Progress(done=done, of=10, unit="letters"))

    return work


def test_what_is_known_survives_the_end_of_the_agent_in_the_middle():
    """What was told while it acted is in the journal; the next agent says it, and does nothing again."""
    rig = held("type")
    rig.actions["type"].in_prepare = measured(0)
    rig.work()
    rig.actions["type"].in_perform = lambda context: (measured(4)(context), rig.engine.drain(), die())
    with pytest.raises(KeyboardInterrupt):
        rig.work()
    assert rig.store.runs.unfinished()[0].steps[0].progress.text == "4 of 10 letters"
    run = rig.restart().runs[0]
    assert (run.status, run.steps[0].status) == (RunStatus.UNKNOWN, StepStatus.UNKNOWN)
    assert run.text == (
        "type it: the agent ended in the middle of it, 4 of 10 letters are certain, and there may be more. "
        "Please look; it is not tried again."
    )


def die():
    """End as a process does that is killed: nothing more of it is heard."""
    raise KeyboardInterrupt


def test_before_it_acts_how_much_there_is_to_do_is_stored_with_the_intent():
    """And once all is done there is no measure left."""
    rig = held("type")
    rig.actions["type"].in_prepare = measured(0)
    rig.work()
    assert rig.runs[0].steps[0].progress.text == "0 of 10 letters"
    rig.work_on()
    assert (rig.statuses, rig.runs[0].steps[0].progress) == (["completed"], None)


def test_what_a_step_tells_after_its_run_has_ended_changes_nothing():
    """Its worker hung, and goes on after all."""
    rig = held("type")

    def hang(context):
        rig.ask(lambda service: [service.cancel(rig.runs[0].id, "cli")])
        rig.wait(MINUTE)
        measured(7)(context)

    rig.actions["type"].in_perform = hang
    rig.work_on()
    assert (rig.statuses, rig.runs[0].steps[0].progress) == (["unknown"], None)


def test_records_of_earlier_agents_have_no_measure():
    """They are read as ever."""
    old = msgspec.json.decode(b'{"index": 0, "action": "type", "status": "failed"}', type=StepRecord)
    assert (old.progress, old.is_partly_done) == (None, False)
    assert Progress(done=1, of=2_000).text == "1 of 2,000"
