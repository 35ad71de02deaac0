"""What the stages share: the ports, and what the engine remembers between messages. Engine thread only."""

from __future__ import annotations

import itertools
import logging
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from understudy.config import Settings
from understudy.core.limits import Ceiling
from understudy.core.nearest import nearest
from understudy.core.value import DAY, SECOND, Millis
from understudy.engine.armed import Armed
from understudy.engine.in_turn import InTurn
from understudy.engine.messages import NoticeEnded
from understudy.errors import InvalidInputError, StoreError, UnderstudyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from concurrent.futures import Future

    from understudy.core.action import Action, Expectation
    from understudy.core.capture import Capture
    from understudy.core.ports import (
        Clock,
        Hotkeys,
        Learner,
        Messenger,
        Notice,
        Notifier,
        Scheduler,
        ScreenWatch,
        Secrets,
        Workers,
    )
    from understudy.core.reason import Reason
    from understudy.core.store_ports import Store
    from understudy.core.value import Value
    from understudy.core.workflow import Step
    from understudy.engine.active import ActiveRun, Timeline, Work
    from understudy.engine.beat import Beat
    from understudy.engine.messages import Asked, Message

log = logging.getLogger("understudy.engine")

HELD_BACK = "held_back"
"""The wake-up for questions that could not come on screen when they were asked."""
BROKEN_INSIDE = "Something went wrong inside; the log has the details."
RING = 64
"""Events that triggers may look back over."""
REMEMBERED = 50
"""Times that are kept in mind at which a workflow's conditions did not hold."""


@dataclass(kw_only=True, slots=True)
class Context:
    """Ports, settings and memory of the engine."""

    clock: Clock
    store: Store
    learner: Learner
    notifier: Notifier
    messenger: Messenger
    secrets: Secrets
    hotkeys: Hotkeys
    screen_watch: ScreenWatch
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
    overrides: Mapping[str, Any] = field(default_factory=dict)
    """Settings that the environment decides: name -> value; they are never stored."""
    watchers: frozenset[str] = frozenset()
    """Names of the watchers there are."""
    paused_until: Millis | None = None
    """None = at work, 0 = paused until resumed, else paused until then."""
    is_locked: bool = False
    held_back: set[tuple[str, int]] = field(default_factory=set)
    """(run, step) whose question could not come on screen when it was asked."""
    later: dict[str, Asked] = field(default_factory=dict)
    """Suggestion that waits in the list while the screen is used for something else -> how it was asked."""
    recent: deque[tuple[Millis, str]] = field(default_factory=lambda: deque(maxlen=RING))
    given: Mapping[str, Any] = field(default_factory=dict)
    """What is known of the latest event that has a template: what a trigger reads."""
    expectations: list[tuple[Millis, str, Expectation]] = field(default_factory=list)
    """(lapses at, run, what): captures that our own effects will cause."""
    focus: tuple[str, str] = ("", "")
    """(application in front, the run that brought it there)."""
    speaking: set[str] = field(default_factory=set)
    """Watchers of ours that have reported something."""
    beats: dict[str, Beat | None] = field(default_factory=dict)
    """Bucket of an ActivityWatch client -> its latest event, which the next heartbeat may prolong; None = not kept."""
    armed: Armed = field(default_factory=Armed)
    """The triggers that are listened to."""
    hotkey_owners: dict[str, str] = field(default_factory=dict)
    """Hotkey -> the workflow it starts."""
    ahead: tuple[Millis, Millis] | None = None
    """How far the wall clock is ahead of elapsed time, and that of monotonic time; None = nobody has looked."""
    due: dict[str, Millis] = field(default_factory=dict)
    """Workflow -> when its time trigger is due next."""
    front: Capture | None = None
    """The latest capture of a window in front."""
    states: dict[str, str] = field(default_factory=dict)
    """Watched value -> what it is now."""
    since: dict[str, Millis] = field(default_factory=dict)
    """Watched value -> since when it is that; the empty name = the program in front."""
    levels: dict[tuple[str, int], str] = field(default_factory=dict)
    """(workflow, place of a trigger) -> what that trigger remembers."""
    unmet: deque[tuple[Millis, str, Reason]] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    """(when, workflow, why) of triggers that fired while a condition of their workflow did not hold."""
    rehearsing: dict[str, Any] = field(default_factory=dict)
    """Rehearsals under way."""
    last_fired: dict[str, Millis] = field(default_factory=dict)
    last_handed: dict[str, dict[str, str | None]] = field(default_factory=dict)
    """Workflow -> what it last took from the event that set it off."""
    last_run: dict[str, tuple[Millis, str]] = field(default_factory=dict)
    """Workflow -> (when, run) it was last run."""
    active: dict[str, ActiveRun] = field(default_factory=dict)
    forgetting: set[str] = field(default_factory=set)
    """Runs whose details go once they have ended."""
    expiries: dict[tuple[str, Millis], float] = field(default_factory=dict)
    """Question that waits, since when -> the elapsed second at which it expires: clocks are set back."""
    ceiling: Ceiling = field(default_factory=Ceiling)
    """How often all workflows together may start."""
    most_at_work: int = 5
    """Steps that may be at work at once."""
    ready: list[tuple[int, int, ActiveRun, Work]] = field(default_factory=list)
    """A heap of steps that wait for a worker: (-priority, order of arrival, run, step)."""
    arrivals: Iterator[int] = field(default_factory=itertools.count)
    at_work: set[str] = field(default_factory=set)
    """Tags of the steps at work."""
    tasks_looked_at: Millis = 0
    """When the executor looked at the tasks last."""
    turn: str = ""
    """What alone may type now: the tag of a step, or `undo:RUN`."""
    undoing: dict[str, Future[Any] | None] = field(default_factory=dict)
    """Runs that are being taken back, with who waits for it."""
    undo_timelines: dict[str, Timeline] = field(default_factory=dict)
    """Their stop signals."""
    is_mining: bool = False
    is_relearning: bool = False
    has_outlived: bool = False
    """Whether the learner still knows captures that were deleted for their age, or not yet all that came late."""
    must_relearn: bool = False
    """Whether to learn anew once more when the present relearning is done."""
    after_relearning: list[tuple[Future[Any], Callable[[], Any]]] = field(default_factory=list)
    """(who waits, what gives the answer) once all is learned anew."""
    halted: threading.Event = field(default_factory=threading.Event)
    """Set by stop, from any thread: nothing new may begin until resumed."""
    is_ending: bool = False
    """Whether the agent is about to end: what waits is left to the next one."""
    on_screen: InTurn = field(default_factory=InTurn)
    """What is done to each notification: never closed before it is shown, nor shown after its close."""
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

    @property
    def holds_back(self) -> bool:
        """Whether any question waits for a better moment to come on screen."""
        return bool(self.held_back or self.later)

    @property
    def is_held(self) -> bool:
        """Whether no step may begin at this moment."""
        return self.is_ending or self.halted.is_set() or self.is_paused


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

    context.on_screen.submit(context.workers, notice.key, job)


