"""What can be asked of runs: start, look, follow, cancel, take back, judge; and of what came to nothing."""

from collections.abc import Iterator
from concurrent.futures import Future

import msgspec

from understudy.core.dead_letter import DeadLetter, DeadLetterStatus
from understudy.core.grant import Grant, Scope
from understudy.core.run import Cause, Run, StepRecord, StepStatus
from understudy.core.store_queries import RunQuery
from understudy.core.value import Millis, Value
from understudy.core.workflow import Workflow
from understudy.engine import answering, cancelling, cards, dead_letters, undo
from understudy.engine.active import Work
from understudy.engine.cases.base import Cases
from understudy.engine.identity import new_id
from understudy.engine.messages import RunWanted
from understudy.engine.promote import workflow_id_of
from understudy.engine.replies import then
from understudy.engine.views import RunCard, SuggestionCard
from understudy.errors import ConflictError, InvalidInputError, NotFoundError

LONGEST_FEEDBACK = 2_000
"""Characters."""
ANY_RUNS = RunQuery()


class TraceEntry(Value):
    """One thing that happened in a run."""

    at: Millis
    what: str
    """wanted, started, step_started, step_ended, waits or ended."""
    step: str = ""
    """Id of the step."""
    status: str = ""
    text: str = ""


class Trace(Value):
    """What happened in a run, in order."""

    run: Run
    entries: tuple[TraceEntry, ...]


class StepOutput(Value):
    """What one step has said."""

    step: str
    action: str
    status: str
    text: str
    """As far as it is kept: the latest 64 KiB while it works."""
    end: int = 0
    """Characters said so far, for a step at work: where the live events go on."""


