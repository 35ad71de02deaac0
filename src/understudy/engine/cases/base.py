"""What every group of use cases stands on."""

from understudy.core.workflow import Workflow
from understudy.engine.context import Context
from understudy.errors import NotFoundError


class Cases:
    """A group of use cases over the context; `Service` inherits all groups."""

    _context: Context

    def _workflow(self, workflow_id: str) -> Workflow:
        workflow = self._context.store.workflows.get(workflow_id)
        if workflow is None:
            raise NotFoundError(f"There is no workflow {workflow_id}", fix="See: understudy workflows")
        return workflow
