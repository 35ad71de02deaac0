"""The agent itself: how it is, what it can do, pause and stop."""

from functools import lru_cache
from typing import Annotated, Any

import msgspec

from understudy.core.value import Value
from understudy.engine.cases.looking import ActionCard
from understudy.engine.status import Status
from understudy.engine.views import AutostartState, Doctor, Why
from understudy.interfaces.api.routes.route import ById, Nothing, Route


class Pause(Value):
    """For how long; 0 = until resumed."""

    minutes: Annotated[int, msgspec.Meta(ge=0, le=7 * 24 * 60)] = 0


@lru_cache(maxsize=1)
def _described(workflow_schema: bytes) -> msgspec.Raw:
    """Made once: it takes a tenth of a second."""
    from understudy.interfaces.api.openapi import document  # it reads the table that this file is part of

    return msgspec.Raw(msgspec.json.encode(document(msgspec.json.decode(workflow_schema))))


ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path="/api/status",
        name="status",
        summary="The agent at a glance.",
        takes=Nothing,
        gives=Status,
        call=lambda use, _, __: use.status(),
    ),
    Route(
        method="GET",
        path="/api/doctor",
        name="doctor",
        summary="What this machine offers, and what to do about the rest.",
        takes=Nothing,
        gives=Doctor,
        call=lambda use, _, __: use.doctor(),
    ),
    Route(
        method="GET",
        path="/api/actions",
        name="list_actions",
        summary="What can be done in a step, with the shape of its parameters.",
        takes=Nothing,
        gives=list[ActionCard],
        call=lambda use, _, __: use.actions(),
    ),
    Route(
        method="GET",
        path="/api/why/{id}",
        name="why",
        summary="The reasons for a run, suggestion, workflow or pattern.",
        takes=ById,
        gives=Why,
        call=lambda use, q, _: use.why(q.id),
    ),
    Route(
        method="GET",
        path="/api/why-not/{id}",
        name="why_not",
        summary="What stands between a thing and being offered, shown or run by itself.",
        takes=ById,
        gives=Why,
        call=lambda use, q, _: use.why_not(q.id),
    ),
    Route(
        method="POST",
        path="/api/pause",
        name="pause",
        summary="Neither watch nor act for a while.",
        takes=Pause,
        gives=Status,
        call=lambda use, q, _: use.pause(q.minutes),
    ),
    Route(
        method="POST",
        path="/api/resume",
        name="resume",
        summary="Watch and act again.",
        takes=Nothing,
        gives=Status,
        call=lambda use, _, __: use.resume(),
    ),
    Route(
        method="POST",
        path="/api/stop",
        name="stop",
        summary="End every run at once, and stay paused until resumed.",
        takes=Nothing,
        gives=Status,
        call=lambda use, _, __: use.stop(),
        halts=True,
    ),
    Route(
        method="POST",
        path="/api/quit",
        name="quit",
        summary="End the agent.",
        takes=Nothing,
        gives=None,
        call=lambda use, _, __: use.quit(),
    ),
    Route(
        method="GET",
        path="/api/autostart",
        name="show_autostart",
        summary="Whether Understudy starts at login.",
        takes=Nothing,
        gives=AutostartState,
        call=lambda use, _, __: AutostartState(enabled=use.autostart()),
    ),
    Route(
        method="POST",
        path="/api/autostart",
        name="set_autostart",
        summary="Switch starting at login on or off.",
        takes=AutostartState,
        gives=AutostartState,
        call=lambda use, q, _: AutostartState(enabled=use.set_autostart(enabled=q.enabled)),
    ),
    Route(
        method="GET",
        path="/api/openapi.json",
        name="openapi",
        summary="This description.",
        takes=Nothing,
        gives=dict[str, Any],
        call=lambda use, _, __: use.workflow_schema(),
        finish=lambda schema: _described(msgspec.json.encode(schema)),
    ),
)
