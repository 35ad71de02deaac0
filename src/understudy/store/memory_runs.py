"""What was run, what is to be done and what came to nothing, in dictionaries."""

from itertools import dropwhile, islice
from typing import Protocol, TypeVar

from understudy.core.dead_letter import DeadLetter, DeadLetterStatus
from understudy.core.run import Run
from understudy.core.store_queries import RunQuery, TaskQuery
from understudy.core.task import Task
from understudy.core.value import Millis
from understudy.store.codec import encode, scrubbed
from understudy.store.memory_table import Table


class MemoryRuns(Table):
    """The port `Runs`."""

    def put(self, run: Run) -> None:
        """Insert or replace by id."""
        self._set(run.id, encode(run), run.created_at, run.started_at, run.position)

    def get(self, run_id: str) -> Run | None:
        """One of them."""
        return self._get(run_id, Run)

    def unfinished(self) -> list[Run]:
        """Those whose status is not final, in the order in which they came; clocks are set back."""
        return [run for run in self._every(Run) if not run.status.is_final]

    def recent(self, limit: int = 100, workflow_id: str = "", since: Millis = 0) -> list[Run]:
        """Newest first; `since` is the earliest time of creation."""
        return self.find(RunQuery(workflow_id=workflow_id, since=since, limit=limit))

    def find(self, query: RunQuery) -> list[Run]:
        """Those that fit, newest first."""
        wanted = scrubbed(query.workflow_id)
        newest_first = self._in_order()[::-1]
        found = [
            run
            for run in _after(newest_first, query.before)
            if (not wanted or run.workflow.id == wanted)
            and (not query.statuses or run.status in query.statuses)
            and (query.since == 0 or run.created_at >= query.since)
            and (query.until == 0 or run.created_at < query.until)
        ]
        return found[: max(0, query.limit)]

    def origins(self) -> list[tuple[str, str, int]]:
        """(id, reference of the cause, capture that fired it or 0) of every run that has either."""
        runs = self._every(Run)
        return [(run.id, run.cause.ref, run.position) for run in runs if run.cause.ref or run.position > 0]

    def starts_since(self, since: Millis) -> list[tuple[Millis, str]]:
        """(started_at, workflow_id) of every run that got as far as starting, oldest first."""
        started = [run for run in self._every(Run) if run.started_at > 0 and run.started_at >= since]
        return [(run.started_at, run.workflow.id) for run in sorted(started, key=lambda run: run.started_at)]

    def delete_of(self, workflow_id: str) -> None:
        """Remove all of one workflow."""
        wanted = scrubbed(workflow_id)
        self._remove(Run, lambda run: run.workflow.id == wanted)

    def delete_before(self, until: Millis) -> int:
        """Remove ended ones created before this time; returns how many."""
        return self._remove(Run, lambda run: run.created_at < until and run.status.is_final)

    def _in_order(self) -> list[Run]:
        return sorted(self._every(Run), key=lambda run: run.created_at)


class MemoryTasks(Table):
    """The port `Tasks`."""

    def put(self, task: Task) -> None:
        """Insert or replace by id."""
        self._set(task.id, encode(task), task.priority, task.created_at)

    def get(self, task_id: str) -> Task | None:
        """One of them."""
        return self._get(task_id, Task)

    def find(self, query: TaskQuery) -> list[Task]:
        """Those that fit, by priority (highest first), then age."""
        in_order = sorted(self._every(Task), key=lambda task: (-task.priority, task.created_at))
        found = [
            task
            for task in _after(in_order, query.after)
            if not query.statuses or task.status in query.statuses
        ]
        return found[: max(0, query.limit)]

    def delete(self, task_id: str) -> None:
        """Remove it for good; unknown ids are fine."""
        wanted = scrubbed(task_id)
        self._remove(Task, lambda task: task.id == wanted)


class MemoryDeadLetters(Table):
    """The port `DeadLetters`."""

    def put(self, letter: DeadLetter) -> None:
        """Insert or replace by id."""
        self._set(letter.id, encode(letter), letter.created_at)

    def get(self, letter_id: str) -> DeadLetter | None:
        """One of them."""
        return self._get(letter_id, DeadLetter)

    def find(
        self, status: DeadLetterStatus | None = None, limit: int = 100, before: str = ""
    ) -> list[DeadLetter]:
        """Newest first; `before` = id of the last one of the page before."""
        in_order = sorted(self._every(DeadLetter), key=lambda letter: letter.created_at)[::-1]
        found = [letter for letter in _after(in_order, before) if status is None or letter.status is status]
        return found[: max(0, limit)]

    def delete_of(self, workflow_id: str) -> None:
        """Remove all of one workflow."""
        wanted = scrubbed(workflow_id)
        self._remove(DeadLetter, lambda letter: letter.workflow_id == wanted)


class _Named(Protocol):
    @property
    def id(self) -> str: ...


N = TypeVar("N", bound=_Named)


def _after(found: list[N], last: str) -> list[N]:
    """Return what comes after the one of this id; nothing if it is gone, all without an id."""
    wanted = scrubbed(last)
    return list(islice(dropwhile(lambda one: one.id != wanted, found), 1, None)) if last else found
