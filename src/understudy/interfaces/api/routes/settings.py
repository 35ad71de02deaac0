"""Settings: what the person can change."""

from understudy.config import Settings
from understudy.interfaces.api.routes.route import Nothing, Route

ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path="/api/settings",
        name="show_settings",
        summary="All settings.",
        takes=Nothing,
        gives=Settings,
        call=lambda use, _, __: use.settings(),
    ),
    Route(
        method="PATCH",
        path="/api/settings",
        name="change_settings",
        summary="Change some settings; fields that are not given stay.",
        takes=dict,
        gives=Settings,
        call=lambda use, changes, _: use.change_settings(changes),
    ),
)
