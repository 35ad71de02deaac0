"""Taking a run back: within a day, last step first, and honest about what came of it."""

import pytest

from tests.fakes.acts import raises
from tests.fakes.engine_rig import FULL, EngineRig, HeldWorkers
from understudy.core.action import Expectation, Undone, UndoStatus
from understudy.core.capture import CaptureKind
from understudy.core.run import StepStatus
from understudy.core.trust import Tier
from understudy.core.value import DAY, MINUTE, SECOND
from understudy.core.workflow import OnFailure, Retry, Step
from understudy.engine.execute import stop_all
from understudy.engine.messages import UndoEnded
from understudy.engine.undo import overall
from understudy.errors import ActionFailedError, ConflictError, NotFoundError, StoreError

UNDONE, PARTLY, FAILED, REFUSED = (
    UndoStatus.UNDONE,
    UndoStatus.PARTLY_UNDONE,
    UndoStatus.UNDO_FAILED,
    UndoStatus.REFUSED,
)


def done(*steps, **fields):
    """A rig with one automatic run."""
    rig = EngineRig().begin()
    rig.written(Tier.AUTO, *steps, **fields)
    rig.see("mail")
    return rig


def held_undo(*steps):
    """A rig in which an undo has begun, and its worker waits for the test."""
    rig = done(*steps)
    rig.workers = rig.context.workers = HeldWorkers()
    reply = rig.ask(lambda service: [service.undo(rig.runs[0].id, "cli")])[0]
    rig.workers.do_next()
    return rig, reply


def undo(rig):
    return rig.ask(lambda service: service.undo(rig.runs[0].id, "cli")).run


def test_undo_takes_back_every_step_the_last_one_first():
    """Both are undone, and the run says so."""
    rig = done("open", "notify")
    order = []
    for name in ("open", "notify"):
        rig.actions[name].in_undo = lambda context, name=name: order.append(name)
    run = undo(rig)
    assert (order, run.undo_status) == (["notify", "open"], UNDONE)
    assert [step.undo_status for step in run.steps] == [UNDONE, UNDONE]


def test_the_undo_button_takes_the_run_back():
    """One press on the notification; when all is well nothing more is said."""
    rig = done("open")
    rig.press(rig.keys[0], "undo")
    assert (rig.actions["open"].undone, rig.runs[0].undo_status, rig.keys) == (["it"], UNDONE, [])


def test_an_undo_counts_as_a_miss():
    """The person did not want it: that is evidence."""
    rig = done("open", pattern_id="p-1")
    undo(rig)
    assert [(each.hit, each.reason) for each in rig.store.verdicts.all()] == [(False, "undone")]
    assert rig.learner.settled == [("p-1", rig.now, False)]


@pytest.mark.parametrize(
    "status, words", [(PARTLY, "undone in part"), (FAILED, "not undone"), (REFUSED, "not undone")]
)
def test_what_was_not_undone_is_not_called_undone(status, words):
    """The status of the action is the status of the run, and the button's press gets its words."""
    rig = done("open")
    rig.actions["open"].undo_says = Undone(status=status, text="You have used it since.")
    rig.press(rig.keys[0], "undo")
    assert (rig.runs[0].undo_status, rig.runs[0].undo_text) == (status, "You have used it since.")
    assert [(each.title, each.body) for each in rig.screen.shown] == [
        (f"After Mail, do it: {words}", "You have used it since.")
    ]


@pytest.mark.parametrize(
    "error, text",
    [
        (ActionFailedError("It would not close", "It asks to save"), "It would not close. It asks to save."),
        (ZeroDivisionError("bug"), "It broke; the log has the details."),
    ],
)
def test_an_undo_that_breaks_has_failed(error, text):
    """An error of the action is a failed undo, never a silent one."""
    rig = done("open")
    rig.actions["open"].in_undo = raises(error)
    run = undo(rig)
    assert (run.undo_status, run.undo_text) == (FAILED, text)


@pytest.mark.parametrize(
    "statuses, expected",
    [
        ([UNDONE], UNDONE),
        ([UNDONE, UNDONE], UNDONE),
        ([UNDONE, FAILED], PARTLY),
        ([REFUSED, PARTLY], PARTLY),
        ([REFUSED, FAILED], FAILED),
        ([REFUSED, REFUSED], REFUSED),
        ([], FAILED),
    ],
)
def test_several_steps_have_one_honest_status(statuses, expected):
    """Undone only if all are."""
    assert overall(statuses) is expected


def test_a_step_that_cannot_be_taken_back_leaves_the_run_partly_undone():
    """A message that was sent stays sent, and the run says so."""
    rig = done("open", "send")
    run = undo(rig)
    assert (run.undo_status, run.undo_text) == (PARTLY, "send it: cannot be undone.")


