"""The agent at a glance: how it is, what this machine offers, what waits for an answer, and why."""

import os
from concurrent.futures import Future
from typing import Any

import msgspec

from understudy.core.ports import Machine
from understudy.core.suggestion import Answer, Suggestion
from understudy.core.value import Value
from understudy.engine import answering, cards, explain
from understudy.engine.cases.base import Cases
from understudy.engine.replies import from_worker
from understudy.engine.setting_rules import unusable
from understudy.engine.status import Status
from understudy.engine.views import Doctor, SuggestionCard, Why

NEEDED = frozenset({"store", "session_bus", "focus", "notifications"})
"""Without one of these the product does not do its job."""


class ActionCard(Value):
    """Something that a step can do."""

    name: str
    title: str
    parameters: dict[str, Any]
    """JSON schema of its parameters."""
    reversible: bool
    needs: tuple[str, ...]
    """Capabilities without which it cannot work; `doctor` says whether they are there."""
    needs_consent: bool
    """Whether even an approved workflow asks for these exact parameters."""


class LookingCases(Cases):
    """What can be looked at, and answered."""

    _machine: Machine
    _version: str

    def status(self) -> Status:
        """Return the agent at a glance."""
        return cards.status(self._context, self._version, os.getpid())

    def doctor(self) -> Future[Doctor]:
        """Look, on a worker, at what this machine offers; the future gets it."""
        faults = tuple(unusable(self._context.settings, self._context.watchers))

        def look() -> Doctor:
            capabilities = (*self._machine.capabilities(), *faults)
            healthy = not any(each.state == "missing" and each.name in NEEDED for each in capabilities)
            return Doctor(capabilities=capabilities, healthy=healthy)

        return from_worker(self._context.workers, look)

    def actions(self) -> list[ActionCard]:
        """Return what a step can do, by name."""
        return [
            ActionCard(
                name=name,
                title=action.title,
                parameters=msgspec.json.schema(action.parameters),
                reversible=action.reversibility.value == "inverse",
                needs=action.needs,
                needs_consent=action.needs_consent,
            )
            for name, action in sorted(self._context.actions.items())
        ]

    def suggestions(self, *, every: bool = False) -> list[SuggestionCard]:
        """Return the suggestions that wait, or the latest of all."""
        store = self._context.store.suggestions
        chosen = store.recent() if every else store.waiting()
        return [cards.suggestion_card(each, self._context) for each in chosen]

    def answer(self, suggestion_id: str, answer: Answer, by: str) -> Suggestion:
        """Take the person's answer to a suggestion or an approval."""
        answered, messages = answering.answer(self._context, suggestion_id, answer, by)
        for message in messages:
            self._context.post(message)
        return answered

    def why(self, thing_id: str) -> Why:
        """Return the reasons for something."""
        return explain.why(thing_id, self._context)

    def why_not(self, thing_id: str) -> Why:
        """Return what stands against something."""
        return explain.why_not(thing_id, self._context)
