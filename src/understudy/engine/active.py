"""A run that is going on: what the engine remembers of it besides its record. Changed on the engine thread only."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from understudy.core.value import SECOND, Millis

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future

    from understudy.core.action import Action, Expectation, Progress
    from understudy.core.dead_letter import DeadLetter
    from understudy.core.run import Run, RunStatus
    from understudy.core.value import Value
    from understudy.engine.live_output import LiveOutput


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What a run is going to end as."""

    status: RunStatus
    reason: str = ""
    """Stable code."""
    text: str = ""
    """In words."""


class Timeline:
    """The thread-safe part of a step at work: stop signal and deadline. Keeps `core.action.ActionContext`."""

    def __init__(
        self,
        run_id: str,
        deadline: float,
        expect: Callable[[Expectation], None],
        emit: Callable[[str], None] = lambda _: None,
        came: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        self.run_id = run_id
        self.tag = run_id
        self.stop = threading.Event()
        self.deadline = deadline
        self._expect = expect
        self._emit = emit
        self._came = came

    def expect(self, expectation: Expectation) -> None:
        """Announce a capture that the effect is about to cause."""
        self._expect(expectation)

    def emit(self, text: str) -> None:
        """Show output while it works."""
        self._emit(text)

    def came(self, progress: Progress) -> None:
        """Write down how far it has come."""
        self._came(progress)


@dataclass(kw_only=True, slots=True)
class Work:
    """One step of one run, ready for a worker or with one."""

    index: int
    action: Action
    template: dict[str, Any]
    """Its parameters as the workflow has them."""
    parameters: Value
    """Filled in, secrets by name."""
    data: Mapping[str, Any] | None
    """What they were filled in with; None = there was nothing to fill in."""
    timeline: Timeline
    output: LiveOutput
    limit: Millis
    """Longest time for one try, in milliseconds."""
    is_begun: bool = False
    was_told: bool = False
    """Whether it was told to end."""
    has_timed_out: bool = False
    """Whether that was because of the time."""
    has_acted: bool = False
    """Whether `perform` was called: from then on something may have happened. Set by the worker."""
    revealed: Any = None
    """The parameters with secrets: in memory, for the worker."""
    secrets: dict[str, str] = field(default_factory=dict)
    """The secrets in them, by name."""
    before: dict[str, Any] = field(default_factory=dict)
    expects: tuple[Expectation, ...] = ()


@dataclass(kw_only=True, slots=True)
class ActiveRun:
    """A run without an end: queued, at work or waiting."""

    run: Run
    replies: list[Future[Any]] = field(default_factory=list)
    """Who wants to hear of it as soon as nothing of it works any more."""
    works: dict[int, Work] = field(default_factory=dict)
    """Steps that are ready or at work, by index."""
    outcome: Outcome | None = None
    """What it will end as, once its steps at work have ended; until then no new one begins."""
    letter: DeadLetter | None = None
    """To be stored with its end."""
    is_stored: bool = False
    is_over: bool = False
    """Nothing more is done; only its end could not be stored yet."""
    held_since: Millis | None = None
    """Since when a pause keeps it from going on."""
    worked: float = 0.0
    """Seconds it has worked, without the present stretch."""
    busy_since: float | None = None
    """Monotonic seconds at which the present stretch began."""

    def used(self, now: float) -> float:
        """Return the seconds it has worked up to now, monotonic seconds."""
        return self.worked + (now - self.busy_since if self.busy_since is not None else 0.0)

    def left(self, now: float) -> float:
        """Return the seconds it may still work; never below 0."""
        return max(0.0, self.run.workflow.timeout / SECOND - self.used(now))

    def add(self, work: Work, now: float) -> None:
        """Take in a step that is ready: from the first one on it works."""
        if not self.works:
            self.busy_since = now
        self.works[work.index] = work

    def remove(self, work: Work, now: float) -> None:
        """Let go of a step; with the last one it works no longer."""
        if self.works.pop(work.index, None) is not None and not self.works:
            self.worked, self.busy_since = self.used(now), None

    def answer_waiting(self) -> None:
        """Tell who wants to hear of it how it stands."""
        replies, self.replies = self.replies, []
        for reply in replies:
            reply.set_result(self.run)
