"""The store in dictionaries: keeps the same ports, writes no file. For tests, dry runs and replays."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from understudy.core.value import Millis
from understudy.errors import StoreError
from understudy.store.memory_captures import MemoryCaptures
from understudy.store.memory_journal import (
    MemoryGrants,
    MemoryLevels,
    MemorySettings,
    MemorySuggestions,
    MemoryVerdicts,
    MemoryVersions,
    MemoryWorkflows,
)
from understudy.store.memory_patterns import MemoryBuckets, MemoryOccurrences, MemoryPatterns
from understudy.store.memory_runs import MemoryDeadLetters, MemoryRuns, MemoryTasks
from understudy.store.memory_table import Guard, Table


class MemoryStore:
    """The port `Store`, with what `SqliteStore` has beyond it."""

    def __init__(self) -> None:
        self.troubles: tuple[str, ...] = ()
        self.is_checked = True
        self.guard = Guard()
        """Stands before every access; tests make it fail."""
        self.occurrences = MemoryOccurrences(self.guard)
        self.captures = MemoryCaptures(self.guard, self.occurrences)
        self.patterns = MemoryPatterns(self.guard, self.occurrences)
        self.buckets = MemoryBuckets(self.guard)
        self.workflows = MemoryWorkflows(self.guard)
        self.versions = MemoryVersions(self.guard)
        self.levels = MemoryLevels(self.guard)
        self.tasks = MemoryTasks(self.guard)
        self.dead_letters = MemoryDeadLetters(self.guard)
        self.suggestions = MemorySuggestions(self.guard)
        self.runs = MemoryRuns(self.guard)
        self.grants = MemoryGrants(self.guard)
        self.verdicts = MemoryVerdicts(self.guard)
        self.settings = MemorySettings(self.guard)
        self._depth = 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All journal writes inside are kept together or not at all. Inside another one it joins it."""
        self.guard.write()
        before = [(table, dict(table.rows)) for table in self._journal()]
        self._depth += 1
        try:
            yield
        except BaseException:
            for table, rows in before:
                table.rows = rows
            raise
        finally:
            self._depth -= 1

    def _journal(self) -> tuple[Table, ...]:
        return (
            self.workflows,
            self.versions,
            self.levels,
            self.suggestions,
            self.runs,
            self.tasks,
            self.dead_letters,
            self.grants,
            self.verdicts,
            self.settings,
        )

    def backup(self, now: Millis) -> Path | None:  # noqa: ARG002 (the port's)
        """Return None: there is no file to copy."""
        self._require_no_transaction("be backed up")
        return None

    def check(self) -> None:
        """Do nothing: there is no file that could be damaged."""
        self.guard.read()

    @property
    def owes_vacuum(self) -> bool:
        """Whether something was deleted since the last vacuum."""
        return self.guard.has_deleted

    def vacuum(self) -> None:
        """Forget that something was deleted: no byte of it is left in a file."""
        self._require_no_transaction("be cleaned")
        self.guard.write()
        self.guard.has_deleted = False

    def close(self) -> None:
        """Refuse everything from now on; safe to call twice."""
        self.guard.is_closed = True

    def _require_no_transaction(self, what: str) -> None:
        self.guard.read()
        if self._depth:
            raise StoreError(
                f"The store cannot {what} now",
                "A transaction is open",
                "Do it once the transaction has ended",
            )
