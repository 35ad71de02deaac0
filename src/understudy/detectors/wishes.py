"""What the person and their machine allow of each template: asked once a day, as the answers may take time."""

from collections.abc import Callable, Iterable

from understudy.core.value import Value
from understudy.detectors.setting import Setting

Ask = Callable[[str], bool]


class _Answer(Value, gc=False):
    is_never: bool
    is_actionable: bool


class Wishes:
    """Remembers the answers for what is live, and for nothing else."""

    def __init__(self, never: Ask, actionable: Ask, name_of: Callable[[str], str]) -> None:
        self._never, self._actionable, self._name_of = never, actionable, name_of
        self._answers: dict[str, _Answer] = {}
        self._names: dict[str, str] = {}

    def forget(self) -> None:
        """Ask anew from now on: programs come and go, wishes change."""
        self._answers, self._names = {}, {}

    def setting(
        self, zone: str, templates: Iterable[str], typed: Iterable[str], occurrences: int | None
    ) -> Setting:
        """Return what mining needs to know of these templates and typed texts."""
        live = dict.fromkeys((*templates, *typed))
        self._answers = {each: self._answers.get(each) or self._ask(each) for each in live}
        apps = [template.removeprefix("app:") for template in live if template.startswith("app:")]
        self._names = {app: self._names.get(app) or self._name_of(app) for app in apps}
        return Setting(
            zone=zone,
            names=self._names,
            undoable=frozenset(each for each, answer in self._answers.items() if not answer.is_actionable),
            never=frozenset(each for each, answer in self._answers.items() if answer.is_never),
            occurrences=occurrences,
        )

    def _ask(self, template: str) -> _Answer:
        return _Answer(is_never=self._never(template), is_actionable=self._actionable(template))
