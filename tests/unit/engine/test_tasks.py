"""Tasks by hand: noted, planned, started, followed to the end of their run, called off, tried again."""

import msgspec
import pytest

from tests.fakes.store import NOON
from tests.fakes.task_rig import TaskRig
from understudy.core.dead_letter import DeadLetter, DeadLetterStatus
from understudy.core.run import Cause, Run, RunStatus, StepStatus
from understudy.core.store_queries import TaskQuery
from understudy.core.task import Task, TaskKind, TaskStatus
from understudy.core.template import reads_captured, render, secrets_in
from understudy.core.trust import Tier
from understudy.core.value import HOUR, SECOND
from understudy.core.workflow import Lifecycle
from understudy.engine.context import action_of
from understudy.engine.messages import RunEnded
from understudy.engine.permit import missing_consent
from understudy.errors import ConflictError, InvalidInputError, NotFoundError, RefusedError, StoreError

FULL = StoreError("journal.db could not be written", "The disk is full")


@pytest.fixture
def rig():
    rig = TaskRig()
    rig.workflow()
    return rig


def started(rig, **fields):
    task = rig.add(**({"workflow": "w-1"} | fields))
    return rig.do("start_task", task.id, "cli")


def log_of(task):
    return [(line.status.value, line.by) for line in task.log]


# --- noting and planning -------------------------------------------------------------------------


def test_a_note_is_kept_and_nothing_begins_it(rig):
    """It is new; starting it says what is missing."""
    note = rig.add()
    assert (note.kind, note.status, note.source) == (TaskKind.NOTE, TaskStatus.NEW, "cli")
    with pytest.raises(ConflictError, match="Nothing is said of what does the task"):
        rig.start_task(note.id, "cli")
    assert rig.do("cancel_task", note.id, "cli").status is TaskStatus.CANCELLED
    assert rig.do("retry_task", note.id, "cli").status is TaskStatus.NEW


@pytest.mark.parametrize("named", ["w-1", "tidy UP "])
def test_a_task_with_a_workflow_is_planned_at_once(rig, named):
    """By id, or by its name."""
    task = rig.add(workflow=named)
    assert (task.status, task.workflow_id, rig.task(task.id).workflow_name) == ("planned", "w-1", "Tidy up")
    assert rig.told[-1] == ("task", {"id": task.id, "status": "planned"})


def test_a_workflow_that_is_not_known_or_not_clear_is_refused(rig):
    """Nothing is noted."""
    rig.workflow(workflow_id="w-2")
    with pytest.raises(NotFoundError, match="There is no workflow w-9"):
        rig.add(workflow="w-9")
    with pytest.raises(NotFoundError, match="There are several workflows Tidy up"):
        rig.add(workflow="Tidy up")
    assert rig.statuses == []


def test_a_note_can_be_planned_later(rig):
    """With a workflow or a prompt; and anew with the other."""
    note = rig.add()
    assert rig.do("plan_task", note.id, workflow="Tidy up", by="cli").workflow_id == "w-1"
    task = rig.do("plan_task", note.id, prompt="Write it", by="cli")
    assert (task.kind, task.workflow_id, task.prompt) == (TaskKind.PROMPT, "", "Write it")
    with pytest.raises(InvalidInputError, match="not clear what does the task"):
        rig.plan_task(rig.add().id, by="cli")


@pytest.mark.parametrize("source, status", [("run:r-0", "new"), ("folder:a.txt", "new"), ("api", "planned")])
def test_a_prompt_that_nobody_has_read_waits_for_the_person(rig, source, status):
    """One from a file or a run is captured text: it is planned by hand."""
    given = Task(id="t-1", title="Sum up", prompt="Read it all", source=source)
    assert rig.do("take_task", given, by="x").status == status
    planned = rig.do("plan_task", "t-1", by="cli")
    assert (planned.prompt, planned.status) == ("Read it all", TaskStatus.PLANNED)


def test_prompts_of_the_folder_count_as_planned_where_the_settings_say_so(rig):
    """Only those of the folder."""
    rig.executor_on(task_folder_prompts=True)
    for task_id, source in (("t-1", "folder:a.txt"), ("t-2", "run:r-0")):
        rig.do("take_task", Task(id=task_id, title="Sum up", prompt="Read", source=source), by="x")
    assert (rig.get("t-1").status, rig.get("t-2").status) == (TaskStatus.PLANNED, TaskStatus.NEW)


