"""The executor: off at first; then it begins what is planned, in order, within each workflow's own tier."""

import msgspec
import pytest

from tests.fakes.store import NOON
from tests.fakes.task_rig import TaskRig
from understudy.core.run import Cause, RunStatus, StepStatus
from understudy.core.suggestion import SuggestionStatus
from understudy.core.task import Task, TaskStatus
from understudy.core.trust import Tier
from understudy.core.value import DAY, HOUR, MINUTE, SECOND
from understudy.engine.messages import RunWanted
from understudy.errors import InvalidInputError, StoreError

EFFECTLESS = (StepStatus.FAILED, {"may_repeat": True})
"""A step that failed before anything happened."""


@pytest.fixture
def rig():
    rig = TaskRig().executor_on()
    rig.workflow()
    return rig


def texts(task):
    return [line.text for line in task.log if line.text]


# --- when it looks -------------------------------------------------------------------------------


def test_it_is_off_at_first():
    """Planned tasks wait for the person, and nothing wakes up for them."""
    rig = TaskRig()
    rig.workflow()
    rig.add(workflow="w-1")
    rig.wait(DAY)
    assert (rig.begun, rig.scheduler.due, rig.executor().autorun) == ([], {}, False)


def test_a_wake_up_that_comes_when_it_is_off_begins_nothing():
    """It was switched off in between."""
    rig = TaskRig()
    rig.workflow()
    rig.add(workflow="w-1")
    rig.scheduler.wake("tasks", rig.now)
    rig.wait(SECOND)
    assert rig.begun == []


def test_it_sleeps_as_long_as_there_is_nothing_for_it(rig):
    """A note, a prompt that is not on the white-list, and nothing planned wake nobody."""
    rig.add("a note")
    rig.add("a prompt", prompt="Sum up")
    assert (rig.scheduler.due, rig.executor().planned, rig.executor().next_at) == ({}, 0, 0)


def test_it_begins_one_task_an_interval_the_most_urgent_first(rig):
    """By priority, then age."""
    for number in range(4):
        rig.workflow(workflow_id=f"w-{number}", name=f"Flow {number}")
    for number, priority in ((1, 0), (2, 5), (3, 0)):
        rig.add(f"task {number}", workflow=f"w-{number}", priority=priority)
    begun = []
    for _ in range(3):
        begun.append([wanted.workflow.id for wanted in rig.wait(0).begun])
        rig.wait(30 * SECOND)
    assert begun == [["w-2"], ["w-2", "w-1"], ["w-2", "w-1", "w-3"]]
    assert all(wanted.is_automatic for wanted in rig.begun)
    assert rig.scheduler.due == {}


def test_a_task_is_left_alone_until_its_time(rig):
    """The wake-up is for that very time."""
    task = rig.add(workflow="w-1", not_before=NOON + HOUR)
    assert (rig.scheduler.due, rig.executor().next_at) == ({"tasks": NOON + HOUR}, NOON + HOUR)
    rig.wait(HOUR - 1)
    assert rig.begun == []
    rig.wait(1)
    assert rig.get(task.id).status is TaskStatus.EXECUTING


def test_a_clock_set_back_does_not_stop_it(rig):
    """The last look may seem to lie in the future."""
    rig.context.tasks_looked_at = NOON + DAY
    rig.add(workflow="w-1")
    rig.wait(30 * SECOND)
    assert len(rig.begun) == 1


def test_only_kinds_on_the_white_list_begin_by_themselves(rig):
    """Prompts only once the person has put them there."""
    rig.add(prompt="Sum up")
    rig.wait(HOUR)
    assert rig.begun == []
    rig.executor_on(executor_kinds=("prompt",))
    rig.add("other", workflow="w-1")
    rig.wait(HOUR)
    assert [wanted.workflow.steps[0].action for wanted in rig.begun] == ["prompt"]


def test_a_prompt_that_was_not_planned_by_hand_never_begins_by_itself(rig):
    """Though its kind is on the white-list."""
    rig.executor_on(executor_kinds=("workflow", "prompt"))
    rig.do("take_task", Task(id="t-1", title="x", prompt="y", source="folder:a.txt"), by="folder")
    rig.wait(DAY)
    assert rig.begun == []
    rig.do("plan_task", "t-1", by="cli")
    rig.wait(MINUTE)
    assert len(rig.begun) == 1


