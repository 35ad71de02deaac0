"""Watched values: what the machine tells, and what is handed in from outside."""

from typing import Annotated

import msgspec

from understudy.core.value import Value
from understudy.engine.cases.triggers import WatchedValue
from understudy.interfaces.api.routes.route import Id, Nothing, Route


class Signal(Value):
    """A value from outside."""

    name: Id
    value: Annotated[str, msgspec.Meta(max_length=1000)] | float


ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path="/api/watched",
        name="list_watched",
        summary="Every watched value that is known, by name.",
        takes=Nothing,
        gives=dict[str, WatchedValue],
        call=lambda use, _, __: use.watched(),
    ),
    Route(
        method="POST",
        path="/api/signals/{name}",
        name="signal",
        summary="Hand in a watched value; triggers hear it.",
        takes=Signal,
        gives=WatchedValue,
        call=lambda use, q, _: use.signal(q.name, q.value),
    ),
)
