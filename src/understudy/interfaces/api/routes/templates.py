"""Templates: pre-built workflows."""

from understudy.core.value import Value
from understudy.engine.gallery import Template
from understudy.engine.views import WorkflowCard
from understudy.interfaces.api.routes.route import Id, Nothing, Route


class ByName(Value):
    """One template."""

    name: Id


class Use(Value):
    """Answers to a template's questions; the rest as proposed."""

    name: Id
    changes: dict[str, int | float | str] = {}


ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path="/api/templates",
        name="list_templates",
        summary="The pre-built workflows.",
        takes=Nothing,
        gives=list[Template],
        call=lambda use, _, __: use.templates(),
    ),
    Route(
        method="GET",
        path="/api/templates/{name}",
        name="show_template",
        summary="One pre-built workflow, its scripts whole.",
        takes=ByName,
        gives=Template,
        call=lambda use, q, _: use.template(q.name),
    ),
    Route(
        method="POST",
        path="/api/templates/{name}/use",
        name="use_template",
        summary="Make a pre-built workflow one's own; it asks before it runs.",
        takes=Use,
        gives=WorkflowCard,
        call=lambda use, q, _: use.use_template(q.name, q.changes),
    ),
)