@pytest.mark.parametrize("held", ["paused", "locked", "halted"])
def test_it_begins_nothing_while_nothing_may_act(rig, held):
    """And loses no try by it; while paused it does not even look."""
    task = rig.add(workflow="w-1")
    if held == "paused":
        rig.context.paused_until = 0
    elif held == "halted":
        rig.context.halted.set()
    else:
        rig.context.is_locked = True
    rig.wait(5 * MINUTE)
    assert (rig.begun, rig.get(task.id).attempts) == ([], 0)
    assert bool(rig.scheduler.due) == (held == "locked")
    rig.context.is_locked, rig.context.paused_until = False, None
    rig.context.halted.clear()
    rig.executor_on().wait(MINUTE)
    assert len(rig.begun) == 1


def test_no_more_than_three_are_at_work_at_once(rig):
    """What waits for an answer does not count; one workflow works on one task."""
    for number in range(1, 6):
        rig.workflow(Tier.SUGGEST if number == 1 else Tier.AUTO, f"w-{number}", name=f"Flow {number}")
        rig.add(f"task {number}", workflow=f"w-{number}")
        rig.add(f"once more {number}", workflow=f"w-{number}")
    rig.wait(HOUR)
    assert sorted(wanted.workflow.id for wanted in rig.begun) == ["w-2", "w-3", "w-4"]
    rig.end_run(rig.begun[0].run_id)
    rig.wait(MINUTE)
    assert len(rig.begun) == 4


# --- within the tier -----------------------------------------------------------------------------


def test_tier_suggest_still_asks(rig):
    """A yes begins the run; the task follows it."""
    rig.workflow(Tier.SUGGEST)
    task = rig.add(workflow="w-1")
    rig.wait(0)
    (question,) = rig.store.suggestions.waiting()
    assert (rig.begun, rig.task(task.id).suggestion_id) == ([], question.id)
    rig.answer(SuggestionStatus.APPROVED, "r-1")
    rig.put(_answered(rig, question, "r-1"))
    assert (rig.get(task.id).run_id, rig.task(task.id).suggestion_id) == ("r-1", "")
    rig.end_run("r-1")
    assert rig.get(task.id).status is TaskStatus.DONE


def _answered(rig, question, run_id):
    workflow = rig.store.workflows.get(question.workflow_id)
    return RunWanted(
        run_id=run_id, workflow=workflow, cause=Cause(kind="answer", ref=f"suggestion:{question.id}")
    )


@pytest.mark.parametrize(
    "said, status, words",
    [
        (SuggestionStatus.NOT_NOW, "cancelled", "You said not now"),
        (SuggestionStatus.NEVER, "cancelled", "You said never"),
        (SuggestionStatus.EXPIRED, "failed", "Nobody answered within 24 hours"),
        (SuggestionStatus.WITHDRAWN, "failed", "The question was withdrawn"),
    ],
)
def test_a_question_without_a_yes_ends_the_task(rig, said, status, words):
    """With that reason; it never begins by itself afterwards."""
    rig.workflow(Tier.SUGGEST)
    task = rig.add(workflow="w-1")
    rig.wait(0)
    rig.answer(said)
    ended = rig.get(task.id)
    assert (ended.status, ended.log[-1].text) == (status, words)
    rig.wait(DAY)
    assert (rig.begun, rig.store.suggestions.waiting()) == ([], [])
    assert len(rig.letters) == (status == "failed")


def test_a_question_is_taken_back_when_its_task_is_called_off(rig):
    """Nobody is asked what no longer matters."""
    rig.workflow(Tier.SUGGEST)
    task = rig.add(workflow="w-1")
    rig.wait(0)
    assert rig.do("cancel_task", task.id, "cli").status is TaskStatus.CANCELLED
    assert rig.store.suggestions.waiting() == []


