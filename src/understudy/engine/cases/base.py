"""What every group of use cases stands on."""

from understudy.core.nearest import meant
from understudy.core.workflow import Workflow
from understudy.engine.context import Context
from understudy.errors import NotFoundError


class Cases:
    """A group of use cases over the context; `Service` inherits all groups."""

    _context: Context

    def _workflow(self, workflow_id: str) -> Workflow:
        workflow = self._context.store.workflows.get(workflow_id)
        if workflow is None:
            raise self._no_workflow(workflow_id)
        return workflow

    def _no_workflow(self, given: str) -> NotFoundError:
        """Say that there is none of this id or name, with the one that was probably meant."""
        names = (name for each in self._context.store.workflows.all() for name in (each.id, each.name))
        return NotFoundError(
            f"There is no workflow {given}", fix=meant(given, names) or "See: understudy workflows"
        )
