"""What the stages share: the ports, and what the engine remembers between messages. Engine thread only."""

from __future__ import annotations

import difflib
import logging
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from understudy.config import Settings
from understudy.core.value import DAY, SECOND, Millis
from understudy.engine.messages import NoticeEnded, NoticeShown
from understudy.errors import InvalidInputError, UnderstudyError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future

    from understudy.core.action import Action, Expectation
    from understudy.core.ports import Clock, Learner, Notice, Notifier, Scheduler, Workers
    from understudy.core.run import Run
    from understudy.core.store_ports import Store
    from understudy.core.value import Value
    from understudy.core.workflow import Step, Workflow
    from understudy.engine.messages import Message

log = logging.getLogger("understudy.engine")

RING = 64
"""Events that triggers may look back over."""


class Timeline:
    """The thread-safe part of a run at work: stop signal and deadline. Keeps `core.action.ActionContext`."""

    def __init__(self, run_id: str, deadline: float, expect: Callable[[Expectation], None]) -> None:
        self.run_id = run_id
        self.tag = run_id
        self.stop = threading.Event()
        self.deadline = deadline
        """Of the step at work."""
        self.run_deadline = deadline
        self._expect = expect

    def expect(self, expectation: Expectation) -> None:
        """Announce a capture that the effect is about to cause."""
        self._expect(expectation)


@dataclass(kw_only=True, slots=True)
class ActiveRun:
    """A run that is being worked on."""

    run: Run
    timeline: Timeline
    is_automatic: bool
    reply: Future[Any] | None = None
    has_timed_out: bool = False
    is_over: bool = False
    """Nothing more is done; only its end could not be stored yet."""
    error: UnderstudyError | None = None
    """What ended it, as long as that is not stored."""


@dataclass(kw_only=True, slots=True)
class Context:
    """Ports, settings and memory of the engine."""

    clock: Clock
    store: Store
    learner: Learner
    notifier: Notifier
    scheduler: Scheduler
    workers: Workers
    actions: Mapping[str, Action]
    new_learner: Callable[[], Learner]
    name_of: Callable[[str], str]
    """Display name of an application."""
    post: Callable[[Message], None]
    tell: Callable[[str, dict[str, Any]], None]
    """Tells subscribers of a change: (kind, JSON-able payload)."""

    settings: Settings = field(default_factory=Settings)
    paused_until: Millis | None = None
    """None = at work, 0 = paused until resumed, else paused until then."""
    is_locked: bool = False
    recent: deque[tuple[Millis, str]] = field(default_factory=lambda: deque(maxlen=RING))
    expectations: list[tuple[Millis, str, Expectation]] = field(default_factory=list)
    """(lapses at, run, what): captures that our own effects will cause."""
    focus: tuple[str, str] = ("", "")
    """(application in front, the run that brought it there)."""
    armed: dict[str, tuple[Workflow, ...]] = field(default_factory=dict)
    """Last template of a trigger -> workflows waiting for it."""
    due: dict[str, Millis] = field(default_factory=dict)
    """Workflow -> when its time trigger is due next."""
    last_fired: dict[str, Millis] = field(default_factory=dict)
    last_run: dict[str, tuple[Millis, str]] = field(default_factory=dict)
    """Workflow -> (when, run) it was last run."""
    active: dict[str, ActiveRun] = field(default_factory=dict)
    waiting_exclusive: deque[tuple[str, int]] = field(default_factory=deque)
    """(run, step) that wait until nothing else types."""
    typing_run: str = ""
    """The run whose exclusive step has its turn."""
    undoing: dict[str, Future[Any] | None] = field(default_factory=dict)
    """Runs that are being taken back, with who waits for it."""
    undo_timelines: dict[str, Timeline] = field(default_factory=dict)
    """Their stop signals."""
    is_mining: bool = False
    is_relearning: bool = False
    has_outlived: bool = False
    """Whether the learner still knows captures that were deleted because of their age."""
    must_relearn: bool = False
    """Whether to learn anew once more when the present relearning is done."""
    after_relearning: list[tuple[Future[Any], Callable[[], Any]]] = field(default_factory=list)
    """(who waits, what gives the answer) once all is learned anew."""
    halted: threading.Event = field(default_factory=threading.Event)
    """Set by stop, from any thread: nothing new may begin until resumed."""
    troubles: dict[str, str] = field(default_factory=dict)
    """What does not work at the moment: stable name -> words."""
    dropped: int = 0
    screened: int = 0
    started_at: Millis = 0

    @property
    def now(self) -> Millis:
        """The time."""
        return self.clock.now()

    @property
    def is_paused(self) -> bool:
        """Whether watching and acting are switched off at this moment."""
        return self.paused_until is not None and (self.paused_until == 0 or self.now < self.paused_until)