def test_tier_observe_only_says(rig):
    """Nothing is done, and the task says so."""
    rig.workflow(Tier.OBSERVE)
    task = rig.add(workflow="w-1")
    rig.wait(0)
    assert (rig.get(task.id).status, rig.begun) == (TaskStatus.FAILED, [])
    assert "in tier observe, so nothing was done" in texts(rig.get(task.id))[-1]


def test_a_task_whose_workflow_is_gone_fails_with_that_reason(rig):
    """The next one has its turn."""
    task = rig.add(workflow="w-1")
    rig.store.workflows.delete("w-1")
    rig.wait(0)
    assert (rig.get(task.id).status, len(rig.letters)) == (TaskStatus.FAILED, 1)
    assert "There is no workflow w-1" in rig.letters[0].error


# --- trying again --------------------------------------------------------------------------------


def test_what_failed_without_effect_is_tried_three_times_ever_later(rig):
    """Each takes over what the one before has done; then it is a letter, and the person may retry."""
    task, waits = rig.add(workflow="w-1"), []
    rig.wait(0)
    for _ in range(2):
        rig.end_run(rig.begun[-1].run_id, RunStatus.FAILED, EFFECTLESS)
        off = rig.get(task.id)
        waits.append(off.not_before - rig.now)
        assert (off.status, rig.letters) == (TaskStatus.PLANNED, [])
        rig.wait(waits[-1])
    rig.end_run(rig.begun[-1].run_id, RunStatus.FAILED, EFFECTLESS)
    assert MINUTE <= waits[0] < waits[1] <= 150 * SECOND
    assert [wanted.redoes for wanted in rig.begun] == ["", rig.begun[0].run_id, rig.begun[1].run_id]
    assert (rig.get(task.id).status, rig.letters[0].attempts) == (TaskStatus.FAILED, 3)
    rig.wait(DAY)
    assert len(rig.begun) == 3
    rig.do("retry_task", task.id, "cli")
    rig.wait(MINUTE)
    assert len(rig.begun) == 4


@pytest.mark.parametrize(
    "status, steps, fields",
    [
        (RunStatus.FAILED, ((StepStatus.FAILED, {}),), {}),
        (RunStatus.UNKNOWN, ((StepStatus.UNKNOWN, {}),), {}),
        (RunStatus.SKIPPED, (), {"reason": "cycle"}),
    ],
)
def test_what_may_have_happened_or_can_never_be_is_not_tried_again(rig, status, steps, fields):
    """It fails at once; only the person may try again."""
    task = rig.add(workflow="w-1")
    rig.wait(0)
    rig.end_run(rig.begun[0].run_id, status, *steps, **fields)
    assert (rig.get(task.id).status, len(rig.letters)) == (TaskStatus.FAILED, 1)
    rig.wait(DAY)
    assert len(rig.begun) == 1


def test_what_was_only_held_up_is_tried_again(rig):
    """Too many runs at this moment, say."""
    task = rig.add(workflow="w-1")
    rig.wait(0)
    rig.end_run(rig.begun[0].run_id, RunStatus.SKIPPED, reason="rate_limit")
    assert rig.get(task.id).status is TaskStatus.PLANNED
    rig.wait(2 * MINUTE)
    assert len(rig.begun) == 2


def test_a_run_that_could_not_be_stored_was_never_begun(rig, monkeypatch):
    """It is tried again; where not even that can be stored, later."""
    task = rig.add(workflow="w-1")
    monkeypatch.setattr(rig, "_start", lambda wanted: None)
    rig.wait(0)
    off = rig.get(task.id)
    assert (off.status, texts(off)) == (TaskStatus.PLANNED, ["The agent ended before it was begun"])


# --- how it is set -------------------------------------------------------------------------------


def test_it_can_be_set_and_says_how_it_stands(rig):
    """All at once or one by one; a wrong value changes nothing."""
    card = rig.set_executor(autorun=False, interval=60, kinds=("prompt",))
    assert (card.autorun, card.interval, card.kinds) == (False, 60, ("prompt",))
    assert rig.set_executor() == card
    with pytest.raises(InvalidInputError, match="executor_interval"):
        rig.set_executor(interval=1)
    assert rig.executor() == card