def test_a_step_that_left_nothing_to_take_back_does_not_count():
    """The window was open already: there was nothing to close."""
    rig = EngineRig().begin()
    rig.actions["notify"].leaves = False
    rig.written(Tier.AUTO, "notify", "open")
    rig.see("mail")
    assert undo(rig).undo_status is UNDONE


def test_a_script_without_an_inverse_leaves_the_run_partly_undone():
    """Its kind of action can be taken back, but what it did cannot: a run with it is never called undone."""
    rig = EngineRig().begin()
    rig.actions["open"].leaves, rig.actions["open"].stays = False, True
    rig.written(Tier.AUTO, Step(action="open", parameters={"what": "x" * 90}), "notify")
    rig.see("mail")
    run = undo(rig)
    assert (run.undo_status, run.undo_text) == (PARTLY, f"open {'x' * 54}…: cannot be undone.")


def test_a_step_whose_action_is_gone_stays():
    """Without its plug-in nothing can be taken back, and nothing is called undone."""
    rig = done("open", "notify")
    rig.agent.context.actions = {"open": rig.actions["open"]}
    run = undo(rig)
    assert (run.undo_status, run.undo_text) == (
        PARTLY,
        "notify it: stays, since there is no action called notify.",
    )


def test_steps_that_were_not_done_are_not_taken_back():
    """Only the first of two was done before it failed: undoing that is undoing all."""
    rig = EngineRig().begin()
    rig.actions["send"].in_perform = raises(ActionFailedError("no"))
    rig.written(Tier.AUTO, "open", "send")
    rig.see("mail")
    assert ([step.status for step in rig.runs[0].steps], undo(rig).undo_status) == (
        [StepStatus.DONE, StepStatus.FAILED],
        UNDONE,
    )


# --- when it cannot be ---------------------------------------------------------------------------


def test_undo_is_possible_for_a_day():
    """Until the last millisecond; then it has expired, and the run says so."""
    rig = done("open")
    rig.wait(DAY - 1)
    assert rig.ask(lambda service: service.runs())[0].may_undo
    rig.wait(1)
    card = rig.ask(lambda service: service.runs())[0]
    assert (card.may_undo, card.undo_until) == (False, 0)
    with pytest.raises(ConflictError, match="can no longer be undone"):
        undo(rig)
    assert (rig.runs[0].undo_status, rig.actions["open"].undone) == (UndoStatus.EXPIRED, [])
    with pytest.raises(ConflictError, match="cannot be undone") as caught:
        undo(rig)
    assert caught.value.why == "Undo is possible for 24 hours"


def test_a_button_pressed_too_late_is_told():
    """The notification is still there, the day is over: it says why not."""
    rig = done("open")
    rig.wait(DAY)
    rig.press(rig.keys[0], "undo")
    assert [(each.key, each.body) for each in rig.screen.shown] == [
        (f"undo:{rig.runs[0].id}", "Undo is possible for 24 hours")
    ]


def test_a_run_is_undone_once():
    """A second undo is told what became of the first."""
    rig = done("open")
    undo(rig)
    with pytest.raises(ConflictError, match="cannot be undone") as caught:
        undo(rig)
    assert (caught.value.why, rig.actions["open"].undone) == ("It is undone already", ["it"])


def test_nothing_to_take_back_is_said():
    """A message has no inverse."""
    rig = done("send")
    with pytest.raises(ConflictError) as caught:
        undo(rig)
    assert caught.value.why == "There is nothing in it that could be taken back"


def test_unknown_runs_and_runs_at_work_are_not_undone():
    """The first does not exist, the second has to be stopped first."""
    rig = EngineRig(workers=HeldWorkers()).begin()
    with pytest.raises(NotFoundError, match="There is no run r-9"):
        rig.ask(lambda service: service.undo("r-9", "cli"))
    rig.written()
    rig.see("mail")
    with pytest.raises(ConflictError, match="still at work") as caught:
        undo(rig)
    assert caught.value.fix == f"End it first: understudy runs cancel {rig.runs[0].id}"


def test_an_undo_under_way_is_not_begun_again():
    """Two presses are one undo."""
    rig, reply = held_undo("open")
    with pytest.raises(ConflictError, match="just being undone"):
        undo(rig)
    rig.workers.do_next()
    rig.engine.drain()
    assert (reply.result(0).run.undo_status, rig.actions["open"].undone) == (UNDONE, ["it"])


