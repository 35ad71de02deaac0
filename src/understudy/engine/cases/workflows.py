"""Workflows: writing, changing, copying them, and going back to what they were."""

from typing import Any

import msgspec

from understudy.core.document import CONTENT, read_document, write_document
from understudy.core.document_schema import schema
from understudy.core.grant import Scope
from understudy.core.suggestion import SuggestionStatus
from understudy.core.trust import Tier
from understudy.core.value import Millis, Value
from understudy.core.wording import shortened
from understudy.core.workflow import Lifecycle, Origin, Workflow
from understudy.engine import answering, cards, expiring, hotkeys, promote
from understudy.engine.cases.base import Cases
from understudy.engine.checking import LONGEST_NAME
from understudy.engine.context import Context
from understudy.engine.decide import arm, is_armed
from understudy.engine.identity import new_id
from understudy.engine.saving import (
    at_most_suggest,
    checked,
    content_of,
    tidy_steps,
    warnings_of,
    workflow_from,
)
from understudy.engine.views import WorkflowCard
from understudy.errors import ConflictError, NotFoundError

COPY = " (copy)"
"""After the name of a copy that is given none."""


class WorkflowQuery(Value):
    """Which workflows; empty fields do not restrict."""

    text: str = ""
    """Part of name, description or category, without case."""
    tier: Tier | None = None
    lifecycle: Lifecycle | None = None
    origin: Origin | None = None
    category: str = ""
    after: str = ""
    """Id of the last one of the page before."""
    limit: int = 1000


class WorkflowVersion(Value):
    """What a workflow was like at one time."""

    version: int
    saved_at: Millis
    changed: tuple[str, ...]
    """Fields that differ from the version before; of the first one none."""
    is_current: bool
    document: dict[str, Any]


