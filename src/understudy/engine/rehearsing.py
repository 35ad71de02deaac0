"""Rehearsing: when would a workflow have run in the past days, and when did the person do it themselves?

What is stored is heard again as if it happened now, by the same rules, in slices between which the engine
works on; nothing is done, stored or remembered.
"""

import dataclasses
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future

from understudy.core.conditions import unmet
from understudy.core.event import Event
from understudy.core.limits import COOLDOWN
from understudy.core.ports import CaptureQuery, StoredCapture
from understudy.core.run import Run
from understudy.core.store_queries import RunQuery
from understudy.core.triggering import MET, evaluate
from understudy.core.value import DAY, HOUR, MINUTE, Millis, Value
from understudy.core.wording import times_in_words
from understudy.core.workflow import (
    AgedThing,
    AgeTrigger,
    EscalationTrigger,
    Trigger,
    Workflow,
)
from understudy.engine.armed import Armed, Waiting
from understudy.engine.context import RING, Context
from understudy.engine.decide import cools, events, next_due, set_alarm
from understudy.engine.facts import facts
from understudy.engine.handing import handed, unfilled
from understudy.engine.identity import new_id
from understudy.engine.messages import Message, Noted, RunEnded, Woken
from understudy.engine.own_doing import own_symbols, own_time

SLICE = 500
"""Captures that are read at once."""
_WINDOW: Millis = 6 * HOUR
"""Time that is read at once where there are not more captures in it."""
_KEPT = 500
"""Times that are listed."""


class Rehearsed(Value):
    """One time it would have run."""

    at: Millis
    why: str
    """What would have fired it, in words."""
    yourself: bool = False
    """Whether the person did all of it soon after."""


class Rehearsal(Value):
    """What came of a rehearsal."""

    workflow_id: str
    since: Millis
    until: Millis
    captures: int
    """Captures that were heard again."""
    runs: int
    """How often it would have run."""
    yourself: int
    """How often of these the person did it themselves."""
    unmet: int
    """How often a trigger fired while a condition did not hold."""
    text: str
    """All of it in a sentence or two."""
    times: tuple[Rehearsed, ...] = ()
    """The latest, oldest first, at most 500."""


class _Past:
    """A clock in the past that keeps the person's zone, and the wake-ups by it."""

    def __init__(self, start: Millis, zone: str) -> None:
        self.at = start
        self._zone = zone
        self.due: dict[str, Millis] = {}

    def now(self) -> Millis:
        return self.at

    def monotonic(self) -> float:
        return self.at / 1000

    elapsed = monotonic

    def zone(self) -> str:
        return self._zone

    def wake(self, key: str, at: Millis) -> None:
        self.due[key] = at

    def cancel(self, key: str) -> None:
        self.due.pop(key, None)

    def refresh(self) -> None:
        """Do nothing: the past is compared with the clock itself."""


@dataclasses.dataclass(slots=True)
class _Own:
    """A time at which the person is expected to do it themselves."""

    place: int
    until: Millis
    missing: set[str]


