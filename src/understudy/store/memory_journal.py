"""The journal's tables in dictionaries."""

from typing import Any

from understudy.core.grant import Grant
from understudy.core.ports import Verdict
from understudy.core.run import Run
from understudy.core.suggestion import Suggestion, SuggestionStatus
from understudy.core.value import Millis
from understudy.core.workflow import Workflow
from understudy.store.codec import decode_any, encode, scrubbed
from understudy.store.memory_table import Table


class MemoryWorkflows(Table):
    """The port `Workflows`."""

    def put(self, workflow: Workflow) -> None:
        """Insert or replace by id."""
        self._set(workflow.id, encode(workflow), workflow.created_at)

    def get(self, workflow_id: str) -> Workflow | None:
        """One of them."""
        return self._get(workflow_id, Workflow)

    def all(self) -> list[Workflow]:
        """All, by creation."""
        return sorted(self._every(Workflow), key=lambda workflow: workflow.created_at)

    def delete(self, workflow_id: str) -> None:
        """Remove it; unknown ids are fine."""
        wanted = scrubbed(workflow_id)
        self._remove(Workflow, lambda workflow: workflow.id == wanted)


class MemorySuggestions(Table):
    """The port `Suggestions`."""

    def put(self, suggestion: Suggestion) -> None:
        """Insert or replace by id."""
        self._set(suggestion.id, encode(suggestion), suggestion.offered_at)

    def get(self, suggestion_id: str) -> Suggestion | None:
        """One of them."""
        return self._get(suggestion_id, Suggestion)

    def waiting(self) -> list[Suggestion]:
        """Those without an answer, oldest first."""
        return [
            suggestion for suggestion in self._in_order() if suggestion.status is SuggestionStatus.WAITING
        ]

    def recent(self, limit: int = 200, workflow_id: str = "") -> list[Suggestion]:
        """Newest first."""
        wanted = scrubbed(workflow_id)
        found = [one for one in self._in_order() if not wanted or one.workflow_id == wanted]
        return found[::-1][: max(0, limit)]

    def delete_of(self, workflow_id: str) -> None:
        """Remove all of one workflow."""
        wanted = scrubbed(workflow_id)
        self._remove(Suggestion, lambda suggestion: suggestion.workflow_id == wanted)

    def _in_order(self) -> list[Suggestion]:
        return sorted(self._every(Suggestion), key=lambda suggestion: suggestion.offered_at)


class MemoryRuns(Table):
    """The port `Runs`."""

    def put(self, run: Run) -> None:
        """Insert or replace by id."""
        self._set(run.id, encode(run), run.created_at, run.started_at)

    def get(self, run_id: str) -> Run | None:
        """One of them."""
        return self._get(run_id, Run)

    def unfinished(self) -> list[Run]:
        """Those whose status is not final, oldest first."""
        return [run for run in self._in_order() if not run.status.is_final]

    def recent(self, limit: int = 100, workflow_id: str = "", since: Millis = 0) -> list[Run]:
        """Newest first; `since` is the earliest time of creation."""
        wanted = scrubbed(workflow_id)
        found = [
            run
            for run in self._in_order()
            if run.created_at >= since and (not wanted or run.workflow.id == wanted)
        ]
        return found[::-1][: max(0, limit)]

    def starts_since(self, since: Millis) -> list[tuple[Millis, str]]:
        """(started_at, workflow_id) of every run that got as far as starting, oldest first."""
        started = [run for run in self._every(Run) if run.started_at > 0 and run.started_at >= since]
        return [(run.started_at, run.workflow.id) for run in sorted(started, key=lambda run: run.started_at)]

    def delete_of(self, workflow_id: str) -> None:
        """Remove all of one workflow."""
        wanted = scrubbed(workflow_id)
        self._remove(Run, lambda run: run.workflow.id == wanted)

    def _in_order(self) -> list[Run]:
        return sorted(self._every(Run), key=lambda run: run.created_at)


class MemoryGrants(Table):
    """The port `Grants`."""

    def put(self, grant: Grant) -> None:
        """Insert or replace by id."""
        self._set(grant.id, encode(grant), grant.given_at)

    def of(self, workflow_id: str) -> list[Grant]:
        """All of one workflow, oldest first."""
        wanted = scrubbed(workflow_id)
        found = [grant for grant in self._every(Grant) if grant.workflow_id == wanted]
        return sorted(found, key=lambda grant: grant.given_at)

    def delete_of(self, workflow_id: str) -> None:
        """Remove all of one workflow."""
        wanted = scrubbed(workflow_id)
        self._remove(Grant, lambda grant: grant.workflow_id == wanted)


class MemoryVerdicts(Table):
    """The port `Verdicts`."""

    _added = 0

    def add(self, verdict: Verdict) -> None:
        """Keep one."""
        self._added += 1
        self._set(str(self._added), encode(verdict), verdict.at)

    def all(self) -> list[Verdict]:
        """All, oldest first."""
        return sorted(self._every(Verdict), key=lambda verdict: verdict.at)

    def delete_of(self, pattern_id: str) -> None:
        """Remove all of one pattern."""
        wanted = scrubbed(pattern_id)
        self._remove(Verdict, lambda verdict: verdict.pattern_id == wanted)


class MemorySettings(Table):
    """The port `SettingsTable`."""

    def get(self, name: str) -> Any:
        """The value, or None."""
        return self._get(name, object)

    def put(self, name: str, value: Any) -> None:
        """Insert or replace."""
        self._set(name, encode(value))

    def all(self) -> dict[str, Any]:
        """All of them, by name."""
        self._guard.read()
        return {name: decode_any(self.rows[name]) for name in sorted(self.rows)}
