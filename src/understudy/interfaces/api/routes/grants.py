"""Grants: what the person has allowed."""

from understudy.core.grant import Grant
from understudy.core.value import Value
from understudy.interfaces.api.routes.route import ById, Cursor, Route


class ListGrants(Value):
    """Which grants; empty = all."""

    workflow_id: Cursor = ""


ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path="/api/grants",
        name="list_grants",
        summary="What you have allowed, oldest first.",
        takes=ListGrants,
        gives=list[Grant],
        call=lambda use, q, _: use.grants(q.workflow_id),
    ),
    Route(
        method="DELETE",
        path="/api/grants/{id}",
        name="revoke_grant",
        summary="Take a permission back; it is asked for again.",
        takes=ById,
        gives=None,
        call=lambda use, q, _: use.revoke_grant(q.id),
    ),
)
