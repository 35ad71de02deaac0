"""Templates: workflows from the gallery, made one's own."""

from typing import Any

from understudy.engine import gallery
from understudy.engine.cases.workflows import WorkflowCases
from understudy.engine.gallery import Template
from understudy.engine.views import WorkflowCard


class TemplateCases(WorkflowCases):
    """What can be asked about pre-built workflows."""

    def templates(self) -> list[Template]:
        """Return every template, by name."""
        return list(gallery.gallery().values())

    def template(self, name: str) -> Template:
        """Return one template, its scripts whole."""
        return gallery.find(name)

    def use_template(self, name: str, changes: dict[str, Any]) -> WorkflowCard:
        """Store the workflow that a template becomes with these answers; it asks before it runs."""
        return self.add_workflow(gallery.filled(gallery.find(name), changes))