def test_the_same_task_is_taken_in_once(rig):
    """A step that is done again, or a file seen twice, makes no second one; nothing else is believed."""
    given = Task(
        id="t-1", title="Sum up", status=TaskStatus.DONE, attempts=7, chain=("w-5",), source="folder:a"
    )
    first = rig.do("take_task", given, by="folder")
    assert rig.do("take_task", given, by="folder") == first
    assert (first.status, first.attempts, first.chain, len(rig.statuses)) == (TaskStatus.NEW, 0, (), 1)


def test_a_task_made_by_a_run_carries_its_chain(rig):
    """So that workflows which make tasks for each other end."""
    cause = Cause(kind="time", chain=("w-0",))
    rig.store.runs.put(
        Run(id="r-0", workflow=rig.workflow(), cause=cause, status=RunStatus.RUNNING, created_at=NOON)
    )
    task = rig.do("take_task", Task(id="t-1", title="Go on", workflow_id="w-1", source="run:r-0"), by="run")
    rig.do("start_task", "t-1", "cli")
    assert task.chain == rig.begun[0].cause.chain == ("w-0", "w-1")


def test_a_task_that_has_not_begun_can_be_changed(rig):
    """Title, priority and time; a wrong name or value changes nothing."""
    task = rig.add(workflow="w-1")
    changed = rig.do("change_task", task.id, {"title": " New ", "priority": 3, "not_before": NOON})
    assert (changed.title, changed.priority, changed.not_before) == ("New", 3, NOON)
    assert changed.log == task.log
    for changes, words in (
        ({"titel": "x"}, "Did you mean title"),
        ({"status": "done"}, "status of a task cannot be changed"),
        ({"priority": "high"}, "The task was not changed"),
        ({"priority": 11}, "no priority"),
        ({"title": " "}, "no title"),
    ):
        with pytest.raises(InvalidInputError) as caught:
            rig.change_task(task.id, changes)
        assert words in str(caught.value)
    assert rig.get(task.id) == changed


def test_what_is_not_there_is_said(rig):
    """With where to look."""
    for call in (rig.task, rig.remove_task, lambda one: rig.start_task(one, "cli")):
        with pytest.raises(NotFoundError, match="There is no task t-9"):
            call("t-9")


def test_tasks_are_listed_by_their_turn(rig):
    """Highest priority first, then oldest; by status where wanted."""
    for title, priority in (("b", 0), ("a", 5), ("c", 0)):
        rig.add(title, priority=priority)
    assert [card.task.title for card in rig.tasks(TaskQuery())] == ["a", "b", "c"]
    assert rig.tasks(TaskQuery(statuses=(TaskStatus.DONE,))) == []


# --- starting and ending -------------------------------------------------------------------------


def test_a_started_task_is_done_when_its_run_completes(rig):
    """Detected from the run; each change is in the log with who made it."""
    task = started(rig)
    (wanted,) = rig.begun
    assert (wanted.run_id, wanted.is_automatic, wanted.event["title"]) == (task.run_id, False, task.title)
    assert rig.task(task.id).run_status is RunStatus.RUNNING
    rig.end_run(task.run_id)
    assert log_of(rig.get(task.id)) == [
        ("new", "cli"),
        ("planned", "cli"),
        ("executing", "cli"),
        ("done", "run"),
    ]
    assert rig.letters == []


@pytest.mark.parametrize("tier", list(Tier))
def test_the_person_may_start_a_task_of_any_tier(rig, tier):
    """Their word is the permission, as for a workflow run by hand."""
    rig.workflow(tier)
    assert (started(rig).status, len(rig.begun)) == (TaskStatus.EXECUTING, 1)


@pytest.mark.parametrize(
    "status, expected",
    [(RunStatus.FAILED, "failed"), (RunStatus.UNKNOWN, "failed"), (RunStatus.CANCELLED, "cancelled")],
)
def test_a_task_ends_as_its_run_ends(rig, status, expected):
    """Without the executor nothing is tried again by itself; a failure leaves a letter."""
    task = started(rig)
    rig.end_run(task.run_id, status)
    ended = rig.get(task.id)
    assert (ended.status, ended.log[-1].text) == (expected, f"It is {status.value}")
    assert [letter.task_id for letter in rig.letters] == ([task.id] if expected == "failed" else [])


