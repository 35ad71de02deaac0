"""The triggers that are listened to, so arranged that an event meets only those it could fire."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

from understudy.core.matching import literals_of
from understudy.core.triggering import PATTERNS
from understudy.core.workflow import (
    AgedThing,
    AgeTrigger,
    CaptureTrigger,
    ConditionTrigger,
    EscalationTrigger,
    RunTrigger,
    StateTrigger,
    Trigger,
    Workflow,
)

GRAM = 3
"""Characters of a pattern that a text must hold before the pattern is looked at."""


class Waiting(NamedTuple):
    """One trigger of one workflow."""

    workflow: Workflow
    place: int
    """Index of the trigger in its workflow."""
    trigger: Trigger


class Armed:
    """A table of triggers; made anew whenever a workflow changes, never changed itself."""

    def __init__(self, workflows: Iterable[Workflow] = ()) -> None:
        self.by_template: dict[str, list[Waiting]] = {}
        """Last template of a learned row -> who waits for it."""
        self.by_watch: dict[str, list[Waiting]] = {}
        """Watched value -> its condition and state triggers."""
        self.by_run: dict[str, list[Waiting]] = {}
        """Workflow -> who waits for the end of its runs."""
        self.ages_by_watch: dict[str, list[Waiting]] = {}
        """Watched value -> triggers on how long it has lasted."""
        self.questions: list[Waiting] = []
        """Triggers on how long a question has waited."""
        self._ages_by_app: dict[str, list[Waiting]] = {}
        """Program in lower case ("" = a pattern, or any) -> triggers on how long it has been in front."""
        self._by_gram: dict[str, dict[str, list[Waiting]]] = {}
        """Field -> three characters of it -> patterns."""
        self._by_kind: dict[str, list[Waiting]] = {}
        """Kind of capture ("" = any) -> patterns too short to be found by three characters."""
        self.workflows = {each.id: each for each in workflows}
        every = [
            Waiting(workflow, index, trigger)
            for workflow in self.workflows.values()
            for index, trigger in enumerate(workflow.triggers)
        ]
        self._shared = Counter(chain.from_iterable(grams_of(each.trigger) for each in every))
        for waiting in every:
            self._add(waiting)

    def find(self, workflow_id: str, index: int) -> Waiting | None:
        """Return the trigger at this place, if it is listened to."""
        workflow = self.workflows.get(workflow_id)
        if workflow is None or not 0 <= index < len(workflow.triggers):
            return None
        return Waiting(workflow, index, workflow.triggers[index])

    def front_ages(self, app: str) -> tuple[Waiting, ...]:
        """Return the triggers that may care how long this program is in front."""
        exact = self._ages_by_app.get(app.casefold(), ()) if app else ()
        return (*exact, *self._ages_by_app.get("", ()))

    def patterned(self, data: Mapping[str, Any]) -> Iterator[Waiting]:
        """Yield the triggers whose patterns this capture could fit, each once."""
        for field, grams in self._by_gram.items():
            text = data[field].casefold()
            for gram in grams.keys() & {text[place : place + GRAM] for place in range(len(text) - GRAM + 1)}:
                yield from grams[gram]
        yield from self._by_kind.get(data["kind"], ())
        yield from self._by_kind.get("", ())

    def _add(self, waiting: Waiting) -> None:
        trigger = waiting.trigger
        if isinstance(trigger, CaptureTrigger):
            self._bucket_of(trigger).append(waiting)
        elif isinstance(trigger, (ConditionTrigger, StateTrigger)):
            self.by_watch.setdefault(trigger.watch, []).append(waiting)
        elif isinstance(trigger, RunTrigger):
            self.by_run.setdefault(trigger.workflow, []).append(waiting)
        elif isinstance(trigger, EscalationTrigger):
            self.questions.append(waiting)
        elif isinstance(trigger, AgeTrigger):
            self._ages_of(trigger).append(waiting)

    def _ages_of(self, trigger: AgeTrigger) -> list[Waiting]:
        if trigger.of is AgedThing.APPROVAL:
            return self.questions
        if trigger.of is AgedThing.STATE:
            return self.ages_by_watch.setdefault(trigger.watch, [])
        is_pattern = any(each in trigger.value for each in "*?")
        return self._ages_by_app.setdefault("" if is_pattern else trigger.value.casefold(), [])

    def _bucket_of(self, trigger: CaptureTrigger) -> list[Waiting]:
        if trigger.symbols:
            return self.by_template.setdefault(trigger.symbols[-1], [])
        places = grams_of(trigger)
        if not places:
            return self._by_kind.setdefault(trigger.kind.value if trigger.kind else "", [])
        # The one that the fewest share: patterns that are alike in part do not all meet the same captures.
        field, gram = min(places, key=self._shared.__getitem__)
        return self._by_gram.setdefault(field, {}).setdefault(gram, [])


@lru_cache(maxsize=8192)
def grams_of(trigger: Trigger) -> tuple[tuple[str, str], ...]:
    """Return (field, three characters) that a capture must hold for the patterns of the trigger to fit."""
    if not isinstance(trigger, CaptureTrigger) or trigger.symbols:
        return ()
    return tuple(
        (field, literal[place : place + GRAM])
        for field in PATTERNS
        for literal in literals_of(getattr(trigger, field))
        for place in range(len(literal) - GRAM + 1)
    )