class RunCases(Cases):
    """Runs, approvals, dead letters and grants."""

    # --- looking ---------------------------------------------------------------------------------

    def runs(self, query: RunQuery = ANY_RUNS) -> list[RunCard]:
        """Return the runs that fit, newest first."""
        if query.before:
            self._run(query.before)
        found = self._context.store.runs.find(query)
        if query.workflow_id and not found:
            self._workflow(
                query.workflow_id
            )  # (runs of a removed one stay listed; of one that never was there are none)
        return [cards.run_card(run, self._context) for run in found]

    def run(self, run_id: str) -> RunCard:
        """Return one run."""
        return cards.run_card(self._run(run_id), self._context)

    def trace(self, run_id: str) -> Trace:
        """Return what happened in a run, in order, with times and words."""
        run = self._run(run_id)
        return Trace(run=run, entries=tuple(sorted(_entries(run), key=lambda entry: entry.at)))

    def output(self, run_id: str) -> list[StepOutput]:
        """Return what each step of a run has said so far; what comes next is told as `output`."""
        run, active = self._run(run_id), self._context.active.get(run_id)
        works = active.works if active else {}
        return [_said(record, works.get(record.index)) for record in run.steps]

    def approvals(self) -> list[SuggestionCard]:
        """Return the questions of runs that wait for an answer, oldest first."""
        waiting = self._context.store.suggestions.waiting()
        return [cards.suggestion_card(each, self._context) for each in waiting if each.is_approval]

    # --- acting ----------------------------------------------------------------------------------

    def run_now(
        self, workflow_id: str, by: str, *, consent: bool = False, wait: bool = True
    ) -> "Future[Run]":
        """Run a workflow because the person says so.

        The future gets the run once it has ended or waits; without `wait` as soon as it is begun or queued.
        """
        workflow = self._workflow(workflow_id)
        if consent:
            answering.give_consent(self._context, workflow, Scope.ONCE, by)
        return self._start(workflow, Cause(kind="manual", ref=by, text="You started it"), waits=wait)

    def execute_pattern(
        self, pattern_id: str, by: str, *, consent: bool = False, wait: bool = True
    ) -> "Future[Run]":
        """Run what a pattern has become; `wait` as in `run_now`."""
        if self._context.store.patterns.get(pattern_id) is None:
            raise NotFoundError(f"There is no pattern {pattern_id}", fix="See: understudy patterns")
        workflow_id = workflow_id_of(pattern_id)
        if self._context.store.workflows.get(workflow_id) is None:
            raise ConflictError(
                f"{pattern_id} cannot be run",
                "It is something seen, with nothing in it that could be done for you",
                "What can be run: understudy workflows",
            )
        return self.run_now(workflow_id, by, consent=consent, wait=wait)

    def cancel(self, run_id: str, by: str) -> "Future[RunCard]":
        """End a run that is queued, waits or is at work; the future gets it once it has ended."""
        reply: Future[Run] = Future()
        cancelling.cancel(run_id, by, self._context, reply)
        return self._as_card(reply)

    def undo(self, run_id: str, by: str) -> "Future[RunCard]":  # noqa: ARG002  (the list of use cases names it)
        """Take a run back; the future gets what came of it."""
        reply: Future[Run] = Future()
        undo.begin(run_id, self._context, reply)
        return self._as_card(reply)

    def feedback(self, run_id: str, *, good: bool, text: str = "") -> RunCard:
        """Keep what the person says of a run; for a learned workflow it counts as evidence."""
        run = self._run(run_id)
        if not run.status.is_final:
            raise ConflictError(f"{run_id} is still going on", fix="Say it once it has ended")
        if len(text) > LONGEST_FEEDBACK:
            raise InvalidInputError(
                "That is too long", f"At most {LONGEST_FEEDBACK} characters are kept", "Say it shorter"
            )
        said = "good" if good else "bad"
        judged = msgspec.structs.replace(run, feedback=f"{said}: {text.strip()}" if text.strip() else said)
        self._context.store.runs.put(judged)
        if run.feedback.partition(":")[0] != said:
            answering.verdict(
                self._context, run.workflow, hit=good, reason="approved" if good else "rejected"
            )
        return cards.run_card(judged, self._context)

    # --- dead letters ----------------------------------------------------------------------------

    def dead_letters(self, *, every: bool = False, limit: int = 100, before: str = "") -> list[DeadLetter]:
        """Return what came to nothing and waits to be seen to; `every` = what is settled too. Newest first."""
        if before:
            self.dead_letter(before)
        status = None if every else DeadLetterStatus.OPEN
        return self._context.store.dead_letters.find(status, limit, before)

    def dead_letter(self, letter_id: str) -> DeadLetter:
        """Return one of them."""
        return dead_letters.find(letter_id, self._context)

    def retry_dead_letter(
        self, letter_id: str, by: str, *, consent: bool = False, wait: bool = True
    ) -> "Future[Run]":
        """Run again what came to nothing, as the workflow is now; steps that were done are not done again.

        `wait` as in `run_now`.
        """
        letter = dead_letters.find_open(letter_id, self._context)
        if letter.task_id:
            raise ConflictError(
                f"{letter_id} belongs to a task",
                fix=f"Try the task again: understudy task retry {letter.task_id}",
            )
        failed = self._run(letter.run_id)
        workflow = self._context.store.workflows.get(letter.workflow_id) or failed.workflow
        if consent:
            answering.give_consent(self._context, workflow, Scope.ONCE, by)
        cause = Cause(kind="manual", ref=by, text="You tried it again")
        return self._start(workflow, cause, redone=failed, waits=wait)

    def dismiss_dead_letter(self, letter_id: str) -> DeadLetter:
        """Set one aside for good."""
        return dead_letters.dismiss(letter_id, self._context)

    # --- grants ----------------------------------------------------------------------------------

    def grants(self, workflow_id: str = "") -> list[Grant]:
        """Return the permissions given, of one workflow or all, oldest first."""
        store = self._context.store.grants
        return store.of(self._workflow(workflow_id).id) if workflow_id else store.all()

    def revoke_grant(self, grant_id: str) -> None:
        """Take a permission back for good."""
        if self._context.store.grants.get(grant_id) is None:
            raise NotFoundError(f"There is no permission {grant_id}", fix="See: understudy grants")
        self._context.store.grants.delete(grant_id)

    # --- within ----------------------------------------------------------------------------------

    def _run(self, run_id: str) -> Run:
        active = self._context.active.get(run_id)
        run = active.run if active else self._context.store.runs.get(run_id)
        if run is None:
            raise NotFoundError(f"There is no run {run_id}", fix="See: understudy runs")
        return run

    def _start(
        self, workflow: Workflow, cause: Cause, redone: Run | None = None, *, waits: bool
    ) -> "Future[Run]":
        reply: Future[Run] = Future()
        wanted = RunWanted(
            run_id=new_id("r"),
            workflow=workflow,
            cause=cause,
            event=redone.event if redone else {"kind": "manual"},
            redoes=redone.id if redone else "",
            reply=reply,
            waits=waits,
        )
        self._context.post(wanted)
        return reply

    def _as_card(self, reply: "Future[Run]") -> "Future[RunCard]":
        return then(reply, lambda run: cards.run_card(run, self._context))


def _said(record: StepRecord, work: Work | None) -> StepOutput:
    text, end = work.output.so_far if work else (record.output, 0)
    return StepOutput(step=record.id, action=record.action, status=record.status.value, text=text, end=end)


def _entries(run: Run) -> Iterator[TraceEntry]:
    yield TraceEntry(at=run.created_at, what="wanted", text=run.cause.text)
    if run.started_at:
        yield TraceEntry(at=run.started_at, what="started", text=run.workflow.name)
    for record in run.steps:
        yield from _of_step(record)
    if run.ended_at:
        yield TraceEntry(at=run.ended_at, what="ended", status=run.status.value, text=run.text)


def _of_step(record: StepRecord) -> Iterator[TraceEntry]:
    status = record.status.value
    if record.started_at:
        yield TraceEntry(at=record.started_at, what="step_started", step=record.id, text=record.text)
    if record.status is StepStatus.WAITING:
        text = record.output or record.text
        yield TraceEntry(at=record.due_at, what="waits", step=record.id, status=status, text=text)
    elif record.ended_at:
        text = record.output or record.reason
        yield TraceEntry(at=record.ended_at, what="step_ended", step=record.id, status=status, text=text)