class Rehearsing:
    """One rehearsal under way."""

    def __init__(self, workflow: Workflow, since: Millis, context: Context) -> None:
        self.reply: Future[Rehearsal] = Future()
        self._workflow = workflow
        self._since, self._until = since, context.now
        self._next, self._window = since, _WINDOW
        self._past = past = _Past(since, context.clock.zone())
        armed = Armed((workflow,))
        self._then = dataclasses.replace(
            context,
            clock=past,
            scheduler=past,
            armed=armed,
            recent=deque(maxlen=RING),
            front=None,
            states={},
            since={},
            due={},
            started_at=0,
        )
        set_alarm(workflow.id, next_due(workflow, since), self._then)
        self._ended = _runs_heard(armed, since, context)
        self._levels: dict[int, str] = {}
        self._wanted = own_symbols(workflow, context)
        self._own: list[_Own] = []
        self._times: list[Rehearsed] = []
        self._fired_at: deque[Millis] = deque(maxlen=1000)
        self._taken: dict[str, str | None] = {}
        self._captures = self._unmet = 0

    def go_on(self, context: Context) -> bool:
        """Hear one more slice; False = it was the last, and the answer is given."""
        until = min(self._next + self._window, self._until)
        query = CaptureQuery(since=self._next, until=until, limit=SLICE)
        stored = context.store.captures.find(query)
        if len(stored) == SLICE and self._window > 1:
            self._window = max(1, self._window // 4)
            return True
        for each in reversed(stored):
            self._hear(each)
        self._pass_time(until)
        self._next, self._window = until, min(_WINDOW, self._window * 2)
        if until < self._until:
            return True
        self.reply.set_result(self._result())
        return False

    def _hear(self, stored: StoredCapture) -> None:
        capture = stored.capture
        self._captures += 1
        self._pass_time(capture.at)
        if not capture.run_id:
            self._note_own(stored)
        self._take(Noted(id=stored.id, capture=capture, symbol=stored.symbol))

    def _pass_time(self, at: Millis) -> None:
        """Let come what is due until then: alarms, and the ends of runs."""
        while (first := self._first_due()) is not None and first[0] <= at:
            due, message = first
            self._past.at = max(self._past.at, due)
            if isinstance(message, RunEnded):
                self._ended.popleft()
            else:
                self._past.cancel(message.key)
            self._take(message)
        self._past.at = max(self._past.at, at)

    def _first_due(self) -> tuple[Millis, Woken | RunEnded] | None:
        found: list[tuple[Millis, Woken | RunEnded]] = []
        if self._past.due:
            key = min(self._past.due, key=self._past.due.__getitem__)
            found.append((self._past.due[key], Woken(key=key)))
        if self._ended:
            found.append((self._ended[0].ended_at, RunEnded(run=self._ended[0])))
        return min(found, key=lambda each: each[0], default=None)

    def _take(self, message: Message) -> None:
        for event, candidates in events(message, self._then):
            fired = [each for each in candidates if self._fires(each, event)]
            if fired:
                self._start(fired[0], event)

    def _fires(self, waiting: Waiting, event: Event) -> bool:
        level = self._levels.get(waiting.place, MET)  # what it was before that time is not known
        evaluation = evaluate(waiting.trigger, event, recent=self._then.recent, level=level)
        self._levels[waiting.place] = evaluation.level
        return evaluation.fires

    def _start(self, waiting: Waiting, event: Event) -> None:
        last = self._fired_at[-1] if self._fired_at else None
        taken = handed(self._workflow, event.data)
        is_soon = last is not None and event.at - last < COOLDOWN and taken == self._taken
        if is_soon and cools(waiting, event):
            return
        known = facts(event.data, self._workflow, self._then)
        if unmet(self._workflow.conditions, known) or unfilled(self._workflow, known, self._then):
            self._unmet += 1
            return
        if self._is_too_often(event.at):
            return
        self._fired_at.append(event.at)
        self._taken = taken
        if self._wanted:
            until = event.at + own_time(waiting.trigger)
            self._own.append(_Own(len(self._times), until, set(self._wanted)))
        self._times.append(Rehearsed(at=event.at, why=event.text))

    def _is_too_often(self, at: Millis) -> bool:
        rates = self._workflow.rates
        in_hour = [each for each in self._fired_at if each > at - HOUR]
        return (
            len(in_hour) >= rates.per_hour or sum(each > at - MINUTE for each in in_hour) >= rates.per_minute
        )

    def _note_own(self, stored: StoredCapture) -> None:
        """See whether the person does what the workflow would have done."""
        self._own = [each for each in self._own if each.until >= stored.capture.at]
        for own in self._own:
            own.missing -= {stored.symbol.exact, stored.symbol.template}
            if not own.missing:
                done = self._times[own.place]
                self._times[own.place] = Rehearsed(at=done.at, why=done.why, yourself=True)
        self._own = [each for each in self._own if each.missing]

    def _result(self) -> Rehearsal:
        yourself = sum(each.yourself for each in self._times)
        return Rehearsal(
            workflow_id=self._workflow.id,
            since=self._since,
            until=self._until,
            captures=self._captures,
            runs=len(self._times),
            yourself=yourself,
            unmet=self._unmet,
            text=" ".join(self._sentences(yourself)),
            times=tuple(self._times[-_KEPT:]),
        )

    def _sentences(self, yourself: int) -> Iterator[str]:
        days, runs = max(1, round((self._until - self._since) / DAY)), len(self._times)
        said = f"it would have run {times_in_words(runs)}" if runs else "it would never have run"
        own = f", {yourself} of them when you did it yourself" if runs and self._wanted else ""
        yield f"In the last {f'{days} days' if days > 1 else 'day'} {said}{own}."
        if not self._captures:
            yield "Nothing has been seen in that time, so this says little."
        if runs and not self._wanted:
            yield "Whether you did the same yourself cannot be seen."
        if any(_asks(each) for each in self._workflow.triggers):
            yield "What waits for a question of ours is not rehearsed."


def _asks(trigger: Trigger) -> bool:
    is_question = isinstance(trigger, AgeTrigger) and trigger.of is AgedThing.APPROVAL
    return is_question or isinstance(trigger, EscalationTrigger)


def _runs_heard(armed: Armed, since: Millis, context: Context) -> deque[Run]:
    """Return the ended runs that the workflow would have heard of, oldest first."""
    found: Iterable[Run] = (
        run
        for workflow_id in armed.by_run
        for run in context.store.runs.find(RunQuery(workflow_id=workflow_id, since=since, limit=SLICE))
        if run.status.is_final
    )
    return deque(sorted(found, key=lambda run: run.ended_at))


# --- in slices, on the engine's queue -------------------------------------------------------------


def begin(workflow: Workflow, days: int, context: Context) -> Future[Rehearsal]:
    """Rehearse the last days; the future gets what came of it."""
    rehearsing, key = Rehearsing(workflow, context.now - days * DAY, context), f"rehearse:{new_id('x')}"
    context.rehearsing[key] = rehearsing
    context.post(Woken(key=key))
    return rehearsing.reply


def rehearse(message: Message, context: Context) -> Iterator[Message]:
    """Hear one more slice of the past, and leave the next one to the end of the queue."""
    if isinstance(message, Woken) and message.key in context.rehearsing:
        rehearsing: Rehearsing = context.rehearsing[message.key]
        try:
            goes_on = rehearsing.go_on(context)
        except Exception as error:  # noqa: BLE001  (who waits for the answer is told)
            rehearsing.reply.set_exception(error)
            goes_on = False
        if goes_on:
            context.post(message)
        else:
            del context.rehearsing[message.key]
    return iter(())