def test_a_letter_names_the_step_that_failed(rig):
    """And why, with the run that has the rest."""
    task = started(rig)
    rig.end_run(task.run_id, RunStatus.FAILED, (StepStatus.FAILED, {}))
    (letter,) = rig.letters
    assert (letter.run_id, letter.step, letter.title, letter.error) == (
        task.run_id,
        0,
        "Send the report",
        "It is failed",
    )


def test_a_letter_of_the_run_itself_is_used(rig):
    """The person finds one letter, not two."""
    task = started(rig)
    rig.store.dead_letters.put(_letter("d-1", task.run_id))
    rig.store.dead_letters.put(_letter("d-0", "r-other"))
    rig.end_run(task.run_id, RunStatus.FAILED)
    assert {(letter.id, letter.task_id) for letter in rig.letters} == {("d-1", task.id), ("d-0", "")}


def _letter(letter_id, run_id):
    return DeadLetter(
        id=letter_id,
        run_id=run_id,
        workflow_id="w-1",
        step=0,
        title="t",
        error="e",
        attempts=1,
        created_at=NOON,
    )


def test_what_cannot_be_done_is_said_before_it_begins(rig):
    """Paused, suspended, or the workflow gone: nothing is written down as begun."""
    task = rig.add(workflow="w-1")
    rig.context.paused_until = 0
    with pytest.raises(RefusedError, match="The task was not begun"):
        rig.start_task(task.id, "cli")
    rig.context.paused_until = None
    rig.workflow(lifecycle=Lifecycle.SUSPENDED, note="You switched it off")
    with pytest.raises(ConflictError, match="Tidy up is suspended"):
        rig.start_task(task.id, "cli")
    rig.store.workflows.delete("w-1")
    with pytest.raises(NotFoundError, match="There is no workflow w-1"):
        rig.start_task(task.id, "cli")
    assert (rig.get(task.id).status, rig.begun) == (TaskStatus.PLANNED, [])
    assert rig.task(task.id).workflow_name == ""


def test_a_task_begins_once(rig):
    """A second start while it is being done is a conflict."""
    task = started(rig)
    for call in (rig.start_task, rig.retry_task):
        with pytest.raises(ConflictError):
            call(task.id, "cli")
    for call in (lambda: rig.change_task(task.id, {"title": "x"}), lambda: rig.remove_task(task.id)):
        with pytest.raises(ConflictError):
            call()
    assert len(rig.begun) == 1


# --- prompts -------------------------------------------------------------------------------------


def test_a_prompt_is_given_to_the_assistant_word_for_word(rig):
    """In one unnamed step, allowed for this text and command; braces in it are no template."""
    text = "Write {{ secret.mail }} and {{ trigger.title }}"
    task = rig.add(prompt=text)
    rig.do("start_task", task.id, "cli")
    (wanted,) = rig.begun
    (step,) = wanted.workflow.steps
    _, parameters = action_of(rig.context, step)
    assert render(step.parameters["text"], {}) == text
    assert (reads_captured(step.parameters), secrets_in(step.parameters)) == (False, frozenset())
    assert (parameters.command, wanted.workflow.name) == (("llm",), "Send the report")
    assert missing_consent(wanted.workflow, rig.context) is None
    assert rig.store.workflows.get(wanted.workflow.id) is None


def test_a_prompt_taken_from_a_file_may_be_started_once_it_was_read(rig):
    """Starting it by hand is planning it."""
    rig.do("take_task", Task(id="t-1", title="Sum up", prompt="Read", source="folder:a.txt"), by="folder")
    task = rig.do("start_task", "t-1", "dashboard")
    assert log_of(task)[1:] == [("planned", "dashboard"), ("executing", "dashboard")]


# --- calling off, trying again, removing ---------------------------------------------------------


def test_a_cancelled_task_stays_cancelled_whatever_its_run_does(rig):
    """It is tried again only once that run has ended."""
    task = started(rig)
    rig.do("cancel_task", task.id, "cli")
    with pytest.raises(ConflictError, match="still ending"):
        rig.retry_task(task.id, "cli")
    rig.end_run(task.run_id)
    assert rig.get(task.id).status is TaskStatus.CANCELLED
    assert rig.do("retry_task", task.id, "cli").status is TaskStatus.PLANNED


