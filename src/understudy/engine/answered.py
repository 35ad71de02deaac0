"""An answer to a run that waits for it: it goes on at that very step, or ends there."""

import msgspec

from understudy.core.run import RunStatus, StepStatus
from understudy.core.suggestion import SuggestionStatus
from understudy.core.workflow import ApprovalStep
from understudy.engine.active import Outcome
from understudy.engine.approving import escalation_key, is_question, question_id
from understudy.engine.closing import close
from understudy.engine.context import Context, log
from understudy.engine.failing import with_step
from understudy.engine.messages import ApprovalAnswered
from understudy.engine.steps import proceed

REFUSED = Outcome(status=RunStatus.CANCELLED, reason="refused", text="You said no, so it ended there.")
EXPIRED = Outcome(
    status=RunStatus.CANCELLED,
    reason="approval_expired",
    text="Nobody answered for 24 hours, so it ended there.",
)
WITHDRAWN = Outcome(
    status=RunStatus.CANCELLED, reason="withdrawn", text="Its question was taken back, so it ended there."
)


def take_answer(message: ApprovalAnswered, context: Context) -> None:
    """Go on with the run, or end it; an answer that comes twice or too late changes nothing."""
    active = context.active.get(message.run_id)
    if active is None or active.outcome is not None or not is_question(active.run, message.index):
        log.info("an answer to %s came too late", message.run_id)
        return
    run, index = active.run, message.index
    context.scheduler.cancel(escalation_key(run.id, index))
    if not message.approved:
        ended = msgspec.structs.replace(
            run.steps[index], status=StepStatus.CANCELLED, ended_at=context.now, output=message.text
        )
        active.run = with_step(run, ended)
        close(active, _refusal(run.id, index, context), context)
        return
    is_own = isinstance(run.workflow.steps[index], ApprovalStep)
    allowed = msgspec.structs.replace(
        run.steps[index],
        approved=True,
        due_at=0,
        status=StepStatus.DONE if is_own else StepStatus.PENDING,
        output=message.text if is_own else "",
        ended_at=context.now if is_own else 0,
    )
    active.run = with_step(run, allowed)
    proceed(active, context)


def _refusal(run_id: str, index: int, context: Context) -> Outcome:
    asked = context.store.suggestions.get(question_id(run_id, index))
    status = asked.status if asked else SuggestionStatus.WITHDRAWN
    return {SuggestionStatus.NOT_NOW: REFUSED, SuggestionStatus.EXPIRED: EXPIRED}.get(status, WITHDRAWN)
