"""An inbox in a dictionary. Keeps the `TaskBox` port."""

from understudy.core.task import TaskStatus


class FakeTaskBox:
    """Keeps tasks for the test."""

    def __init__(self):
        self.tasks = {}
        self.failing = None
        """Set to an error: nothing is taken."""

    def add(self, task):
        if self.failing:
            raise self.failing
        self.tasks.setdefault(task.id, task)
        return task.id

    def remove(self, task_id):
        if self.failing:
            raise self.failing
        task = self.tasks.get(task_id)
        if task is None or task.status not in (TaskStatus.NEW, TaskStatus.PLANNED):
            return False
        del self.tasks[task_id]
        return True
