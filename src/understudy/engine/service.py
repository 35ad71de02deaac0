"""Every use case, once: what CLI, API and tray can ask for. On the engine thread, through `Agent.ask`."""

import os
from concurrent.futures import Future
from typing import Any, Protocol

from understudy.config import Settings
from understudy.core.capture import Capture, CaptureKind
from understudy.core.grant import Scope
from understudy.core.pattern import PatternState
from understudy.core.ports import CaptureQuery, ImportOptions, Intake, Machine, StoredCapture
from understudy.core.privacy import screen
from understudy.core.reason import Reason
from understudy.core.run import Cause, Run
from understudy.core.suggestion import Answer, Suggestion
from understudy.core.trust import Tier
from understudy.core.workflow import Lifecycle, Origin, Workflow
from understudy.engine import cards, explain, intake, keeping, maintain, promote, propose, undo
from understudy.engine.context import Context
from understudy.engine.decide import arm
from understudy.engine.execute import stop_all
from understudy.engine.identity import new_id
from understudy.engine.messages import RunWanted
from understudy.engine.permit import missing_consent
from understudy.engine.saving import workflow_from
from understudy.engine.views import (
    Doctor,
    Export,
    Imported,
    Purged,
    RunCard,
    Screened,
    Status,
    SuggestionCard,
    Why,
    WorkflowCard,
)
from understudy.errors import InvalidInputError, NotFoundError, RefusedError

NEEDED = frozenset({"store", "session_bus", "focus", "notifications"})
"""Without one of these the product does not do its job."""
MOST_MINUTES = 7 * 24 * 60
"""Longest pause with an end."""


class UseCases(Protocol):
    """The list. Every method raises an UnderstudyError with what, why and what to do when it cannot."""

    # looking
    def status(self) -> Status: ...
    def doctor(self) -> Doctor | Future[Doctor]: ...
    def captures(self, query: CaptureQuery) -> list[StoredCapture]: ...
    def patterns(self) -> list[PatternState]: ...
    def suggestions(
        self, *, every: bool = False
    ) -> list[SuggestionCard]: ...  # waiting ones; every = answered too
    def workflows(self) -> list[WorkflowCard]: ...
    def workflow(self, workflow_id: str) -> WorkflowCard: ...
    def runs(self, *, limit: int = 50, workflow_id: str = "") -> list[RunCard]: ...
    def run(self, run_id: str) -> RunCard: ...
    def why(self, thing_id: str) -> Why: ...  # id of a run, suggestion, workflow or pattern
    def why_not(self, thing_id: str) -> Why: ...  # why is it not offered / not running / not auto

    # deciding
    def answer(self, suggestion_id: str, answer: Answer, by: str) -> Suggestion: ...
    def set_tier(self, workflow_id: str, tier: Tier, by: str, *, consent: bool = False) -> WorkflowCard: ...
    def add_workflow(self, document: dict[str, Any]) -> WorkflowCard: ...
    def remove_workflow(self, workflow_id: str) -> None: ...
    def set_enabled(self, workflow_id: str, *, enabled: bool) -> WorkflowCard: ...  # suspend / take up again

    # acting
    def run_now(self, workflow_id: str, by: str, *, consent: bool = False) -> Run | Future[Run]: ...
    def undo(self, run_id: str, by: str) -> RunCard | Future[RunCard]: ...
    def pause(self, minutes: int = 0) -> Status: ...  # 0 = until resumed
    def resume(self) -> Status: ...
    def stop(self) -> Status: ...  # ends every run at once, and pauses

    # keeping
    def settings(self) -> Settings: ...
    def change_settings(
        self, changes: dict[str, Any]
    ) -> Settings: ...  # field -> new value, only what changes
    def screen(self, app: str, title: str, url: str = "") -> Screened: ...
    def import_source(
        self, source: str, format_name: str, options: ImportOptions
    ) -> Imported: ...  # path or address
    def export(self) -> Export: ...
    def purge(self, query: CaptureQuery, *, everything: bool = False) -> Purged | Future[Purged]: ...
    def autostart(self) -> bool: ...
    def set_autostart(self, *, enabled: bool) -> bool: ...
    def quit(self) -> None: ...


