"""Taking up what was left: after a restart or a pause runs go on where nothing can happen twice or too late."""

from functools import partial

import msgspec

from understudy.core.dead_letter import DeadLetter
from understudy.core.graph import advance
from understudy.core.run import Run, RunStatus, StepRecord, StepStatus
from understudy.core.suggestion import SuggestionStatus
from understudy.core.value import HOUR, MINUTE, SECOND, Millis
from understudy.core.workflow import OnFailure, Step
from understudy.engine.active import ActiveRun, Outcome
from understudy.engine.approving import heard, is_question, show_question
from understudy.engine.closing import close, close_each, end_stranded
from understudy.engine.context import Context, attempt, log
from understudy.engine.ending import end
from understudy.engine.equip import Filled, fill, work_of
from understudy.engine.expiring import has_expired
from understudy.engine.failing import OUT_OF_TIME, length_of_wait, letter_of, with_step
from understudy.engine.permit import check_consent, is_switched_off
from understudy.engine.starting import next_in_line
from understudy.engine.steps import leave, proceed
from understudy.engine.waiting import dispatch, enqueue, step_key
from understudy.errors import UnderstudyError

LATE: Millis = HOUR
"""What was about to be done is done at most so much later."""
TYPED_LATE: Millis = MINUTE
"""What types is done at most so much after its time: the person is elsewhere by then."""

_ENDS = {
    StepStatus.FAILED: RunStatus.FAILED,
    StepStatus.TIMED_OUT: RunStatus.TIMED_OUT,
    StepStatus.CANCELLED: RunStatus.CANCELLED,
    StepStatus.UNKNOWN: RunStatus.UNKNOWN,
}
MOST_TRIES = 3
"""How often what may be repeated is begun: it may be what ends the agent each time."""


def recover(run: Run, context: Context) -> None:
    """Go on with a run that an earlier agent left unfinished. What may have happened is never done again."""
    active = ActiveRun(run=run, is_stored=True, worked=run.worked / SECOND)
    context.active[run.id] = active
    if run.status is RunStatus.QUEUED:
        return
    active.outcome = _stopped_by(run)
    active.letter = _letter_left(run)
    opened = [record for record in run.steps if record.status is StepStatus.INTENT]
    if opened and not _repeat(active, opened, context):
        _give_up_as_unknown(active, opened, context)
        return
    _wait_on(active, context)
    if not opened:
        active.held_since = _last_sign(run)
        _go_on(active, _left_by_agent(run), context)
    dispatch(context)


def _stopped_by(run: Run) -> Outcome | None:
    """Return what a run was going to end as: it was told to, or a step of it failed, while others were at work."""
    if run.reason:
        is_late = run.reason == OUT_OF_TIME.reason
        ended = RunStatus.TIMED_OUT if is_late else RunStatus.CANCELLED
        return Outcome(status=ended, reason=run.reason, text=run.text)
    for record in run.steps:
        status = _ENDS.get(record.status)
        if status is not None:
            return Outcome(status=status, reason=record.reason, text=record.output)
    return None


def _letter_left(run: Run) -> DeadLetter | None:
    """Return the letter of a step whose tries were used up: it was to be stored with the end of its run."""
    for record, step in zip(run.steps, run.workflow.steps, strict=True):
        is_bad = record.status in (StepStatus.FAILED, StepStatus.TIMED_OUT)
        if is_bad and isinstance(step, Step) and step.on_failure is OnFailure.RETRY:
            return letter_of(run, record, record.output)
    return None


def _last_sign(run: Run) -> Millis:
    """Return when something last happened in a run."""
    return max(run.started_at, *(max(each.started_at, each.ended_at) for each in run.steps), 0)


# --- an open intent -----------------------------------------------------------------------------


def _repeat(active: ActiveRun, opened: list[StepRecord], context: Context) -> bool:
    """Do again what leaves one effect however often it is done, if that is not too late; False = it may not be."""
    if context.is_held or active.outcome is not None:
        return False
    if any(abs(context.now - each.started_at) > LATE or each.attempts >= MOST_TRIES for each in opened):
        return False
    workflow = active.run.workflow
    is_whole = all(step.action in context.actions for step in workflow.actions)
    if not is_whole or is_switched_off(workflow, context):
        return False
    try:
        filled = {each.index: _refilled(active, each.index, context) for each in opened}
    except UnderstudyError as error:
        log.warning("%s cannot be done again: %s", active.run.id, error)
        return False
    if not all(each.action.is_idempotent(each.parameters) for each in filled.values()):
        return False
    for index, each in filled.items():
        enqueue(active, work_of(active, index, each, context), context)
    return True


def _refilled(active: ActiveRun, index: int, context: Context) -> Filled:
    step = active.run.workflow.steps[index]
    assert isinstance(step, Step)  # noqa: S101  (for the type checker: only actions have intents)
    check_consent(active.run, step, context)
    return fill(active, index, context)


def _give_up_as_unknown(active: ActiveRun, opened: list[StepRecord], context: Context) -> None:
    for record in opened:
        unknown = msgspec.structs.replace(record, status=StepStatus.UNKNOWN, ended_at=context.now)
        active.run = with_step(active.run, unknown)
    text = f"{opened[0].text}: the agent ended in the middle of it, {_known_of(opened[0])}. "
    text += "Please look; it is not tried again."
    active.outcome = Outcome(status=RunStatus.UNKNOWN, reason="agent_ended", text=text)
    log.warning("%s was unfinished: now unknown", active.run.id)
    end(active, context)


def _known_of(record: StepRecord) -> str:
    came = record.progress
    return f"{came.text} are certain, and there may be more" if came else "so it may or may not have happened"


# --- between steps ------------------------------------------------------------------------------


