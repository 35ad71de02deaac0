"""The table of routes: one file a noun. No web server here."""

from understudy.interfaces.api.routes import (
    agent,
    captures,
    dead_letters,
    grants,
    patterns,
    privacy,
    runs,
    secrets,
    settings,
    suggestions,
    tasks,
    templates,
    watched,
    workflows,
)
from understudy.interfaces.api.routes.route import Route

STREAMS: dict[str, tuple[str, ...]] = {
    "/api/captures/stream": ("capture",),
    "/api/events": ("capture", "suggestion", "workflow", "run", "task", "dead_letter", "status"),
}
"""Path -> kinds of live events sent on it, as server-sent events."""

RUN_OUTPUT = "/api/runs/{id}/output/stream"
"""What a run writes: what is kept of it first, then what comes, until it has ended."""

ROUTES: tuple[Route, ...] = (
    *agent.ROUTES,
    *suggestions.ROUTES,
    *workflows.ROUTES,
    *templates.ROUTES,
    *runs.ROUTES,
    *dead_letters.ROUTES,
    *tasks.ROUTES,
    *patterns.ROUTES,
    *captures.ROUTES,
    *watched.ROUTES,
    *grants.ROUTES,
    *secrets.ROUTES,
    *privacy.ROUTES,
    *settings.ROUTES,
)
