"""Workflows: written, changed, tried out, run."""

from typing import Annotated, Any

import msgspec

from understudy.core.run import Run
from understudy.core.triggering import EVENT_OF
from understudy.core.trust import Tier
from understudy.core.value import Value
from understudy.core.workflow import Lifecycle, Origin
from understudy.engine.cases.triggers import Evaluated
from understudy.engine.cases.workflows import WorkflowQuery, WorkflowVersion
from understudy.engine.rehearsing import Rehearsal
from understudy.engine.views import WorkflowCard
from understudy.interfaces.api.routes.route import ById, Cursor, Id, Limit, Nothing, Page, Route

Minutes = Annotated[int, msgspec.Meta(ge=0, le=60 * 24 * 30)]
Version = Annotated[int, msgspec.Meta(ge=1, le=2**31)]
Seen = Annotated[
    Version,
    msgspec.Meta(description="The version that was read and changed; 409 where it is another one by now."),
]
Happening = Annotated[
    dict[str, Any],
    msgspec.Meta(
        description=f"Its `kind` ({', '.join(dict.fromkeys(EVENT_OF.values()))}), and in `data` what is known of it."
        " Of a capture: kind, app, title, url, text.",
        examples=[{"kind": "capture", "data": {"kind": "focus", "app": "mail", "title": "Inbox"}}],
    ),
]
"""As `Event`; what is left out goes without saying."""


class ListWorkflows(Value):
    """Which workflows; empty fields do not restrict."""

    text: str = ""
    tier: Tier | None = None
    lifecycle: Lifecycle | None = None
    origin: Origin | None = None
    category: str = ""
    after: Cursor = ""
    limit: Limit = 1000

    @property
    def query(self) -> WorkflowQuery:
        """The same, as the use case takes it."""
        return WorkflowQuery(**{name: getattr(self, name) for name in self.__struct_fields__})


class Change(Value):
    """What a workflow is to be."""

    id: Id
    document: dict[str, Any]
    """As in the schema of workflow documents."""
    consent: bool = False
    """Whether the person agreed to its scripts, having seen them."""
    version: Seen | None = None


class Clone(Value):
    """A copy under another name."""

    id: Id
    name: Annotated[str, msgspec.Meta(max_length=200)] = ""


class SetTier(Value):
    """How far a workflow may go."""

    id: Id
    tier: Tier
    consent: bool = False
    """Whether the person agreed to its scripts, having seen them."""


class SetEnabled(Value):
    """Suspend a workflow, or take it up again."""

    id: Id
    enabled: bool


class Snooze(Value):
    """For how many minutes nothing fires it; 0 = listen again at once."""

    id: Id
    minutes: Minutes


class Execute(Value):
    """Run a workflow now."""

    id: Id
    consent: bool = False
    """Whether the person agreed to its scripts, having seen them."""
    wait: bool = True
    """Whether to answer once the run has ended or waits; if not, at once, with its address."""


def run_begun(asked: Execute, run: Run) -> str:
    """Return where a run is found that was not waited for; empty = it was."""
    return "" if asked.wait else f"/api/runs/{run.id}"


class Evaluate(Value):
    """Something that might have happened."""

    id: Id
    event: Happening


class Rehearse(Value):
    """Over how many past days."""

    id: Id
    days: Annotated[int, msgspec.Meta(ge=1, le=90)] = 14


class OneVersion(Value):
    """A version of a workflow."""

    id: Id
    number: Version


