"""Whatever people, runs, questions, crashes and time do in any order: the life of a task keeps its rules."""

import contextlib

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.fakes.task_rig import TaskRig
from understudy.core.run import Cause, RunStatus, StepStatus
from understudy.core.store_queries import TaskQuery
from understudy.core.suggestion import SuggestionStatus
from understudy.core.task import Task, TaskStatus
from understudy.core.tasking import FOLLOWS
from understudy.core.trust import Tier
from understudy.core.value import DAY, MINUTE, SECOND
from understudy.engine.identity import new_id
from understudy.engine.messages import RunWanted
from understudy.errors import ConflictError, InvalidInputError, NotFoundError, RefusedError

MOST = 2
"""Tasks at once: few, so that much happens to each."""
BY_HAND = ("start_task", "cancel_task", "retry_task")
PLACES = st.integers(0, MOST - 1)
ENDS = (RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELLED, RunStatus.TIMED_OUT, RunStatus.UNKNOWN)


class TaskMachine(RuleBasedStateMachine):
    """Three workflows, one of each tier, and as many tasks as come."""

    def __init__(self):
        super().__init__()
        self.rig = TaskRig()
        self.rig.workflow(Tier.AUTO, "w-auto", name="auto")
        self.rig.workflow(Tier.SUGGEST, "w-ask", name="ask")
        self.rig.workflow(Tier.OBSERVE, "w-see", name="see")
        self.begun = []
        self.added = 0

    def keep(self):
        """Remember what this agent began before another one takes its place."""
        self.begun += self.rig.begun
        self.rig.begun = []

    def of(self, number):
        every = [task.id for task in self.rig.store.tasks.find(TaskQuery())]
        return every[number % len(every)] if every else None

    @rule(number=PLACES, names=st.lists(st.sampled_from(BY_HAND), min_size=1, max_size=5))
    def by_hand(self, number, names):
        """Several use cases right after each other, before any message of them arrives; a refusal is fine."""
        for name in names:
            task_id = self.of(number)
            if task_id is not None:
                with contextlib.suppress(ConflictError, InvalidInputError, NotFoundError, RefusedError):
                    getattr(self.rig, name)(task_id, "cli")

    @precondition(lambda self: len(self.rig.statuses) < MOST)
    @rule(workflow=st.sampled_from(["", "w-auto", "w-auto", "w-ask", "w-see"]), priority=st.integers(-1, 1))
    def add(self, workflow, priority):
        self.added += 1  # an id of ours: what waits is spread by it, and each example must be the same again
        task = Task(id=f"t-{self.added}", title="x", workflow_id=workflow, priority=priority, source="cli")
        self.rig.do("take_task", task, by="cli")

    @rule(number=PLACES)
    def plan(self, number):
        task_id = self.of(number)
        if task_id is not None:
            with contextlib.suppress(ConflictError):
                self.rig.plan_task(task_id, workflow="w-auto", by="cli")

    @rule(number=PLACES)
    def remove(self, number):
        task_id = self.of(number)
        if task_id is not None:
            with contextlib.suppress(ConflictError):
                self.rig.remove_task(task_id)

    @rule()
    def drain(self):
        self.rig.drain()

    @rule(on=st.booleans())
    def executor(self, on):
        self.rig.set_executor(autorun=on)

    @rule(span=st.sampled_from([SECOND, 30 * SECOND, 5 * MINUTE, DAY]))
    def wait(self, span):
        self.rig.wait(span)

    @rule(number=PLACES, status=st.sampled_from(ENDS), is_harmless=st.booleans())
    def end_run(self, number, status, is_harmless):
        going = [run for run in self.rig.store.runs.recent(limit=1000) if not run.status.is_final]
        if going:
            step = (StepStatus.FAILED, {"may_repeat": is_harmless})
            steps = () if status is RunStatus.COMPLETED else (step,)
            self.rig.end_run(going[number % len(going)].id, status, *steps)

    @precondition(lambda self: len(self.rig.store.suggestions.waiting()) == 1)
    @rule(
        said=st.sampled_from(
            [status for status in SuggestionStatus if status is not SuggestionStatus.WAITING]
        )
    )
    def answer(self, said):
        run_id = new_id("r") if said is SuggestionStatus.APPROVED else ""
        question = self.rig.answer(said, run_id)
        if run_id:
            workflow = self.rig.store.workflows.get(question.workflow_id)
            cause = Cause(kind="answer", ref=f"suggestion:{question.id}")
            self.rig.put(RunWanted(run_id=run_id, workflow=workflow, cause=cause))

    @rule()
    def crash(self):
        """The agent dies with whatever was in its queue."""
        self.keep()
        self.rig = self.rig.restart()

    @invariant()
    def the_log_tells_the_whole_story(self):
        """It ends with the status, and each line may follow the one before; only a retry leaves a final status."""
        for task in self.rig.store.tasks.find(TaskQuery(limit=1000)):
            assert task.log[-1].status is task.status
            for before, after in zip(task.log, task.log[1:], strict=False):
                assert after.text == "Tried again" or after.status in FOLLOWS[before.status]

    @invariant()
    def a_task_has_one_run_at_a_time(self):
        """And a task that is not being done has none that it still waits for."""
        going = {}
        for run in self.rig.store.runs.recent(limit=1000):
            if not run.status.is_final and run.cause.kind == "task":
                going.setdefault(run.cause.ref, []).append(run.id)
        assert all(len(runs) == 1 for runs in going.values())

    @invariant()
    def nothing_is_done_without_a_run_that_completed(self):
        """Done is never written without the effect."""
        for task in self.rig.store.tasks.find(TaskQuery(statuses=(TaskStatus.DONE,), limit=1000)):
            assert self.rig.store.runs.get(task.run_id).status is RunStatus.COMPLETED

    @invariant()
    def the_executor_keeps_within_the_tiers(self):
        """By itself it begins what is in tier auto; the person's own start and yes are theirs."""
        for wanted in (*self.begun, *self.rig.begun):
            assert not wanted.is_automatic or wanted.workflow.tier is Tier.AUTO

    @invariant()
    def every_failure_leaves_a_letter(self):
        """What came to nothing is found by the person."""
        named = {letter.task_id for letter in self.rig.letters}
        failed = self.rig.store.tasks.find(TaskQuery(statuses=(TaskStatus.FAILED,), limit=1000))
        assert {task.id for task in failed} <= named


TestTaskMachine = TaskMachine.TestCase
TestTaskMachine.settings = settings(
    max_examples=30, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)
)
