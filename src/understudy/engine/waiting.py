"""Steps that wait for a worker: the highest priority first, a few at once, and one alone that types."""

import heapq
from collections.abc import Callable

from understudy.core.template import conceal
from understudy.core.value import SECOND
from understudy.engine.active import ActiveRun, Work
from understudy.engine.context import GRACE, Context, log
from understudy.engine.messages import Message, StepEnded, StepPrepared
from understudy.engine.secrecy import broken, covered, covered_error, uncover
from understudy.errors import StoppedError, TimedOutError, UnderstudyError

SHARE = 0.8
"""Part of what a run has left that one step may take."""


def step_key(run_id: str, index: int) -> str:
    """Return the name of the alarm of one step of one run."""
    return f"step:{run_id}:{index}"


def enqueue(active: ActiveRun, work: Work, context: Context) -> None:
    """Let a step wait for its turn, no longer than its run may work."""
    now = context.clock.monotonic()
    active.add(work, now)
    wake_in(active, work, active.left(now), context)
    heapq.heappush(context.ready, (-active.run.workflow.priority, next(context.arrivals), active, work))


def wake_in(active: ActiveRun, work: Work, seconds: float, context: Context) -> None:
    """Look at a step again after so many seconds."""
    context.scheduler.wake(step_key(active.run.id, work.index), context.now + int(seconds * SECOND))


def wake_again(active: ActiveRun, work: Work, context: Context) -> None:
    """Set the alarm of a step anew, since the clock was set: its time is what it was."""
    left = GRACE / SECOND if work.was_told else max(0.0, time_left(active, work, context))
    wake_in(active, work, left, context)


def time_left(active: ActiveRun, work: Work, context: Context) -> float:
    """Return the seconds a step may still take, or wait for its turn; below 0 when its time is over."""
    now = context.clock.monotonic()
    return work.timeline.deadline - now if work.is_begun else active.left(now)


def dispatch(context: Context) -> None:
    """Give workers what is ready, as far as there are places."""
    later = []
    while context.ready and len(context.at_work) < context.most_at_work and not context.is_held:
        entry = heapq.heappop(context.ready)
        _, _, active, work = entry
        if active.works.get(work.index) is not work:
            continue  # its run has ended meanwhile
        if work.action.exclusive and context.turn:
            later.append(entry)
        else:
            _begin(active, work, context)
    for entry in later:
        heapq.heappush(context.ready, entry)


def release(active: ActiveRun, work: Work, context: Context) -> None:
    """Free the place of a step that has ended, or is not to begin."""
    context.scheduler.cancel(step_key(active.run.id, work.index))
    context.at_work.discard(work.timeline.tag)
    if context.turn == work.timeline.tag:
        context.turn = ""
    active.remove(work, context.clock.monotonic())


def tell_to_stop(active: ActiveRun, work: Work, context: Context) -> None:
    """Tell a step at work to end; if it does not, what became of it is not known."""
    if not work.was_told:
        work.was_told = True
        work.timeline.stop.set()
        wake_in(active, work, GRACE / SECOND, context)


# --- with a worker: prepare, then perform; each comes back as a message --------------------------


def _begin(active: ActiveRun, work: Work, context: Context) -> None:
    timeline = work.timeline
    now = context.clock.monotonic()
    seconds = min(work.limit / SECOND, SHARE * active.left(now))
    timeline.deadline = now + seconds
    work.is_begun = True
    context.at_work.add(timeline.tag)
    if work.action.exclusive:
        context.turn = timeline.tag
    wake_in(active, work, seconds, context)

    def job() -> Message:
        _check_may_act(context, work)
        uncover(work, context.secrets.get)
        work.expects = work.action.expects(work.revealed)
        work.before = work.action.prepare(work.revealed, timeline)
        before = conceal(work.before, work.secrets)
        return StepPrepared(run_id=timeline.run_id, index=work.index, before=before)

    submit(work, job, context)


def perform(work: Work, context: Context) -> None:
    """Let a worker do what it has prepared; the intent must have been stored."""

    def job() -> Message:
        _check_may_act(context, work)
        work.has_acted = True
        performed = work.action.perform(work.revealed, work.timeline, work.before)
        return StepEnded(run_id=work.timeline.run_id, index=work.index, performed=covered(work, performed))

    submit(work, job, context)


def _check_may_act(context: Context, work: Work) -> None:
    if work.timeline.stop.is_set() or context.halted.is_set():
        raise StoppedError("Stopped before it was done")
    if context.clock.monotonic() >= work.timeline.deadline:
        raise TimedOutError("The time for it was over before it was done")


def submit(work: Work, job: Callable[[], Message], context: Context) -> None:
    """Do this for a step on a worker; whatever it raises comes back as the end of the step."""
    run_id, index = work.timeline.run_id, work.index

    def guarded() -> None:
        try:
            message = job()
        except UnderstudyError as error:
            message = StepEnded(run_id=run_id, index=index, error=covered_error(work, error))
        except Exception as error:  # noqa: BLE001  (a plug-in may raise anything; the loop goes on)
            told, trace = broken(work, error)
            log.error("a step broke\n%s", trace)
            message = StepEnded(run_id=run_id, index=index, error=told)
        context.post(message)

    context.workers.submit(guarded)
