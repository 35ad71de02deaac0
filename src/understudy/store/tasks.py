"""The inbox in journal.db."""

from understudy.core.store_queries import TaskQuery
from understudy.core.task import Task
from understudy.store.codec import decode, encode
from understudy.store.database import Database
from understudy.store.paging import Filter, bounded
from understudy.store.purge import owe_vacuum


class SqliteTasks:
    """The port `Tasks`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, task: Task) -> None:
        """Insert or replace by id."""
        self._database.write(
            """
            INSERT INTO task (id, status, priority, created_at, body) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET
              status = excluded.status, priority = excluded.priority, created_at = excluded.created_at,
              body = excluded.body
            """,
            (task.id, task.status.value, task.priority, task.created_at, encode(task)),
        )

    def get(self, task_id: str) -> Task | None:
        """One of them."""
        found = self._database.row("SELECT body FROM task WHERE id = ?", (task_id,))
        return decode(found[0], Task) if found else None

    def find(self, query: TaskQuery) -> list[Task]:
        """Those that fit, by priority (highest first), then age."""
        chosen = Filter()
        chosen.add_any("status", [status.value for status in query.statuses])
        if query.after:
            anchor = self._database.row(
                "SELECT -priority, created_at, position FROM task WHERE id = ?", (query.after,)
            )
            if anchor is None:
                return []
            chosen.require("(-priority, created_at, position) > (?, ?, ?)", *anchor)
        found = self._database.rows(
            f"SELECT body FROM task WHERE {chosen.where} ORDER BY priority DESC, created_at, position LIMIT ?",  # noqa: S608 (constants)
            (*chosen.values, bounded(query.limit)),
        )
        return [decode(body, Task) for (body,) in found]

    def delete(self, task_id: str) -> None:
        """Remove it for good; unknown ids are fine."""
        with self._database.transaction():
            if self._database.write("DELETE FROM task WHERE id = ?", (task_id,)):
                owe_vacuum(self._database)
