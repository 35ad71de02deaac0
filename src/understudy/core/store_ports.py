"""Ports of the store: one repository a noun. SQLite keeps them, and dictionaries do for tests."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Literal, Protocol

from understudy.core.bucket import Bucket
from understudy.core.capture import Capture, Symbol
from understudy.core.dead_letter import DeadLetter, DeadLetterStatus
from understudy.core.grant import Grant
from understudy.core.pattern import Occurrence, PatternState
from understudy.core.ports import CaptureQuery, StoredCapture, Verdict
from understudy.core.run import Run
from understudy.core.store_queries import Count, PatternQuery, PatternStats, RunQuery, TaskQuery
from understudy.core.suggestion import Suggestion
from understudy.core.task import Task
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

    def in_order(self, limit: int, after: StoredCapture | None = None) -> list[StoredCapture]:
        """Oldest first (by time, then id); `after` = the last one of the page before, which may be gone by now."""

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

    def missing(self, ids: Iterable[int]) -> set[int]:
        """Those of the ids that are of no capture (any more)."""

    def totals(self, by: Literal["app", "kind"], since: Millis = 0, until: Millis = 0) -> list[Count]:
        """Captures by app or kind, the most frequent first; those without an app under the empty text."""

    def quarters(self, since: Millis = 0, until: Millis = 0) -> list[tuple[Millis, int, Millis]]:
        """(begin, captures, lasted) of every quarter of an hour with captures, oldest first.

        Days and hours of every zone are made of whole quarters.
        """

    def extend(self, capture_id: int, lasted: Millis) -> None:
        """Set how long one went on; unknown ids are fine."""

    def delete(self, query: CaptureQuery) -> int:
        """Delete for good (the limit of the query does not apply); returns how many. `vacuum` removes their bytes."""


class Patterns(Protocol):
    """captures.db: what was found; derived from captures. A pattern's occurrences are recorded whenever it is kept."""

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

    def find(self, query: PatternQuery) -> list[PatternState]:
        """Those that fit, by id."""

    def stats(self, pattern_id: str) -> PatternStats | None:
        """How one does; None = there is none of this id."""


class Occurrences(Protocol):
    """captures.db: each time a pattern was seen; goes with its pattern."""

    def record(self, pattern_id: str, occurrences: Iterable[Occurrence]) -> int:
        """Keep those not known yet (by first and last capture); returns how many were new."""

    def of(self, pattern_id: str, limit: int = 100, before: Millis = 0) -> list[Occurrence]:
        """Newest first; `before` = only those that began earlier."""

    def delete_of(self, pattern_id: str) -> None:
        """Remove all of one pattern."""


class Buckets(Protocol):
    """captures.db: the buckets of ActivityWatch clients; their events are captures with the source `aw:ID`."""

    def put(self, bucket: Bucket) -> None:
        """Insert or replace by id."""

    def get(self, bucket_id: str) -> Bucket | None:
        """One of them."""

    def all(self) -> list[Bucket]:
        """All, by id."""

    def delete(self, bucket_id: str) -> None:
        """Remove it; its captures are deleted by `Captures.delete`."""


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


class Versions(Protocol):
    """journal.db: what each workflow was like, by version."""

    def put(self, workflow: Workflow) -> None:
        """Insert or replace by id and version."""

    def get(self, workflow_id: str, version: int) -> Workflow | None:
        """One of them."""

    def of(self, workflow_id: str) -> list[Workflow]:
        """All of one workflow, newest first."""

    def delete_of(self, workflow_id: str) -> None:
        """Remove all of one workflow."""


class Levels(Protocol):
    """journal.db: what triggers remember between events, as whether a limit is passed: (workflow, place) -> text."""

    def put(self, workflow_id: str, index: int, level: str) -> None:
        """Insert or replace."""

    def all(self) -> dict[tuple[str, int], str]:
        """All of them."""

    def delete_of(self, workflow_id: str) -> None:
        """Remove all of one workflow."""


class Tasks(Protocol):
    """journal.db: the inbox."""

    def put(self, task: Task) -> None:
        """Insert or replace by id."""

    def get(self, task_id: str) -> Task | None:
        """One of them."""

    def find(self, query: TaskQuery) -> list[Task]:
        """Those that fit."""

    def delete(self, task_id: str) -> None:
        """Remove it for good."""


class DeadLetters(Protocol):
    """journal.db: what came to nothing after all tries."""

    def put(self, letter: DeadLetter) -> None:
        """Insert or replace by id."""

    def get(self, letter_id: str) -> DeadLetter | None:
        """One of them."""

    def find(
        self, status: DeadLetterStatus | None = None, limit: int = 100, before: str = ""
    ) -> list[DeadLetter]:
        """Newest first; `before` = id of the last one of the page before."""

    def delete_of(self, workflow_id: str) -> None:
        """Remove all of one workflow."""


class Suggestions(Protocol):
    """journal.db: suggestions."""

    def put(self, suggestion: Suggestion) -> None:
        """Insert or replace by id."""

    def get(self, suggestion_id: str) -> Suggestion | None:
        """One of them."""

    def waiting(self) -> list[Suggestion]:
        """Those without an answer, oldest first."""

    def recent(self, limit: int = 200, workflow_id: str = "", before: str = "") -> list[Suggestion]:
        """Newest first; `before` = id of the last one of the page before."""

    def delete_before(self, until: Millis) -> int:
        """Remove settled ones offered before this time; returns how many."""

    def delete_of(self, workflow_id: str) -> None:
        """Remove all of one workflow."""


class Runs(Protocol):
    """journal.db: runs with their steps. Every `put` is durable when it returns."""

    def put(self, run: Run) -> None:
        """Insert or replace by id."""

    def get(self, run_id: str) -> Run | None:
        """One of them."""

    def unfinished(self) -> list[Run]:
        """Those whose status is not final, in the order in which they came, whatever the clock said then."""

    def recent(self, limit: int = 100, workflow_id: str = "", since: Millis = 0) -> list[Run]:
        """Newest first."""

    def find(self, query: RunQuery) -> list[Run]:
        """Those that fit, newest first."""

    def origins(self) -> list[tuple[str, str, int]]:
        """(id, reference of the cause, capture that fired it or 0) of every run that has either."""

    def starts_since(self, since: Millis) -> list[tuple[Millis, str]]:
        """(started_at, workflow_id) of every run that got as far as starting, oldest first."""

    def delete_before(self, until: Millis) -> int:
        """Remove ended ones created before this time; returns how many."""

    def delete_of(self, workflow_id: str) -> None:
        """Remove all of one workflow."""


class Grants(Protocol):
    """journal.db: grants."""

    def put(self, grant: Grant) -> None:
        """Insert or replace by id."""

    def of(self, workflow_id: str) -> list[Grant]:
        """All of one workflow, oldest first."""

    def get(self, grant_id: str) -> Grant | None:
        """One of them."""

    def all(self) -> list[Grant]:
        """All, oldest first."""

    def delete(self, grant_id: str) -> None:
        """Take one back for good."""

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
    def occurrences(self) -> Occurrences:
        """The occurrences of patterns."""

    @property
    def buckets(self) -> Buckets:
        """The buckets of ActivityWatch clients."""

    @property
    def versions(self) -> Versions:
        """The versions of workflows."""

    @property
    def levels(self) -> Levels:
        """What triggers remember."""

    @property
    def tasks(self) -> Tasks:
        """The tasks."""

    @property
    def dead_letters(self) -> DeadLetters:
        """The dead letters."""

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
