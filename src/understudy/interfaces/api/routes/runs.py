"""Runs: what was done, is going on, and can be taken back."""

from typing import Annotated

import msgspec

from understudy.core.run import RunStatus
from understudy.core.store_queries import RunQuery
from understudy.core.value import Value
from understudy.engine.cases.runs import StepOutput, Trace
from understudy.engine.views import RunCard
from understudy.interfaces.api.routes.route import ById, Cursor, Id, Limit, Page, Route, Time


class ListRuns(Value):
    """Which runs; empty fields do not restrict."""

    workflow_id: Cursor = ""
    status: tuple[RunStatus, ...] = ()
    since: Time = 0
    until: Time = 0
    before: Cursor = ""
    limit: Limit = 50

    @property
    def query(self) -> RunQuery:
        """The same, as the store takes it."""
        return RunQuery(
            workflow_id=self.workflow_id,
            statuses=self.status,
            since=self.since,
            until=self.until,
            before=self.before,
            limit=self.limit,
        )


class Feedback(Value):
    """What the person says of a run."""

    id: Id
    good: bool
    text: Annotated[str, msgspec.Meta(max_length=2000)] = ""


PATH = "/api/runs"

ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path=PATH,
        name="list_runs",
        summary="The runs, newest first.",
        takes=ListRuns,
        gives=list[RunCard],
        call=lambda use, q, _: use.runs(q.query),
        page=Page(field="before", cursor=lambda card: card.run.id),
    ),
    Route(
        method="GET",
        path=f"{PATH}/{{id}}",
        name="show_run",
        summary="One run with all its steps.",
        takes=ById,
        gives=RunCard,
        call=lambda use, q, _: use.run(q.id),
    ),
    Route(
        method="GET",
        path=f"{PATH}/{{id}}/trace",
        name="trace_run",
        summary="What happened in a run, in order, with times and reasons.",
        takes=ById,
        gives=Trace,
        call=lambda use, q, _: use.trace(q.id),
    ),
    Route(
        method="GET",
        path=f"{PATH}/{{id}}/output",
        name="run_output",
        summary="What the steps of a run have written so far.",
        takes=ById,
        gives=list[StepOutput],
        call=lambda use, q, _: use.output(q.id),
    ),
    Route(
        method="POST",
        path=f"{PATH}/{{id}}/cancel",
        name="cancel_run",
        summary="End a run that waits or is going on.",
        takes=ById,
        gives=RunCard,
        call=lambda use, q, by: use.cancel(q.id, by),
    ),
    Route(
        method="POST",
        path=f"{PATH}/{{id}}/undo",
        name="undo_run",
        summary="Take a run back, as far as that can be done.",
        takes=ById,
        gives=RunCard,
        call=lambda use, q, by: use.undo(q.id, by),
    ),
    Route(
        method="POST",
        path=f"{PATH}/{{id}}/feedback",
        name="give_feedback",
        summary="Say whether a run was good; it counts as evidence.",
        takes=Feedback,
        gives=RunCard,
        call=lambda use, q, _: use.feedback(q.id, good=q.good, text=q.text),
    ),
)
