"""The inbox by itself, over a store and a virtual clock: runs and questions end as the test says."""

from collections import deque

import msgspec

from tests.fakes.acts import Act
from tests.fakes.hotkeys import FakeHotkeys
from tests.fakes.notifier import FakeNotifier
from tests.fakes.store import NOON
from understudy.app.virtual import (
    FreeScreen,
    InlineWorkers,
    MemorySecrets,
    SilentMessenger,
    VirtualClock,
    VirtualScheduler,
)
from understudy.config import Settings
from understudy.core.run import Run, RunStatus, StepRecord
from understudy.core.store_queries import TaskQuery
from understudy.core.suggestion import Answer, Suggestion, SuggestionStatus
from understudy.core.task import Task
from understudy.core.trust import Tier
from understudy.core.value import Value
from understudy.core.workflow import Lifecycle, ManualTrigger, Step, Workflow
from understudy.engine.cases.tasks import TaskCases
from understudy.engine.context import Context
from understudy.engine.identity import new_id
from understudy.engine.messages import Asked, RunEnded, RunWanted, Woken
from understudy.engine.propose import settle_without_answer
from understudy.engine.task_box import called_off
from understudy.engine.tasks import restore, tasks
from understudy.store.memory import MemoryStore


class PromptText(Value):
    """Parameters of the act that stands for the person's assistant."""

    text: str
    command: tuple[str, ...] = ()
    timeout: float = 300.0


class PromptAct(Act):
    """Keeps the `Action` contract as the real `prompt` does: a command is written down when saved."""

    parameters = PromptText

    def __init__(self):
        super().__init__("prompt", needs_consent=True)
        self.readies = lambda given: msgspec.structs.replace(given, command=given.command or ("llm",))

    def preview(self, parameters):
        return f"Ask {parameters.text}"


class TaskRig(TaskCases):
    """The use cases of tasks, and in place of the executor of runs a list that the test works on."""

    def __init__(self, store=None, clock=None, settings=None):
        self.store = store or MemoryStore()
        self.clock = clock or VirtualClock(NOON, "Europe/Berlin")
        self.scheduler = VirtualScheduler(self.clock, lambda key: self.put(Woken(key=key)))
        self.queue = deque()
        self.told = []
        self.begun = []
        """Every run that really began: (run, task)."""
        self.screen = FakeNotifier()
        self._context = Context(
            clock=self.clock,
            store=self.store,
            learner=None,
            notifier=self.screen,
            messenger=SilentMessenger(),
            secrets=MemorySecrets(),
            hotkeys=FakeHotkeys(),
            screen_watch=FreeScreen(),
            scheduler=self.scheduler,
            workers=InlineWorkers(),
            actions={"open": Act("open"), "prompt": PromptAct()},
            new_learner=lambda: None,
            name_of=str.title,
            post=self.queue.append,
            tell=lambda kind, payload: self.told.append((kind, payload)),
            settings=settings or Settings(),
        )
        restore(self._context)
        self.drain()

    @property
    def context(self):
        return self._context

    @property
    def now(self):
        return self.clock.now()

    def restart(self):
        """Return the next agent over the same store; what was in the queue of this one is lost."""
        return TaskRig(self.store, self.clock, self.context.settings)

    def executor_on(self, **settings):
        """Switch the executor on, as the settings would."""
        fields = {"executor_autorun": True, **settings}
        self.context.settings = msgspec.structs.replace(self.context.settings, **fields)
        restore(self.context)
        return self

    def put(self, message):
        self.queue.append(message)
        self.drain()

    def drain(self):
        """Let every message go through what stands for the other stages, then through the stage of tasks."""
        while self.queue:
            message = self.queue.popleft()
            if isinstance(message, RunWanted):
                self._start(message)
            elif isinstance(message, Asked):
                self._ask(message)
            list(tasks(message, self.context))
        return self

    def wait(self, span):
        self.scheduler.run_until(self.now + span)
        return self

    # --- what the other stages would do -----------------------------------------------------------

    def _start(self, wanted):
        is_off = called_off(wanted, self.context) is not None
        run = Run(
            id=wanted.run_id,
            workflow=wanted.workflow,
            cause=wanted.cause,
            status=RunStatus.SKIPPED if is_off else RunStatus.RUNNING,
            reason="called_off" if is_off else "",
            created_at=self.now,
            steps=tuple(
                StepRecord(index=index, action=step.action)
                for index, step in enumerate(wanted.workflow.actions)
            ),
            redoes=wanted.redoes,
            event=wanted.event,
        )
        self.store.runs.put(run)
        if not is_off:
            self.begun.append(wanted)

    def _ask(self, asked):
        suggestion = Suggestion(
            id=new_id("s"),
            workflow_id=asked.workflow.id,
            title="Do it?",
            body="",
            offered_at=self.now,
            answers=(Answer.DO, Answer.NOT_NOW),
            is_offer=False,
            cause_id=asked.cause.ref,
        )
        self.store.suggestions.put(suggestion)

    def end_run(self, run_id, status=RunStatus.COMPLETED, *steps, **fields):
        """Let a run end; `steps` are (status, fields of the record) in order."""
        run = self.store.runs.get(run_id)
        records = tuple(
            msgspec.structs.replace(record, status=step[0], **step[1])
            for record, step in zip(run.steps, steps, strict=False)
        )
        given = {"text": f"It is {status.value}"} | fields
        ended = msgspec.structs.replace(
            run, status=status, ended_at=self.now, steps=records or run.steps, **given
        )
        self.store.runs.put(ended)
        self.put(RunEnded(run=ended))

    def answer(self, status, run_id=""):
        """Let the question that waits be answered, or end by itself."""
        (question,) = self.store.suggestions.waiting()
        if status in (SuggestionStatus.EXPIRED, SuggestionStatus.WITHDRAWN):
            settle_without_answer(self.context, question, status)
        else:
            answered = msgspec.structs.replace(question, status=status, answered_by="cli", run_id=run_id)
            self.store.suggestions.put(answered)
            self.queue.append(Woken(key=question.cause_id))
        self.drain()
        return question

    # --- short ways -------------------------------------------------------------------------------

    def workflow(self, tier=Tier.AUTO, workflow_id="w-1", **fields):
        """Store a workflow."""
        given = {
            "name": "Tidy up",
            "triggers": (ManualTrigger(),),
            "steps": (Step(action="open"),),
            "lifecycle": Lifecycle.ACTIVE,
            "tier": tier,
        } | fields
        workflow = Workflow(id=workflow_id, **given)
        self.store.workflows.put(workflow)
        return workflow

    def add(self, title="Send the report", **fields):
        """Add a task, drain, and return it."""
        task = self.add_task(title, by="cli", **fields).task
        self.drain()
        return self.get(task.id)

    def do(self, name, *args, **fields):
        """Carry out a use case, drain, and return the task as it now stands."""
        card = getattr(self, name)(*args, **fields)
        self.drain()
        return self.get(card.task.id)

    def get(self, task_id) -> Task:
        return self.store.tasks.get(task_id)

    @property
    def statuses(self):
        return [task.status.value for task in self.store.tasks.find(TaskQuery())]

    @property
    def letters(self):
        return self.store.dead_letters.find()
