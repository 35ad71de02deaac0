"""Ports of the store: one repository a noun. SQLite keeps them, and dictionaries do for tests."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from understudy.core.capture import Capture, Symbol
from understudy.core.grant import Grant
from understudy.core.pattern import PatternState
from understudy.core.ports import CaptureQuery, StoredCapture, Verdict
from understudy.core.run import Run
from understudy.core.suggestion import Suggestion
from understudy.core.value import Millis
from understudy.core.workflow import Workflow


class Captures(Protocol):
    """captures.db: what was seen."""

    def add(self, capture: Capture, symbol: Symbol) -> int | None:
        """Store one and return its id; None = it was there already."""

    def add_many(self, pairs: Iterable[tuple[Capture, Symbol]]) -> tuple[int, int]:
        """Store many in one transaction; returns (added, known before)."""

    def mark_started(self, capture_id: int, run_id: str) -> None:
        """Remember that this capture set off a run."""

    def find(self, query: CaptureQuery) -> list[StoredCapture]:
        """Newest first."""

    def get(self, capture_id: int) -> StoredCapture | None:
        """One of them."""

    def history(self, limit: int) -> list[StoredCapture]:
        """The latest `limit` captures that may be mined, oldest first (by time, then id)."""

    def keep_snapshot(self, snapshot: bytes) -> None:
        """Keep what a learner goes on from, until a capture in it is deleted or starts a run, or old ones are added."""

    def snapshot(self) -> bytes:
        """What was kept last, or nothing."""

    def count(self, since: Millis = 0) -> int:
        """How many there are, from this time on."""

    def delete(self, query: CaptureQuery) -> int:
        """Delete for good (the limit of the query does not apply); returns how many. `vacuum` removes their bytes."""


class Patterns(Protocol):
    """captures.db: what was found; derived from captures."""

    def put(self, state: PatternState) -> None:
        """Insert or replace by the pattern's id."""

    def update(self, states: Iterable[PatternState], lost: Iterable[str]) -> None:
        """Put all of these and remove those with the lost ids, in one transaction."""

    def get(self, pattern_id: str) -> PatternState | None:
        """One of them."""

    def all(self) -> list[PatternState]:
        """All, by id."""

    def replace_all(self, states: Iterable[PatternState]) -> None:
        """Make these the only ones."""


class Workflows(Protocol):
    """journal.db: workflows."""

    def put(self, workflow: Workflow) -> None:
        """Insert or replace by id."""

    def get(self, workflow_id: str) -> Workflow | None:
        """One of them."""

    def all(self) -> list[Workflow]:
        """All, by creation."""

    def delete(self, workflow_id: str) -> None:
        """Remove it."""


class Suggestions(Protocol):
    """journal.db: suggestions."""

    def put(self, suggestion: Suggestion) -> None:
        """Insert or replace by id."""

    def get(self, suggestion_id: str) -> Suggestion | None:
        """One of them."""

    def waiting(self) -> list[Suggestion]:
        """Those without an answer, oldest first."""

    def recent(self, limit: int = 200, workflow_id: str = "") -> list[Suggestion]:
        """Newest first."""

    def delete_of(self, workflow_id: str) -> None:
        """Remove all of one workflow."""


class Runs(Protocol):
    """journal.db: runs with their steps. Every `put` is durable when it returns."""

    def put(self, run: Run) -> None:
        """Insert or replace by id."""

    def get(self, run_id: str) -> Run | None:
        """One of them."""

    def unfinished(self) -> list[Run]:
        """Those whose status is not final, oldest first."""

    def recent(self, limit: int = 100, workflow_id: str = "", since: Millis = 0) -> list[Run]:
        """Newest first."""

    def starts_since(self, since: Millis) -> list[tuple[Millis, str]]:
        """(started_at, workflow_id) of every run that got as far as starting, oldest first."""

    def delete_of(self, workflow_id: str) -> None:
        """Remove all of one workflow."""


class Grants(Protocol):
    """journal.db: grants."""

    def put(self, grant: Grant) -> None:
        """Insert or replace by id."""

    def of(self, workflow_id: str) -> list[Grant]:
        """All of one workflow, oldest first."""

    def delete_of(self, workflow_id: str) -> None:
        """Remove all of one workflow."""


class Verdicts(Protocol):
    """journal.db: verdicts."""

    def add(self, verdict: Verdict) -> None:
        """Keep one."""

    def all(self) -> list[Verdict]:
        """All, oldest first."""

    def delete_of(self, pattern_id: str) -> None:
        """Remove all of one pattern."""


class SettingsTable(Protocol):
    """journal.db: settings by name, as plain JSON values."""

    def get(self, name: str) -> Any:
        """The value, or None."""

    def put(self, name: str, value: Any) -> None:
        """Insert or replace."""

    def all(self) -> dict[str, Any]:
        """All of them."""


class Store(Protocol):
    """Both databases. Owned by the engine thread."""

    @property
    def captures(self) -> Captures:
        """The captures."""

    @property
    def patterns(self) -> Patterns:
        """The patterns."""

    @property
    def workflows(self) -> Workflows:
        """The workflows."""

    @property
    def suggestions(self) -> Suggestions:
        """The suggestions."""

    @property
    def runs(self) -> Runs:
        """The runs."""

    @property
    def grants(self) -> Grants:
        """The grants."""

    @property
    def verdicts(self) -> Verdicts:
        """The verdicts."""

    @property
    def settings(self) -> SettingsTable:
        """The settings."""

    def transaction(self) -> AbstractContextManager[None]:
        """All journal writes inside are committed together, durably, or not at all."""

    @property
    def troubles(self) -> tuple[str, ...]:
        """What was found damaged when opening, and what was done about it, in words."""

    @property
    def owes_vacuum(self) -> bool:
        """Whether something was deleted whose bytes are still there; survives a restart."""

    @property
    def is_checked(self) -> bool:
        """Whether captures.db was read in full for damage since it was opened."""

    def check(self) -> None:
        """Read captures.db in full for damage, 0.3 s a million captures. Raises StoreError."""

    def backup(self, now: Millis) -> Path | None:
        """Keep a verified copy of the journal, the newest seven stay; None where there is no file to copy."""

    def vacuum(self) -> None:
        """Remove every byte of what was deleted: pages, write-ahead log, free space, older backups."""

    def close(self) -> None:
        """Close both databases cleanly."""
