"""The table of routes: method, path, what comes in, what goes out, the use case. No web server here."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from understudy.config import Settings
from understudy.core.pattern import PatternState
from understudy.core.ports import StoredCapture
from understudy.core.run import Run
from understudy.core.suggestion import Suggestion
from understudy.core.value import Value
from understudy.engine import views
from understudy.interfaces.api import requests as r

if TYPE_CHECKING:
    from collections.abc import Callable

    from understudy.engine.service import UseCases


class AutostartState(Value):
    """Whether Understudy starts at login."""

    enabled: bool


Call: TypeAlias = "Callable[[UseCases, Any, str], Any]"
"""(use cases, what came in, who asks) -> the answer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """One thing that can be asked of the agent over HTTP."""

    method: str
    path: str
    takes: Any
    """A Value made of path, query and body together; or dict: the body as it is."""
    gives: Any
    """Type of the answer; None = an empty one."""
    call: Call

    @property
    def changes(self) -> bool:
        """Whether it is more than looking."""
        return self.method != "GET"


def _get(path: str, takes: Any, gives: Any, call: Call) -> Route:
    return Route(method="GET", path=path, takes=takes, gives=gives, call=call)


def _post(path: str, takes: Any, gives: Any, call: Call) -> Route:
    return Route(method="POST", path=path, takes=takes, gives=gives, call=call)


HEALTH = "/health"
"""The only path that answers without a token; says nothing but that somebody is there."""

STREAMS: dict[str, tuple[str, ...]] = {
    "/api/captures/stream": ("capture",),
    "/api/events": ("capture", "suggestion", "run", "status"),
}
"""Path -> kinds of live events sent on it, as server-sent events."""

ROUTES: tuple[Route, ...] = (
    # looking
    _get("/api/status", r.Nothing, views.Status, lambda use, _, __: use.status()),
    _get("/api/doctor", r.Nothing, views.Doctor, lambda use, _, __: use.doctor()),
    _get("/api/captures", r.FindCaptures, list[StoredCapture], lambda use, q, _: use.captures(q.query)),
    _get("/api/patterns", r.Nothing, list[PatternState], lambda use, _, __: use.patterns()),
    _get(
        "/api/suggestions",
        r.ListSuggestions,
        list[views.SuggestionCard],
        lambda use, q, _: use.suggestions(every=q.every),
    ),
    _get("/api/workflows", r.Nothing, list[views.WorkflowCard], lambda use, _, __: use.workflows()),
    _get("/api/workflows/{id}", r.ById, views.WorkflowCard, lambda use, q, _: use.workflow(q.id)),
    _get(
        "/api/runs",
        r.ListRuns,
        list[views.RunCard],
        lambda use, q, _: use.runs(limit=q.limit, workflow_id=q.workflow_id),
    ),
    _get("/api/runs/{id}", r.ById, views.RunCard, lambda use, q, _: use.run(q.id)),
    _get("/api/why/{id}", r.ById, views.Why, lambda use, q, _: use.why(q.id)),
    _get("/api/why-not/{id}", r.ById, views.Why, lambda use, q, _: use.why_not(q.id)),
    # deciding
    _post(
        "/api/suggestions/{id}/answer",
        r.GiveAnswer,
        Suggestion,
        lambda use, q, by: use.answer(q.id, q.answer, by),
    ),
    _post("/api/workflows", dict, views.WorkflowCard, lambda use, document, _: use.add_workflow(document)),
    Route(
        method="DELETE",
        path="/api/workflows/{id}",
        takes=r.ById,
        gives=None,
        call=lambda use, q, _: use.remove_workflow(q.id),
    ),
    _post(
        "/api/workflows/{id}/tier",
        r.SetTier,
        views.WorkflowCard,
        lambda use, q, by: use.set_tier(q.id, q.tier, by, consent=q.consent),
    ),
    _post(
        "/api/workflows/{id}/enabled",
        r.SetEnabled,
        views.WorkflowCard,
        lambda use, q, _: use.set_enabled(q.id, enabled=q.enabled),
    ),
    # acting
    _post(
        "/api/workflows/{id}/execute",
        r.Execute,
        Run,
        lambda use, q, by: use.run_now(q.id, by, consent=q.consent),
    ),
    _post("/api/runs/{id}/undo", r.ById, views.RunCard, lambda use, q, by: use.undo(q.id, by)),
    _post("/api/pause", r.Pause, views.Status, lambda use, q, _: use.pause(q.minutes)),
    _post("/api/resume", r.Nothing, views.Status, lambda use, _, __: use.resume()),
    _post("/api/stop", r.Nothing, views.Status, lambda use, _, __: use.stop()),
    _post("/api/quit", r.Nothing, None, lambda use, _, __: use.quit()),
    # keeping
    _get("/api/settings", r.Nothing, Settings, lambda use, _, __: use.settings()),
    Route(
        method="PATCH",
        path="/api/settings",
        takes=dict,
        gives=Settings,
        call=lambda use, changes, _: use.change_settings(changes),
    ),
    _post(
        "/api/privacy/test",
        r.TestPrivacy,
        views.Screened,
        lambda use, q, _: use.screen(q.app, q.title, q.url),
    ),
    _post(
        "/api/import",
        r.Import,
        views.Imported,
        lambda use, q, _: use.import_source(q.source, q.format_name, q.options),
    ),
    _get("/api/export", r.Nothing, views.Export, lambda use, _, __: use.export()),
    _post("/api/purge", r.Purge, views.Purged, lambda use, q, _: use.purge(q.query, everything=q.everything)),
    _get(
        "/api/autostart",
        r.Nothing,
        AutostartState,
        lambda use, _, __: AutostartState(enabled=use.autostart()),
    ),
    _post(
        "/api/autostart",
        r.SetAutostart,
        AutostartState,
        lambda use, q, _: AutostartState(enabled=use.set_autostart(enabled=q.enabled)),
    ),
)
