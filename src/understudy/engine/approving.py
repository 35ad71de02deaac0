"""A run that waits for the person: its question, their answer, and what comes of none."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import msgspec

from understudy.core.attention import IN_USE
from understudy.core.cron import next_time
from understudy.core.graph import ancestors, kind_of
from understudy.core.run import Run, StepStatus
from understudy.core.suggestion import ANSWER_TIME, Answer, Suggestion, SuggestionStatus
from understudy.core.value import DAY, MINUTE, Millis, stable_id
from understudy.core.wording import VISIBLE_TITLE, clock_in_words, headline, shortened
from understudy.core.wording import question as as_question
from understudy.core.workflow import ApprovalStep, DelayStep, Step
from understudy.engine import watching
from understudy.engine.channel import send_far
from understudy.engine.context import HELD_BACK, STORE_AGAIN, Context, attempt, show
from understudy.engine.expiring import expire
from understudy.engine.facts import run_facts
from understudy.engine.foreseeing import given, preview, undo_preview
from understudy.engine.messages import ApprovalAnswered
from understudy.engine.propose import notice_of, screen_refusal

UNANSWERED = "Without an answer within 24 hours it ends there."
LONGEST_NAME = 60
LONGEST_NEXT, LEAST_NEXT = 90, 30
"""Characters: a notification has room for about 240."""


def is_question(run: Run, index: int) -> bool:
    """Whether a step waits for the person; one that waits for its next try has a reason for that."""
    record = run.steps[index]
    is_delay = isinstance(run.workflow.steps[index], DelayStep)
    return record.status is StepStatus.WAITING and not is_delay and not record.reason


def question_id(run_id: str, index: int) -> str:
    """Return the id of the question of a step, the same whenever it is asked for."""
    return stable_id("s", run_id, index)


def question(run: Run, index: int, context: Context) -> Suggestion:
    """Return what the person is asked."""
    step, record = run.workflow.steps[index], run.steps[index]
    is_own = isinstance(step, ApprovalStep)
    asked = Suggestion(
        id=question_id(run.id, index),
        workflow_id=run.workflow.id,
        title=record.text if is_own else as_question((record.text,), keeps=False),
        body=_joined(_opening(run, index), "" if is_own else what_follows(run, index, context)[1]),
        offered_at=record.started_at,
        answers=(Answer.DO, Answer.NOT_NOW),
        is_offer=False,
        cause_id=f"run:{run.id}",
        run_id=run.id,
        step=index,
    )
    return msgspec.structs.replace(asked, shown_at=context.now) if _may_show(asked, run, context) else asked


def _may_show(asked: Suggestion, run: Run, context: Context) -> bool:
    """Whether it comes on screen; somebody who started the run is asked, whatever the hour or the screen."""
    against = screen_refusal(asked, context)
    return against is None or (against.code in {"quiet_hours", *IN_USE} and not run.is_automatic)


def _opening(run: Run, index: int) -> str:
    """Return who asks, and when."""
    is_own = isinstance(run.workflow.steps[index], ApprovalStep)
    what = "before it goes on" if is_own else "before this step"
    return f'"{shortened(run.workflow.name, LONGEST_NAME)}" asks {what}.'


def _body(run: Run, index: int, context: Context, opening: str = "") -> str:
    """Return what the question is about, on screen; in lists what follows stands beside it."""
    plan, undo = what_follows(run, index, context)
    is_own = isinstance(run.workflow.steps[index], ApprovalStep)
    then = (_next(plan) if plan else "") if is_own else undo
    return _joined(opening or _opening(run, index), then, _unanswered(run.steps[index].started_at, context))


def _joined(opening: str, then: str, unanswered: str = UNANSWERED) -> str:
    return " ".join(text for text in (opening, then, unanswered) if text)


def _unanswered(asked_at: Millis, context: Context) -> str:
    """Return what comes of no answer; of a question that was held back, until when there is time for one."""
    if context.now - asked_at < MINUTE:
        return UNANSWERED
    until = clock_in_words(asked_at + ANSWER_TIME, context.now, context.clock.zone())
    return f"Without an answer until {until} it ends there."


def _next(plan: Sequence[str]) -> str:
    """Return what comes next, as far as there is room for it."""
    room = max(LONGEST_NEXT // len(plan), LEAST_NEXT)
    words = shortened("; ".join(shortened(each, room) for each in plan), LONGEST_NEXT)
    return f"Next: {words}" if words.endswith("…") else f"Next: {words.rstrip('.')}."


def what_follows(run: Run, index: int, context: Context) -> tuple[tuple[str, ...], str]:
    """Return what a yes to a step does, with every literal that is known by now, and how that is taken back."""
    steps = run.workflow.steps
    if not isinstance(steps[index], ApprovalStep):
        return (run.steps[index].text,), _undo_now(run, index, context)
    earlier = ancestors(steps)
    later = [
        place
        for place, record in enumerate(run.steps)
        if index in earlier[place] and record.status is StepStatus.PENDING
    ]
    known = {place: _known(run, earlier[place], context) for place in later}
    undo = (
        undo_preview(context, step, given(context, step, known[place]))
        for place in later
        if isinstance(step := steps[place], Step)
    )
    return tuple(preview(context, steps[place], known[place]) for place in later), " ".join(
        dict.fromkeys(undo)
    )


def _undo_now(run: Run, index: int, context: Context) -> str:
    """Return how the step that waits is taken back, filled in as it will be used."""
    step = run.workflow.steps[index]
    return undo_preview(context, step, run.steps[index].parameters or None) if isinstance(step, Step) else ""


def _known(run: Run, earlier: frozenset[int], context: Context) -> dict[str, Any]:
    """Return what is known by now of what a later step reads: not what is not done yet of the ones before it."""
    open_ones = {run.steps[place].id for place in earlier if run.steps[place].status is StepStatus.PENDING}
    known = run_facts(run, context)
    known["steps"] = {name: said for name, said in known["steps"].items() if name not in open_ones}
    if open_ones:
        del known["latest_output"]
    return known


def show_question(run: Run, index: int, context: Context) -> None:
    """Put the question of a step on screen, if there is leave for it, and watch over its time."""
    asked = question(run, index, context)
    watching.asked(asked, context)
    expire(context)
    context.held_back.discard((run.id, index))
    if not _may_show(asked, run, context):
        _hold_back(run.id, index, context)
    else:
        show(context, notice_of(_told(asked, run, context), run.workflow, (run.steps[index].text,)))
    context.tell("suggestion", {"id": asked.id, "status": asked.status.value})
    minutes = context.settings.escalate_after_minutes
    if minutes and not _was_escalated(run, index):
        context.scheduler.wake(escalation_key(run.id, index), asked.offered_at + minutes * MINUTE)


def _told(asked: Suggestion, run: Run, context: Context) -> Suggestion:
    """Return the question as it comes on screen; one that is too long for a title stands below one."""
    if len(asked.title) <= VISIBLE_TITLE:
        return msgspec.structs.replace(asked, body=_body(run, asked.step, context))
    title = headline(run.workflow.name, " asks you")
    return msgspec.structs.replace(asked, title=title, body=_body(run, asked.step, context, asked.title))


def _hold_back(run_id: str, index: int, context: Context) -> None:
    """Keep a question for later: until the screen is unlocked or free again, or the quiet hours are over."""
    context.held_back.add((run_id, index))
    wake_after_quiet(context)


def wake_after_quiet(context: Context) -> None:
    """Look at what is held back when the quiet hours end; all else that keeps it back says itself when it ends."""
    hour, _, minute = context.settings.quiet_until.partition(":")
    over = next_time(f"{int(minute)} {int(hour)} * * *", context.clock.zone(), context.now)
    context.scheduler.wake(HELD_BACK, over or context.now + DAY)


def show_held_back(context: Context) -> None:
    """Put the questions on screen that could not be shown when they came."""
    for run_id, index in tuple(context.held_back):
        active = context.active.get(run_id)
        if active is not None and active.outcome is None and is_question(active.run, index):
            show_question(active.run, index, context)
            if (run_id, index) not in context.held_back:
                attempt(context, partial(_note_shown, question_id(run_id, index), context))
        else:
            context.held_back.discard((run_id, index))


def _note_shown(suggestion_id: str, context: Context) -> None:
    """Store that a question came on screen after all, unless its answer has overtaken it."""
    asked = context.store.suggestions.get(suggestion_id)
    if asked is not None and asked.status is SuggestionStatus.WAITING:
        context.store.suggestions.put(msgspec.structs.replace(asked, shown_at=context.now))


def escalation_key(run_id: str, index: int) -> str:
    """Return the name of the alarm after which a question is told on the second channel."""
    return f"escalate:{run_id}:{index}"


def _was_escalated(run: Run, index: int) -> bool:
    return bool(run.steps[index].before.get("escalated_at"))


def escalate(run_id: str, index: int, context: Context) -> None:
    """Tell on the second channel, once, that a run waits for its answer; noted before it is sent."""
    active = context.active.get(run_id)
    if active is None or not is_question(active.run, index) or _was_escalated(active.run, index):
        return
    record = active.run.steps[index]
    noted = msgspec.structs.replace(record, before={"escalated_at": context.now})
    steps = (*active.run.steps[:index], noted, *active.run.steps[index + 1 :])
    run = msgspec.structs.replace(active.run, steps=steps)
    again = escalation_key(run_id, index)
    context.scheduler.wake(again, context.now + STORE_AGAIN)
    context.store.runs.put(run)
    context.scheduler.cancel(again)
    active.run = run
    name = run.workflow.name
    send_far(context, f"{name} waits for your yes", f"{kind_of(run.workflow.steps[index])}: {record.text}")


def open_questions(run: Run, context: Context) -> list[Suggestion]:
    """Return the questions of a run that still wait for an answer."""
    asked = (
        context.store.suggestions.get(question_id(run.id, each.index)) for each in run.steps if each.due_at
    )
    return [each for each in asked if each is not None and each.status is SuggestionStatus.WAITING]


def heard(run: Run, index: int, context: Context) -> ApprovalAnswered | None:
    """Return the answer to a question that an earlier agent could not act on any more; None = it still stands."""
    asked = context.store.suggestions.get(question_id(run.id, index))
    if asked is not None and asked.status is SuggestionStatus.WAITING:
        return None
    approved = asked is not None and asked.status is SuggestionStatus.APPROVED
    return ApprovalAnswered(run_id=run.id, index=index, approved=approved)