def test_what_the_environment_decides_is_shown():
    """Only what is about the executor."""
    rig = TaskRig()
    rig.context.settings = msgspec.structs.replace(
        rig.context.settings, overridden=("executor_interval", "other")
    )
    assert rig.executor().overridden == ("executor_interval",)


def test_switching_it_on_wakes_it_for_what_waits():
    """What was planned while it was off is begun."""
    rig = TaskRig()
    rig.workflow()
    rig.add(workflow="w-1")
    rig.set_executor(autorun=True)
    rig.wait(0)
    assert len(rig.begun) == 1


def test_more_tasks_than_a_page_are_all_seen(rig):
    """The first that is due may stand far behind."""
    for number in range(205):
        rig.add(f"later {number}", workflow="w-1", not_before=NOON + DAY)
    due = rig.add("now", workflow="w-1")
    rig.wait(0)
    assert rig.get(due.id).status is TaskStatus.EXECUTING


# --- restarts ------------------------------------------------------------------------------------


def test_a_task_that_was_begun_but_whose_run_was_not_is_tried_again(rig):
    """The agent died between the two; nothing has happened."""
    task = rig.add(workflow="w-1")
    rig.context.post = lambda message: None
    rig.wait(0)
    assert rig.get(task.id).status is TaskStatus.EXECUTING
    after = rig.restart()
    assert after.get(task.id).status is TaskStatus.PLANNED
    after.wait(2 * MINUTE)
    assert len(after.begun) == 1


@pytest.mark.parametrize("status, expected", [(RunStatus.COMPLETED, "done"), (RunStatus.UNKNOWN, "failed")])
def test_a_run_that_ended_unheard_settles_its_task_at_the_next_start(rig, status, expected):
    """From what is stored of it."""
    task = rig.add(workflow="w-1")
    rig.wait(0)
    run = rig.store.runs.get(rig.begun[0].run_id)
    rig.store.runs.put(msgspec.structs.replace(run, status=status))
    assert rig.restart().get(task.id).status == expected


def test_a_run_that_goes_on_after_a_restart_is_followed_on(rig):
    """Nothing is begun twice."""
    task = rig.add(workflow="w-1")
    rig.wait(0)
    after = rig.restart()
    after.wait(HOUR)
    assert (after.begun, after.get(task.id).status) == ([], TaskStatus.EXECUTING)
    after.end_run(rig.begun[0].run_id)
    assert after.get(task.id).status is TaskStatus.DONE


@pytest.mark.parametrize("has_begun", [True, False])
def test_a_yes_that_was_not_heard_is_found_at_the_next_start(rig, has_begun):
    """With its run the task follows it; without, it was never begun and asks again."""
    rig.workflow(Tier.SUGGEST)
    task = rig.add(workflow="w-1")
    rig.wait(0)
    question = rig.answer(SuggestionStatus.APPROVED, "r-1")
    if has_begun:
        rig._start(_answered(rig, question, "r-1"))
    after = rig.restart()
    if has_begun:
        assert after.get(task.id).run_id == "r-1"
    else:
        assert after.get(task.id).status is TaskStatus.PLANNED


def test_a_question_that_waits_waits_on_after_a_restart(rig):
    """It is not asked twice."""
    rig.workflow(Tier.SUGGEST)
    task = rig.add(workflow="w-1")
    rig.wait(0)
    after = rig.restart()
    after.wait(HOUR)
    assert (after.get(task.id).status, len(after.store.suggestions.waiting())) == (TaskStatus.EXECUTING, 1)


def test_a_full_disk_when_a_run_could_not_begin_is_waited_out(rig, monkeypatch):
    """Neither the run nor what became of it could be stored: 30 seconds later it is."""
    task = rig.add(workflow="w-1")

    def full(wanted):
        rig.store.guard.fail_with = StoreError("journal.db could not be written", "The disk is full")

    monkeypatch.setattr(rig, "_start", full)
    with pytest.raises(StoreError):
        rig.wait(0)
    rig.store.guard.fail_with = None
    rig.queue.clear()
    rig.wait(30 * SECOND)
    assert rig.get(task.id).status is TaskStatus.PLANNED