def test_a_task_called_off_before_its_run_began_never_runs(rig):
    """The wish was in the queue already."""
    task = rig.add(workflow="w-1")
    rig.start_task(task.id, "cli")
    rig.cancel_task(task.id, "cli")
    rig.drain()
    assert (rig.begun, rig.get(task.id).status) == ([], TaskStatus.CANCELLED)


def test_a_retry_takes_over_what_its_last_run_has_done(rig):
    """And closes its letter; what completed cannot be retried."""
    task = started(rig)
    rig.end_run(task.run_id, RunStatus.FAILED, (StepStatus.FAILED, {}))
    fresh = rig.do("retry_task", task.id, "cli")
    assert (fresh.status, fresh.attempts) == (TaskStatus.PLANNED, 0)
    assert [letter.status for letter in rig.letters] == [DeadLetterStatus.RETRIED]
    again = rig.do("start_task", task.id, "cli")
    assert (rig.begun[1].redoes, again.run_id != task.run_id) == (task.run_id, True)
    rig.end_run(again.run_id)
    with pytest.raises(ConflictError, match="The task is done"):
        rig.retry_task(task.id, "cli")


def test_a_retry_takes_over_nothing_from_a_run_of_another_workflow(rig):
    """It did something else."""
    task = started(rig)
    rig.end_run(task.run_id, RunStatus.FAILED)
    rig.do("retry_task", task.id, "cli")
    rig.workflow(workflow_id="w-2", name="Other")
    rig.do("plan_task", task.id, workflow="w-2", by="cli")
    rig.do("start_task", task.id, "cli")
    assert rig.begun[1].redoes == ""


def test_a_retry_leaves_the_letters_of_others_open(rig):
    """Each is about its own task."""
    tasks = [started(rig), started(rig)]
    for task in tasks:
        rig.end_run(task.run_id, RunStatus.FAILED)
    rig.do("retry_task", tasks[0].id, "cli")
    stand = {letter.task_id: letter.status for letter in rig.letters}
    assert stand == {tasks[0].id: DeadLetterStatus.RETRIED, tasks[1].id: DeadLetterStatus.OPEN}


def test_a_wish_that_was_overtaken_changes_nothing(rig):
    """Started, called off, tried again, and started once more before the first wish was heard: one run."""
    task = rig.add(workflow="w-1")
    for call in (rig.start_task, rig.cancel_task, rig.retry_task, rig.start_task):
        call(task.id, "cli")
    rig.drain()
    assert [wanted.run_id for wanted in rig.begun] == [rig.get(task.id).run_id]
    assert rig.get(task.id).status is TaskStatus.EXECUTING


def test_a_removed_task_is_gone_with_its_letter_closed(rig):
    """For good."""
    task = started(rig)
    rig.end_run(task.run_id, RunStatus.FAILED)
    rig.remove_task(task.id)
    assert (rig.get(task.id), [letter.status for letter in rig.letters]) == (
        None,
        [DeadLetterStatus.DISMISSED],
    )
    assert rig.told[-1] == ("task", {"id": task.id, "status": "removed"})


def test_what_made_a_task_can_take_it_back_until_it_begins(rig):
    """As the undo of the step that made it."""
    task = rig.add(workflow="w-1")
    assert (rig.take_task_back(task.id), rig.take_task_back(task.id)) == (True, False)
    assert rig.take_task_back(started(rig).id) is False


# --- what cannot be stored, and what is not ours --------------------------------------------------


def test_an_end_that_cannot_be_stored_is_stored_as_soon_as_that_works(rig):
    """The disk is full when the run ends."""
    task = started(rig)
    run = rig.store.runs.get(task.run_id)
    rig.store.runs.put(msgspec.structs.replace(run, status=RunStatus.COMPLETED))
    rig.store.guard.fail_with = FULL
    with pytest.raises(StoreError):
        rig.put(RunEnded(run=rig.store.runs.get(task.run_id)))
    rig.store.guard.fail_with = None
    rig.wait(30 * SECOND)
    assert rig.get(task.id).status is TaskStatus.DONE


def test_runs_of_others_change_no_task(rig):
    """Ended by hand, or of a task that is gone."""
    for cause in (Cause(kind="manual", ref="cli"), Cause(kind="task", ref="task:t-9")):
        run = Run(id="r-1", workflow=rig.workflow(), cause=cause, status=RunStatus.COMPLETED, created_at=NOON)
        rig.put(RunEnded(run=run))
    rig.wait(HOUR)
    assert (rig.statuses, rig.letters) == ([], [])