class Service:
    """The use cases, carried out."""

    def __init__(self, context: Context, intake: Intake, machine: Machine, version: str) -> None:
        self._context = context
        self._intake = intake
        self._machine = machine
        self._version = version

    # --- looking ---------------------------------------------------------------------------------

    def status(self) -> Status:
        """Return the agent at a glance."""
        return cards.status(self._context, self._version, os.getpid())

    def doctor(self) -> "Future[Doctor]":
        """Look, on a worker, at what this machine offers; the future gets it."""
        reply: Future[Doctor] = Future()

        def look() -> None:
            try:
                capabilities = self._machine.capabilities()
            except Exception as error:  # noqa: BLE001  (a plug-in may raise anything; it is told)
                reply.set_exception(error)
            else:
                healthy = not any(each.state == "missing" and each.name in NEEDED for each in capabilities)
                reply.set_result(Doctor(capabilities=capabilities, healthy=healthy))

        self._context.workers.submit(look)
        return reply

    def captures(self, query: CaptureQuery) -> list[StoredCapture]:
        """Return stored captures, newest first."""
        return self._context.store.captures.find(query)

    def patterns(self) -> list[PatternState]:
        """Return every pattern, the surest first."""
        return sorted(self._context.learner.states(), key=lambda state: -state.evidence.lower_bound)

    def suggestions(self, *, every: bool = False) -> list[SuggestionCard]:
        """Return the suggestions that wait, or the latest of all."""
        store = self._context.store.suggestions
        chosen = store.recent() if every else store.waiting()
        return [cards.suggestion_card(each, self._context) for each in chosen]

    def workflows(self) -> list[WorkflowCard]:
        """Return every workflow."""
        return [cards.workflow_card(each, self._context) for each in self._context.store.workflows.all()]

    def workflow(self, workflow_id: str) -> WorkflowCard:
        """Return one workflow."""
        return cards.workflow_card(self._workflow(workflow_id), self._context)

    def runs(self, *, limit: int = 50, workflow_id: str = "") -> list[RunCard]:
        """Return the latest runs, newest first."""
        found = self._context.store.runs.recent(limit=limit, workflow_id=workflow_id)
        return [cards.run_card(run, self._context) for run in found]

    def run(self, run_id: str) -> RunCard:
        """Return one run."""
        run = self._context.store.runs.get(run_id)
        if run is None:
            raise NotFoundError(f"There is no run {run_id}", fix="See: understudy runs")
        return cards.run_card(run, self._context)

    def why(self, thing_id: str) -> Why:
        """Return the reasons for something."""
        return explain.why(thing_id, self._context)

    def why_not(self, thing_id: str) -> Why:
        """Return what stands against something."""
        return explain.why_not(thing_id, self._context)

    # --- deciding --------------------------------------------------------------------------------

    def answer(self, suggestion_id: str, answer: Answer, by: str) -> Suggestion:
        """Take the person's answer to a suggestion."""
        answered, messages = propose.answer(self._context, suggestion_id, answer, by)
        for message in messages:
            self._context.post(message)
        return answered

    def set_tier(self, workflow_id: str, tier: Tier, by: str, *, consent: bool = False) -> WorkflowCard:
        """Move a workflow to a tier. Auto needs the evidence, and for scripts the person's consent."""
        context, workflow = self._context, self._workflow(workflow_id)
        if tier is Tier.AUTO:
            self._check_auto(workflow)
            if consent:
                propose.give_consent(context, workflow, Scope.ALWAYS, by)
            missing = missing_consent(workflow, context)
            if missing:
                raise RefusedError(missing.text, fix="Read it, then allow it: --allow-script")
        is_draft = workflow.lifecycle is Lifecycle.DRAFT
        lifecycle = Lifecycle.ACTIVE if is_draft and tier is not Tier.OBSERVE else workflow.lifecycle
        note = "" if lifecycle is Lifecycle.ACTIVE else workflow.note
        changed = promote.change(context, workflow, tier=tier, lifecycle=lifecycle, note=note)
        return cards.workflow_card(changed, context)

    def _check_auto(self, workflow: Workflow) -> None:
        if propose.may_auto(workflow, self._context):
            return
        against = explain.why_not(workflow.id, self._context).reasons
        because = [
            reason.text for reason in against if "auto" in reason.code or reason.code == "manual_trigger"
        ]
        raise RefusedError(
            f"{workflow.name} cannot run by itself yet",
            "; ".join(because),
            "It can ask each time: understudy tier " + workflow.id + " suggest",
        )

    def add_workflow(self, document: dict[str, Any]) -> WorkflowCard:
        """Store a hand-written workflow."""
        workflow = workflow_from(document, self._context)
        return cards.workflow_card(promote.change(self._context, workflow), self._context)

    def remove_workflow(self, workflow_id: str) -> None:
        """Delete a hand-written workflow, or set a learned one aside for good."""
        context, workflow = self._context, self._workflow(workflow_id)
        propose.withdraw(context, workflow.id)
        if workflow.origin is Origin.LEARNED:
            promote.change(context, workflow, lifecycle=Lifecycle.ARCHIVED, note="You removed it")
        else:
            with context.store.transaction():
                context.store.suggestions.delete_of(workflow.id)
                context.store.grants.delete_of(workflow.id)
                context.store.workflows.delete(workflow.id)
            arm(context)

    def set_enabled(self, workflow_id: str, *, enabled: bool) -> WorkflowCard:
        """Suspend a workflow, or take it up again."""
        lifecycle = Lifecycle.ACTIVE if enabled else Lifecycle.SUSPENDED
        note = "" if enabled else "You switched it off"
        changed = promote.change(self._context, self._workflow(workflow_id), lifecycle=lifecycle, note=note)
        if not enabled:
            propose.withdraw(self._context, workflow_id)
        return cards.workflow_card(changed, self._context)

    # --- acting ----------------------------------------------------------------------------------

    def run_now(self, workflow_id: str, by: str, *, consent: bool = False) -> "Future[Run]":
        """Run a workflow because the person says so; the future gets the ended run, or why not."""
        context, workflow = self._context, self._workflow(workflow_id)
        if consent:
            propose.give_consent(context, workflow, Scope.ONCE, by)
        reply: Future[Run] = Future()
        cause = Cause(kind="manual", ref=by, text="You started it")
        context.post(RunWanted(run_id=new_id("r"), workflow=workflow, cause=cause, reply=reply))
        return reply

    def undo(self, run_id: str, by: str) -> "Future[RunCard]":  # noqa: ARG002  (the list of use cases names it)
        """Take a run back; the future gets what came of it."""
        reply: Future[Run] = Future()
        undo.begin(run_id, self._context, reply)
        card: Future[RunCard] = Future()

        def pass_on(done: "Future[Run]") -> None:
            error = done.exception()
            if error is not None:
                card.set_exception(error)
            else:
                card.set_result(cards.run_card(done.result(), self._context))

        reply.add_done_callback(pass_on)
        return card

    def pause(self, minutes: int = 0) -> Status:
        """Neither watch nor act for so many minutes; 0 = until resumed."""
        if not 0 <= minutes <= MOST_MINUTES:
            raise InvalidInputError(
                f"Pausing for {minutes} minutes is not possible", fix="Use 0 to 10080 (a week)"
            )
        maintain.pause(self._context, minutes)
        return self.status()

    def resume(self) -> Status:
        """Watch and act again."""
        maintain.resume(self._context)
        return self.status()

    def stop(self) -> Status:
        """End every run at once, and stay paused until resumed."""
        stop_all(self._context)
        return self.pause()

    # --- keeping ---------------------------------------------------------------------------------

    def settings(self) -> Settings:
        """Return the settings."""
        return self._context.settings

    def change_settings(self, changes: dict[str, Any]) -> Settings:
        """Change some settings."""
        return keeping.change_settings(self._context, changes)

    def screen(self, app: str, title: str, url: str = "") -> Screened:
        """Return what would be stored of a window."""
        seen = Capture(
            at=self._context.now, kind=CaptureKind.FOCUS, source="test", app=app, title=title, url=url
        )
        kept = screen(seen, self._context.settings.privacy)
        if isinstance(kept, Reason):
            return Screened(stored=False, reason=kept)
        stored = Reason(code="stored", text="This is what would be stored")
        return Screened(stored=True, reason=stored, app=kept.app, title=kept.title, url=kept.url)

    def import_source(self, source: str, format_name: str, options: ImportOptions) -> "Future[Imported]":
        """Import a file or address; the future gets what came of it."""
        return intake.begin(self._context, self._intake, source, format_name, options)

    def export(self) -> Export:
        """Return everything kept."""
        return keeping.export(self._context)

    def purge(self, query: CaptureQuery, *, everything: bool = False) -> "Future[Purged]":
        """Delete for good; the future gets what was deleted once its last byte is gone."""
        return keeping.purge(self._context, query, everything=everything)

    def autostart(self) -> bool:
        """Whether Understudy starts at login."""
        return self._machine.autostart()

    def set_autostart(self, *, enabled: bool) -> bool:
        """Switch starting at login on or off."""
        self._machine.set_autostart(enabled=enabled)
        return self._machine.autostart()

    def quit(self) -> None:
        """End the agent."""
        self._machine.quit()

    def _workflow(self, workflow_id: str) -> Workflow:
        workflow = self._context.store.workflows.get(workflow_id)
        if workflow is None:
            raise NotFoundError(f"There is no workflow {workflow_id}", fix="See: understudy workflows")
        return workflow