PATH = "/api/workflows"

ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path=PATH,
        name="list_workflows",
        summary="The workflows, in the order in which they were made.",
        takes=ListWorkflows,
        gives=list[WorkflowCard],
        call=lambda use, q, _: use.workflows(q.query),
        page=Page(field="after", cursor=lambda card: card.workflow.id),
    ),
    Route(
        method="POST",
        path=PATH,
        name="add_workflow",
        summary="Add the workflow that a document describes.",
        takes=dict,
        gives=WorkflowCard,
        call=lambda use, document, _: use.add_workflow(document),
    ),
    Route(
        method="GET",
        path=f"{PATH}/{{id}}",
        name="show_workflow",
        summary="One workflow with all it would do, and what should be known of it.",
        takes=ById,
        gives=WorkflowCard,
        call=lambda use, q, _: use.workflow(q.id),
    ),
    Route(
        method="PUT",
        path=f"{PATH}/{{id}}",
        name="change_workflow",
        summary="Make a workflow what a document says; that becomes a new version.",
        takes=Change,
        gives=WorkflowCard,
        call=lambda use, q, by: use.change_workflow(
            q.id, q.document, by, consent=q.consent, version=q.version
        ),
    ),
    Route(
        method="DELETE",
        path=f"{PATH}/{{id}}",
        name="remove_workflow",
        summary="Remove a workflow; a learned one is set aside for good.",
        takes=ById,
        gives=None,
        call=lambda use, q, _: use.remove_workflow(q.id),
    ),
    Route(
        method="GET",
        path=f"{PATH}/{{id}}/document",
        name="export_workflow",
        summary="A workflow as a person writes it.",
        takes=ById,
        gives=dict[str, Any],
        call=lambda use, q, _: use.document(q.id),
    ),
    Route(
        method="POST",
        path=f"{PATH}/{{id}}/clone",
        name="clone_workflow",
        summary="Copy a workflow; the copy is off until it is switched on.",
        takes=Clone,
        gives=WorkflowCard,
        call=lambda use, q, _: use.clone_workflow(q.id, q.name),
    ),
    Route(
        method="POST",
        path=f"{PATH}/{{id}}/tier",
        name="set_tier",
        summary="Say how far a workflow may go: observe, suggest or auto.",
        takes=SetTier,
        gives=WorkflowCard,
        call=lambda use, q, by: use.set_tier(q.id, q.tier, by, consent=q.consent),
    ),
    Route(
        method="POST",
        path=f"{PATH}/{{id}}/enabled",
        name="set_enabled",
        summary="Suspend a workflow, or take it up again.",
        takes=SetEnabled,
        gives=WorkflowCard,
        call=lambda use, q, _: use.set_enabled(q.id, enabled=q.enabled),
    ),
    Route(
        method="POST",
        path=f"{PATH}/{{id}}/snooze",
        name="snooze_workflow",
        summary="Let nothing fire a workflow for a while.",
        takes=Snooze,
        gives=WorkflowCard,
        call=lambda use, q, _: use.snooze(q.id, q.minutes),
    ),
    Route(
        method="POST",
        path=f"{PATH}/{{id}}/execute",
        name="execute_workflow",
        summary="Run a workflow now.",
        takes=Execute,
        gives=Run,
        call=lambda use, q, by: use.run_now(q.id, by, consent=q.consent, wait=q.wait),
        goes_on_at=run_begun,
    ),
    Route(
        method="POST",
        path=f"{PATH}/{{id}}/evaluate",
        name="evaluate_workflow",
        summary="Say whether something would fire a workflow, and why or why not; nothing is done.",
        takes=Evaluate,
        gives=Evaluated,
        call=lambda use, q, _: use.evaluate(q.id, q.event),
    ),
    Route(
        method="GET",
        path=f"{PATH}/{{id}}/rehearsal",
        name="rehearse_workflow",
        summary="Say when a workflow would have run in the last days, and when you did it yourself.",
        takes=Rehearse,
        gives=Rehearsal,
        call=lambda use, q, _: use.rehearse(q.id, q.days),
    ),
    Route(
        method="GET",
        path=f"{PATH}/{{id}}/versions",
        name="list_versions",
        summary="What a workflow was like, newest first.",
        takes=ById,
        gives=list[WorkflowVersion],
        call=lambda use, q, _: use.versions(q.id),
    ),
    Route(
        method="GET",
        path=f"{PATH}/{{id}}/versions/{{number}}",
        name="show_version",
        summary="One version of a workflow.",
        takes=OneVersion,
        gives=WorkflowVersion,
        call=lambda use, q, _: use.version(q.id, q.number),
    ),
    Route(
        method="POST",
        path=f"{PATH}/{{id}}/versions/{{number}}/restore",
        name="restore_version",
        summary="Make a workflow what it was; that becomes a new version.",
        takes=OneVersion,
        gives=WorkflowCard,
        call=lambda use, q, _: use.restore_version(q.id, q.number),
    ),
    Route(
        method="GET",
        path="/api/schemas/workflow",
        name="workflow_schema",
        summary="The JSON schema of workflow documents, with the actions of this machine.",
        takes=Nothing,
        gives=dict[str, Any],
        call=lambda use, _, __: use.workflow_schema(),
    ),
)