def test_a_run_whose_rest_is_just_being_done_is_not_taken_back():
    """What was done before the failure is what the rest stands on; once that has ended, it can be undone."""
    rig = EngineRig().begin()
    rig.actions["send"].in_perform = raises(ActionFailedError("Nobody there", nothing_happened=True))
    rig.written(Tier.AUTO, "open", Step(action="send", on_failure=OnFailure.RETRY, retry=Retry(attempts=1)))
    rig.see("mail")
    letter = rig.store.dead_letters.find()[0]
    rig.context.workers = HeldWorkers()
    rig.ask(lambda service: [service.retry_dead_letter(letter.id, "cli")])
    with pytest.raises(ConflictError, match="is doing the rest of it"):
        undo(rig)
    assert rig.ask(lambda service: service.runs())[-1].may_undo is False
    rest = rig.runs[-1]
    rig.ask(lambda service: [service.cancel(rest.id, "cli")])
    rig.context.workers.do_next()
    rig.context.workers = rig.workers
    rig.engine.drain()
    assert (rig.runs[-1].status.value, undo(rig).undo_status) == ("cancelled", UNDONE)


# --- turns, stop, time, and a full disk ----------------------------------------------------------


def test_an_undo_that_types_waits_for_nobody_and_lets_nobody_type():
    """While something types it is refused; while it types, others wait for their turn."""
    rig, reply = held_undo("type")
    rig.wait(MINUTE)
    rig.put(UndoEnded(run_id="r-other", undone=()))
    assert rig.context.turn == f"undo:{rig.runs[0].id}"
    rig.workers.do_next()
    rig.engine.drain()
    assert (reply.result(0).run.undo_status, rig.context.turn) == (UNDONE, "")
    rig = done("type")
    rig.context.turn = "r-other"
    with pytest.raises(ConflictError, match="cannot be undone just now"):
        undo(rig)


def test_stop_stops_an_undo_too():
    """What was not taken back before stop stays, and is said to."""
    rig, reply = held_undo("open")
    stop_all(rig.context)
    rig.workers.do_next()
    rig.engine.drain()
    run = reply.result(0).run
    assert (run.undo_status, run.undo_text) == (FAILED, "Stopped before it was undone.")
    assert rig.actions["open"].undone == []


def test_what_was_done_can_be_undone_while_paused():
    """After stop the person may still take back what happened."""
    rig = done("open")
    rig.ask(lambda service: service.stop())
    assert undo(rig).undo_status is UNDONE


def test_an_undo_that_does_not_end_is_not_waited_for():
    """After its time it has failed, as far as anybody knows; its late end changes nothing."""
    rig, reply = held_undo("open", "send")
    rig.wait(65 * SECOND)
    run = reply.result(0).run
    assert (run.undo_status, rig.context.undoing, rig.context.undo_timelines) == (FAILED, {}, {})
    assert run.undo_text.startswith("It did not end in time, so it may be undone in part. Please look.")
    rig.workers.do_next()
    rig.engine.drain()
    rig._on_wake(f"undo:{run.id}")
    assert rig.runs[0] == run


def test_an_undo_whose_outcome_cannot_be_stored_says_so():
    """The caller hears of the full disk; the run is not called undone, nor undone once more."""
    rig, reply = held_undo("open")
    rig.fill_disk()
    rig.workers.do_next()
    rig.engine.drain()
    assert isinstance(reply.exception(0), StoreError)
    assert (rig.runs[0].undo_status, rig.context.troubles) == (UndoStatus.UNDO_FAILED, {"store": str(FULL)})


def test_a_run_deleted_while_it_is_undone_is_told():
    """There is nothing left to write the outcome to."""
    rig, reply = held_undo("open")
    rig.store.runs.delete_of("w-1")
    rig._on_wake("undo:nothing")
    rig.workers.do_next()
    rig.engine.drain()
    assert isinstance(reply.exception(0), NotFoundError)


def test_a_run_deleted_while_its_button_undoes_it_is_no_trouble():
    """Nobody waits; it is logged."""
    rig = done("open")
    rig.workers = rig.context.workers = HeldWorkers()
    rig.press(rig.keys[0], "undo")
    rig.store.runs.delete_of("w-1")
    rig.wait(65 * SECOND)
    assert (rig.context.undoing, rig.context.troubles) == ({}, {})


def test_what_an_undo_brings_to_the_front_is_our_doing():
    """Closing a window shows the one behind it: that is no trigger."""
    rig = done("open")
    rig.wait(10 * MINUTE)
    rig.see("notes")
    undo(rig)
    rig.wait(SECOND)
    rig.see("mail")
    assert len(rig.runs) == 1


def test_what_an_undo_announces_is_our_doing():
    """An inverse may announce captures of its own."""
    rig = done("open")
    announced = Expectation(kind=CaptureKind.URL, url="https://a.example/")
    rig.actions["open"].in_undo = lambda context: context.expect(announced)
    undo(rig)
    assert announced in [expectation for _, _, expectation in rig.context.expectations]