class WorkflowCases(Cases):
    """What can be asked about workflows; running them is not here."""

    # --- looking ---------------------------------------------------------------------------------

    def workflows(self, query: WorkflowQuery = WorkflowQuery()) -> list[WorkflowCard]:  # noqa: B008  (an empty value)
        """Return the workflows that fit, by creation."""
        every = self._context.store.workflows.all()
        if query.after:
            every = every[every.index(self._workflow(query.after)) + 1 :]
        found = [each for each in every if _fits(each, query)][: query.limit]
        return [cards.workflow_card(each, self._context) for each in found]

    def workflow(self, workflow_id: str) -> WorkflowCard:
        """Return one workflow, with what the person should know of it."""
        return card_of(self._workflow(workflow_id), self._context)

    def document(self, workflow_id: str) -> dict[str, Any]:
        """Return a workflow as a person writes it, to be kept, shared or changed."""
        return _document_of(self._workflow(workflow_id), self._context)

    def workflow_schema(self) -> dict[str, Any]:
        """Return the JSON schema of such documents, with the actions of this machine."""
        return schema(self._context.actions)

    def versions(self, workflow_id: str) -> list[WorkflowVersion]:
        """Return what a workflow was like, newest first."""
        now = self._workflow(workflow_id)
        kept = [each for each in self._context.store.versions.of(workflow_id) if each.version != now.version]
        row = [now, *kept]
        before = [*row[1:], None]
        return [
            _version_of(each, now, earlier, self._context) for each, earlier in zip(row, before, strict=True)
        ]

    def version(self, workflow_id: str, number: int) -> WorkflowVersion:
        """Return what a workflow was like in one version."""
        for each in self.versions(workflow_id):
            if each.version == number:
                return each
        fix = f"See: understudy workflows versions {workflow_id}"
        raise NotFoundError(f"{workflow_id} has no version {number}", fix=fix)

    # --- writing ---------------------------------------------------------------------------------

    def add_workflow(self, document: dict[str, Any]) -> WorkflowCard:
        """Store a hand-written workflow."""
        return self._add(workflow_from(document, self._context))

    def change_workflow(
        self,
        workflow_id: str,
        document: dict[str, Any],
        by: str = "",
        *,
        consent: bool = False,
        version: int | None = None,
    ) -> WorkflowCard:
        """Make a workflow what the document says; without a `tier` in it, that stays.

        Changed steps are asked about again: auto becomes suggest, unless `consent` says that they were read.
        `version`: the one that was read and changed; raises ConflictError where it is another one by now.
        """
        old = self._workflow(workflow_id)
        if version not in (None, old.version):
            raise ConflictError(
                f"{old.name} has changed meanwhile",
                f"It is version {old.version} by now, and version {version} was changed",
                f"Look at it first: understudy workflows versions {old.id}",
            )
        written = read_document(document, self._context.clock.zone())
        new = checked(msgspec.structs.replace(old, **content_of(written)), self._context)
        tier = written.tier if "tier" in document else old.tier
        return self._replace(old, new, tier, by, consent=consent)

    def restore_version(self, workflow_id: str, number: int) -> WorkflowCard:
        """Make a workflow what it was in an earlier version; that becomes a version of its own."""
        self.version(workflow_id, number)
        old = self._workflow(workflow_id)
        then = self._context.store.versions.get(workflow_id, number) or old
        new = checked(msgspec.structs.replace(old, **content_of(then)), self._context)
        return self._replace(old, new, old.tier, "", consent=False)

    def clone_workflow(self, workflow_id: str, name: str = "") -> WorkflowCard:
        """Store a copy under another name, switched off until it is as wanted."""
        context, old = self._context, self._workflow(workflow_id)
        copy = Workflow(
            id=new_id("w"),
            tier=at_most_suggest(old.tier),
            lifecycle=Lifecycle.SUSPENDED,
            note="It is a copy: enable it once it is as you want it",
            created_at=context.now,
            **{**content_of(old), "name": name or shortened(old.name, LONGEST_NAME - len(COPY)) + COPY},
        )
        return self._add(checked(copy, context))

    def remove_workflow(self, workflow_id: str) -> None:
        """Delete a hand-written workflow, or set a learned one aside for good. Its runs stay listed."""
        context, workflow = self._context, self._workflow(workflow_id)
        expiring.withdraw(context, workflow.id)
        if workflow.origin is Origin.LEARNED:
            promote.change(context, workflow, lifecycle=Lifecycle.ARCHIVED, note="You removed it")
            return
        store = context.store
        with store.transaction():
            for table in (store.suggestions, store.grants, store.versions, store.levels, store.dead_letters):
                table.delete_of(workflow.id)
            store.workflows.delete(workflow.id)
        arm(context)
        context.tell("workflow", {"id": workflow.id})

    # --- storing ---------------------------------------------------------------------------------

    def _add(self, workflow: Workflow) -> WorkflowCard:
        self._check_hotkeys(workflow)
        with self._context.store.transaction():
            self._context.store.versions.put(workflow)
            self._context.store.workflows.put(workflow)
        return self._tell(workflow)

    def _replace(self, old: Workflow, new: Workflow, tier: Tier, by: str, *, consent: bool) -> WorkflowCard:
        """Store what a workflow is from now on, as a version of its own when it does something else."""
        context, store = self._context, self._context.store
        is_other = content_of(new) != content_of(old)
        may_stay_auto = old.tier is Tier.AUTO and (new.steps == old.steps or consent)
        new = msgspec.structs.replace(
            new,
            tier=tier if may_stay_auto else at_most_suggest(tier),
            lifecycle=Lifecycle.ACTIVE if old.lifecycle is Lifecycle.DRAFT else old.lifecycle,
            version=old.version + 1 if is_other else old.version,
            changed_at=context.now,
        )
        self._check_hotkeys(new)
        with store.transaction():
            if is_other:
                store.versions.put(old)
                store.versions.put(new)
            store.workflows.put(new)
            if consent:
                answering.give_consent(context, new, Scope.ALWAYS, by)
        if is_other:
            _withdraw_questions(new, context)
        return self._tell(new)

    def _check_hotkeys(self, workflow: Workflow) -> None:
        if is_armed(workflow):
            hotkeys.check_free(workflow, self._context)

    def _tell(self, workflow: Workflow) -> WorkflowCard:
        arm(self._context)
        self._context.tell("workflow", {"id": workflow.id})
        return card_of(workflow, self._context)


def card_of(workflow: Workflow, context: Context) -> WorkflowCard:
    """Return a workflow as it is shown, with what the person should know of it."""
    card = cards.workflow_card(workflow, context)
    return msgspec.structs.replace(card, warnings=warnings_of(workflow, context))


def _document_of(workflow: Workflow, context: Context) -> dict[str, Any]:
    return write_document(msgspec.structs.replace(workflow, steps=tidy_steps(workflow, context)))


def _version_of(
    workflow: Workflow, now: Workflow, before: Workflow | None, context: Context
) -> WorkflowVersion:
    names = [name for name in CONTENT if before and getattr(before, name) != getattr(workflow, name)]
    return WorkflowVersion(
        version=workflow.version,
        saved_at=workflow.changed_at,
        changed=tuple(names),
        is_current=workflow.version == now.version,
        document=_document_of(workflow, context),
    )


def _fits(workflow: Workflow, query: WorkflowQuery) -> bool:
    looks = workflow.metadata
    text = f"{workflow.name}\n{looks.description}\n{looks.category}".casefold()
    return (
        query.text.casefold() in text
        and query.tier in (None, workflow.tier)
        and query.lifecycle in (None, workflow.lifecycle)
        and query.origin in (None, workflow.origin)
        and query.category.casefold() in ("", looks.category.casefold())
    )


def _withdraw_questions(workflow: Workflow, context: Context) -> None:
    """Take back the questions that show what is no longer done; a run that waits goes on as it began."""
    for suggestion in context.store.suggestions.waiting():
        if suggestion.workflow_id == workflow.id and not suggestion.is_approval:
            expiring.settle_without_answer(context, suggestion, SuggestionStatus.WITHDRAWN)