def _left_by_agent(run: Run) -> Outcome:
    done = sum(step.status is StepStatus.DONE for step in run.steps)
    text = f"The agent ended after {done} of {len(run.steps)} steps; the rest was not done."
    return Outcome(status=RunStatus.CANCELLED, reason="agent_ended", text=text)


HELD_UP = Outcome(
    status=RunStatus.CANCELLED,
    reason="too_late",
    text="It was held up by a pause, and is not caught up; the rest was not done.",
)


def _wait_on(active: ActiveRun, context: Context) -> None:
    """Set the alarms of what waits for a time, and hear or put again what waits for the person.

    Nothing waits longer than its own length once more: the clock may have been set while no agent ran.
    """
    for record in active.run.steps:
        if is_question(active.run, record.index):
            attempt(context, partial(_ask_on, active.run, record.index, context))
        elif record.status is StepStatus.WAITING:
            due = min(record.due_at, context.now + length_of_wait(active.run, record))
            active.run = with_step(active.run, msgspec.structs.replace(record, due_at=due))
            context.scheduler.wake(step_key(active.run.id, record.index), due)


def _ask_on(run: Run, index: int, context: Context) -> None:
    answer = heard(run, index, context)
    if answer is not None:
        context.post(answer)
    else:
        show_question(run, index, context)


def _go_on(active: ActiveRun, otherwise: Outcome, context: Context) -> None:
    """Go on with a run that was held up, unless it is too late for it; while nothing may begin it stays held."""
    if active.outcome is None and context.is_held:
        return
    if active.outcome is None and _is_too_late(active, context):
        log.info("%s is not caught up", active.run.id)
        close(active, otherwise, context)
    else:
        proceed(active, context)


def _is_too_late(active: ActiveRun, context: Context) -> bool:
    """Whether a step would come too late. Delays and answered questions go on however late."""
    run, now = active.run, context.now
    begin, _ = advance(run.workflow.steps, run.steps)
    late = abs(now - (active.held_since or now)) > LATE
    types = _types_from(run, context)
    for index in begin:
        if (late and types) or ((late or types) and not run.steps[index].approved):
            return True
    return any(_is_retry(run, record) and (now - record.due_at > LATE or types) for record in run.steps)


def has_missed_its_time(run: Run, record: StepRecord, context: Context) -> bool:
    """Whether a step that waited for its time is heard of too late: the machine slept, or was paused.

    A delay is over however late; but typing is not caught up, and a failed step is not tried again after so long.
    """
    late = context.now - record.due_at
    if late > LATE and _is_retry(run, record):
        return True
    return late > TYPED_LATE and _types_from(run, context)


def _is_retry(run: Run, record: StepRecord) -> bool:
    is_action = isinstance(run.workflow.steps[record.index], Step)
    return is_action and record.status is StepStatus.WAITING and not is_question(run, record.index)


def _types_from(run: Run, context: Context) -> bool:
    """Whether anything of what is left types: that is never caught up, the person is elsewhere."""
    left = (run.workflow.steps[record.index] for record in run.steps if not record.status.is_settled)
    actions = (context.actions.get(step.action) for step in left if isinstance(step, Step))
    return any(action is not None and action.exclusive for action in actions)


# --- a yes ----------------------------------------------------------------------------------------


def reopen_lost(context: Context) -> None:
    """Let a question stand again whose yes was stored, and whose run was not: nothing has happened then.

    Tasks look after their own.
    """
    for asked in context.store.suggestions.recent():
        has_run = asked.status is SuggestionStatus.APPROVED and asked.run_id and not asked.is_approval
        if not has_run or asked.cause_id.startswith("task:") or has_expired(asked, context):
            continue
        if context.store.runs.get(asked.run_id) is None:
            log.warning("%s was answered, and nothing came of it: it is asked again", asked.id)
            fields = {"status": SuggestionStatus.WAITING, "answered_at": 0, "answered_by": "", "run_id": ""}
            context.store.suggestions.put(msgspec.structs.replace(asked, **fields))


# --- a pause ------------------------------------------------------------------------------------


def hold(context: Context) -> None:
    """Take back what is ready but has not begun: it goes on, or not, when the pause is over."""
    for active in tuple(context.active.values()):
        for work in tuple(active.works.values()):
            if not work.is_begun:
                leave(active, work, context)
                active.held_since = context.now
        if active.outcome is not None and not active.works and not active.is_over:
            close_each((active,), active.outcome, context)


def take_up(context: Context) -> None:
    """Go on after a pause with what was held, what waits, and what is next in line."""
    for active in tuple(context.active.values()):
        if active.is_over or active.run.status is RunStatus.QUEUED:
            continue
        if active.held_since is not None:
            attempt(context, partial(_go_on, active, HELD_UP, context))
        for record in active.run.steps:
            if record.status is StepStatus.WAITING and not is_question(active.run, record.index):
                context.scheduler.wake(step_key(active.run.id, record.index), record.due_at)
    end_stranded(context)
    line_up(context, HELD_UP)
    dispatch(context)


def line_up(context: Context, otherwise: Outcome | None = None) -> None:
    """Begin what is next in line, workflow by workflow; what comes too late with nothing before it ends."""
    if context.is_held:
        return
    first: dict[str, ActiveRun] = {}
    for active in tuple(context.active.values()):
        head = first.setdefault(active.run.workflow.id, active)
        if head is active and _is_stale(active, context):
            del first[active.run.workflow.id]
            close_each((active,), otherwise or _left_by_agent(active.run), context)
    for workflow_id in first:
        attempt(context, partial(next_in_line, workflow_id, context))


def _is_stale(active: ActiveRun, context: Context) -> bool:
    run = active.run
    late = abs(context.now - run.created_at) > LATE
    return run.status is RunStatus.QUEUED and (late or _types_from(run, context))