def show(context: Context, notice: Notice) -> None:
    """Put a notification on screen from a worker; its end comes back as a message."""

    def job() -> None:
        try:
            context.notifier.show(
                notice, lambda outcome: context.post(NoticeEnded(key=notice.key, outcome=outcome))
            )
        except UnderstudyError as error:
            log.warning("no notification: %s", error)
            context.post(NoticeEnded(key=notice.key, outcome="failed"))
        else:
            context.post(NoticeShown(key=notice.key))

    context.workers.submit(job)


def close_notice(context: Context, key: str) -> None:
    """Take a notification off the screen, from a worker."""

    def job() -> None:
        context.notifier.close(key)

    context.workers.submit(job)


def action_of(context: Context, step: Step) -> tuple[Action, Value]:
    """Return the plug-in and the typed parameters of a step, or raise InvalidInputError."""
    action = context.actions.get(step.action)
    if action is None:
        raise InvalidInputError(
            f"There is no action called {step.action}", fix=f"Known are: {', '.join(sorted(context.actions))}"
        )
    try:
        return action, msgspec.convert(step.parameters, action.parameters)
    except msgspec.ValidationError as error:
        raise InvalidInputError(
            f"The parameters of {step.action} are not valid", str(error), _hint(step, action)
        ) from error


def _hint(step: Step, action: Action) -> str:
    """Return the valid name nearest to a wrong one, or all there are."""
    known = action.parameters.__struct_fields__
    for name in step.parameters:
        near = difflib.get_close_matches(name, known, 1)
        if name not in known and near:
            return f"There is no {name}; did you mean {near[0]}"
    return f"It takes: {', '.join(known)}"


def plan_of(context: Context, workflow: Workflow) -> tuple[str, ...]:
    """Return what would be done, one line a step, with every literal."""
    return tuple(_preview(context, step) for step in workflow.steps)


def undo_plan_of(context: Context, workflow: Workflow) -> str:
    """Return how the workflow can be taken back, in one or more sentences without repeats."""
    return " ".join(dict.fromkeys(_undo_preview(context, step) for step in workflow.steps))


def _preview(context: Context, step: Step) -> str:
    try:
        action, parameters = action_of(context, step)
    except InvalidInputError as error:
        return f"{step.action} (cannot be done: {error.title[0].lower()}{error.title[1:]})"
    return action.preview(parameters)


def _undo_preview(context: Context, step: Step) -> str:
    try:
        action, parameters = action_of(context, step)
    except InvalidInputError:
        return f"{step.action} cannot be undone."
    return action.undo_preview(parameters)


def trouble(context: Context, name: str, words: str) -> None:
    """Remember, once, that something does not work, and say so in log and status."""
    if context.troubles.get(name) != words:
        context.troubles[name] = words
        log.warning("%s: %s", name, words)
        context.tell("status", {})


def no_trouble(context: Context, name: str) -> None:
    """Forget a trouble that is over."""
    if context.troubles.pop(name, None) is not None:
        log.info("%s works again", name)
        context.tell("status", {})


MAINTENANCE: Millis = DAY
GRACE: Millis = 5 * SECOND
"""How long a step may take to end after it was told to stop, before its outcome counts as unknown."""
