"""What the person decides about a workflow: how far it may go, whether it is on, and when it is left in peace."""

from understudy.core.grant import Scope
from understudy.core.trust import Tier
from understudy.core.value import MINUTE
from understudy.core.workflow import Lifecycle, Workflow
from understudy.engine import answering, expiring, explain, hotkeys, promote, propose
from understudy.engine.cases.base import Cases
from understudy.engine.cases.workflows import card_of
from understudy.engine.permit import missing_consent
from understudy.engine.views import WorkflowCard
from understudy.errors import InvalidInputError, RefusedError

LONGEST_SNOOZE = 30 * 24 * 60
"""Minutes."""


class DecidingCases(Cases):
    """What can be decided about workflows."""

    def set_tier(self, workflow_id: str, tier: Tier, by: str, *, consent: bool = False) -> WorkflowCard:
        """Move a workflow to a tier. Auto needs the evidence, and for scripts the person's consent."""
        context, workflow = self._context, self._workflow(workflow_id)
        if tier is Tier.AUTO:
            self._check_auto(workflow)
            if consent:
                answering.give_consent(context, workflow, Scope.ALWAYS, by)
            missing = missing_consent(workflow, context)
            if missing:
                raise RefusedError(missing.text, fix="Read it, then allow it: --allow-script")
        is_draft = workflow.lifecycle is Lifecycle.DRAFT
        lifecycle = Lifecycle.ACTIVE if is_draft and tier is not Tier.OBSERVE else workflow.lifecycle
        note = "" if lifecycle is Lifecycle.ACTIVE else workflow.note
        changed = promote.change(context, workflow, tier=tier, lifecycle=lifecycle, note=note)
        return card_of(changed, context)

    def set_enabled(self, workflow_id: str, *, enabled: bool) -> WorkflowCard:
        """Suspend a workflow, or take it up again."""
        lifecycle = Lifecycle.ACTIVE if enabled else Lifecycle.SUSPENDED
        note = "" if enabled else "You switched it off"
        workflow = self._workflow(workflow_id)
        if enabled:
            hotkeys.check_free(workflow, self._context)
        changed = promote.change(self._context, workflow, lifecycle=lifecycle, note=note)
        if not enabled:
            expiring.withdraw(self._context, workflow_id)
        return card_of(changed, self._context)

    def snooze(self, workflow_id: str, minutes: int) -> WorkflowCard:
        """Let nothing fire a workflow for so many minutes; 0 = listen again at once."""
        if not 0 <= minutes <= LONGEST_SNOOZE:
            fix = f"Use 0 to {LONGEST_SNOOZE} (30 days)"
            raise InvalidInputError(f"Snoozing for {minutes} minutes is not possible", fix=fix)
        context, workflow = self._context, self._workflow(workflow_id)
        until = context.now + minutes * MINUTE if minutes else 0
        return card_of(promote.change(context, workflow, snoozed_until=until), context)

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