def close_notice(context: Context, key: str) -> None:
    """Take a notification off the screen, from a worker, once it is shown."""

    def job() -> None:
        try:
            context.notifier.close(key)
        except UnderstudyError as error:
            log.warning("a notification may still be there: %s", error)

    context.on_screen.submit(context.workers, key, job)


def action_of(context: Context, step: Step, parameters: dict[str, Any] | None = None) -> tuple[Action, Value]:
    """Return the plug-in and the typed parameters of a step, or raise InvalidInputError.

    `parameters` = the step's own with templates filled in: texts that stand for numbers are taken as such.
    """
    action = context.actions.get(step.action)
    if action is None:
        raise InvalidInputError(
            f"There is no action called {step.action}", fix=f"Known are: {', '.join(sorted(context.actions))}"
        )
    given = step.parameters if parameters is None else parameters
    try:
        return action, msgspec.convert(given, action.parameters, strict=parameters is None)
    except msgspec.ValidationError as error:
        raise _wrong_parameters(step, action, str(error)) from error


def _wrong_parameters(step: Step, action: Action, why: str) -> InvalidInputError:
    """Return what is wrong with the parameters, with the valid name nearest to a wrong one."""
    known = action.parameters.__struct_encode_fields__
    for name in step.parameters:
        if name not in known:
            return InvalidInputError(f"{step.action} has no parameter {name}", fix=nearest(name, known))
    title = f"The parameters of {step.action} are not valid"
    return InvalidInputError(title, why, f"It takes: {', '.join(known)}")


def trouble(context: Context, name: str, words: str) -> None:
    """Remember, once, that something does not work, and say so in log and status."""
    if context.troubles.get(name) != words:
        context.troubles[name] = words
        log.warning("%s: %s", name, words)
        context.tell("status", {})


def attempt(context: Context, work: Callable[[], None]) -> None:
    """Do what has to write, or asks a plug-in; what goes wrong is shown, and keeps nothing else from being done."""
    try:
        work()
    except StoreError as error:
        trouble(context, "store", str(error))
    except Exception:
        log.exception("something broke inside")
        trouble(context, "engine", BROKEN_INSIDE)


def no_trouble(context: Context, name: str) -> None:
    """Forget a trouble that is over."""
    if context.troubles.pop(name, None) is not None:
        log.info("%s works again", name)
        context.tell("status", {})


MAINTENANCE: Millis = DAY
GRACE: Millis = 5 * SECOND
"""How long a step may take to end after it was told to stop, before its outcome counts as unknown."""
STORE_AGAIN: Millis = 30 * SECOND
"""How long after it could not be stored something is tried again."""
