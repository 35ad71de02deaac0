"""What the person decided and what there is to run, in dictionaries."""

from itertools import dropwhile
from typing import Any

from understudy.core.grant import Grant
from understudy.core.ports import Verdict
from understudy.core.suggestion import Suggestion, SuggestionStatus
from understudy.core.value import Millis
from understudy.core.workflow import Workflow
from understudy.store.codec import decode, decode_any, encode, scrubbed
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


class MemoryVersions(Table):
    """The port `Versions`."""

    def put(self, workflow: Workflow) -> None:
        """Insert or replace by id and version."""
        self._set(_key(workflow.id, workflow.version), encode(workflow), workflow.version)

    def get(self, workflow_id: str, version: int) -> Workflow | None:
        """One of them."""
        return self._get(_key(workflow_id, version), Workflow)

    def of(self, workflow_id: str) -> list[Workflow]:
        """All of one workflow, newest first."""
        wanted = scrubbed(workflow_id)
        found = [workflow for workflow in self._every(Workflow) if workflow.id == wanted]
        return sorted(found, key=lambda workflow: -workflow.version)

    def delete_of(self, workflow_id: str) -> None:
        """Remove all of one workflow."""
        wanted = scrubbed(workflow_id)
        self._remove(Workflow, lambda workflow: workflow.id == wanted)


class MemoryLevels(Table):
    """The port `Levels`. A key is (workflow, place) as JSON."""

    def put(self, workflow_id: str, index: int, level: str) -> None:
        """Insert or replace."""
        self._set(encode((workflow_id, index)), encode(level), index)

    def all(self) -> dict[tuple[str, int], str]:
        """All of them."""
        self._guard.read()
        return {_place_in(key): decode(body, str) for key, body in self.rows.items()}

    def delete_of(self, workflow_id: str) -> None:
        """Remove all of one workflow; nothing of the person is in them that would have to be cleaned away."""
        self._guard.write()
        wanted = scrubbed(workflow_id)
        self.rows = {key: body for key, body in self.rows.items() if _place_in(key)[0] != wanted}


def _place_in(key: str) -> tuple[str, int]:
    return decode(key, tuple[str, int])


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

    def recent(self, limit: int = 200, workflow_id: str = "", before: str = "") -> list[Suggestion]:
        """Newest first; `before` = id of the last one of the page before."""
        wanted, last = scrubbed(workflow_id), scrubbed(before)
        newest_first = self._in_order()[::-1]
        if last:
            newest_first = list(dropwhile(lambda one: one.id != last, newest_first))[1:]
        return [one for one in newest_first if not wanted or one.workflow_id == wanted][: max(0, limit)]

    def delete_of(self, workflow_id: str) -> None:
        """Remove all of one workflow."""
        wanted = scrubbed(workflow_id)
        self._remove(Suggestion, lambda suggestion: suggestion.workflow_id == wanted)

    def delete_before(self, until: Millis) -> int:
        """Remove settled ones offered before this time; returns how many."""
        waiting = SuggestionStatus.WAITING
        return self._remove(Suggestion, lambda one: one.offered_at < until and one.status is not waiting)

    def _in_order(self) -> list[Suggestion]:
        return sorted(self._every(Suggestion), key=lambda suggestion: suggestion.offered_at)


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

    def get(self, grant_id: str) -> Grant | None:
        """One of them."""
        return self._get(grant_id, Grant)

    def all(self) -> list[Grant]:
        """All, oldest first."""
        return sorted(self._every(Grant), key=lambda grant: grant.given_at)

    def delete(self, grant_id: str) -> None:
        """Take one back for good; unknown ids are fine."""
        wanted = scrubbed(grant_id)
        self._remove(Grant, lambda grant: grant.id == wanted)

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


def _key(workflow_id: str, number: int) -> str:
    return f"{number} {workflow_id}"
