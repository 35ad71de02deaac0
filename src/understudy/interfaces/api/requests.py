"""What each route takes: path, query and body of a request, as one checked value."""

from typing import Annotated

import msgspec

from understudy.core.capture import CaptureKind
from understudy.core.ports import CaptureQuery, ImportOptions
from understudy.core.suggestion import Answer
from understudy.core.trust import Tier
from understudy.core.value import Millis, Value
from understudy.errors import InvalidInputError

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Limit = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
Minutes = Annotated[int, msgspec.Meta(ge=0, le=60 * 24 * 366)]


class Nothing(Value):
    """No parameters."""


class ById(Value):
    """One thing."""

    id: Id


class FindCaptures(Value):
    """Which captures to show; empty fields do not restrict."""

    since: Millis = 0
    until: Millis = 0
    kind: CaptureKind | None = None
    app: str = ""
    text: str = ""
    limit: Limit = 100

    @property
    def query(self) -> CaptureQuery:
        """The same, as the store understands it."""
        return CaptureQuery(**{name: getattr(self, name) for name in self.__struct_fields__})


class ListSuggestions(Value):
    """Which suggestions to show."""

    every: bool = False
    """Answered ones too."""


class GiveAnswer(Value):
    """An answer to a suggestion."""

    id: Id
    answer: Answer


class SetTier(Value):
    """How far a workflow may go."""

    id: Id
    tier: Tier
    consent: bool = False
    """Whether the person agreed to its scripts, having seen them."""


class SetEnabled(Value):
    """Suspend a workflow, or take it up again."""

    id: Id
    enabled: bool


class Execute(Value):
    """Run a workflow now."""

    id: Id
    consent: bool = False
    """Whether the person agreed to its scripts, having seen them."""


class ListRuns(Value):
    """Which runs to show."""

    limit: Limit = 50
    workflow_id: str = ""


class Pause(Value):
    """For how long; 0 = until resumed."""

    minutes: Minutes = 0


class TestPrivacy(Value):
    """A window, to learn what would be stored of it."""

    app: str
    title: str = ""
    url: str = ""


class Import(Value):
    """A source to read: a path on this machine, or an address."""

    source: Id
    format_name: str = ""
    """Empty = found out."""
    options: ImportOptions = ImportOptions()


class Purge(Value):
    """What to delete for good: at least one restriction, or `everything`."""

    since: Millis = 0
    until: Millis = 0
    kind: CaptureKind | None = None
    app: str = ""
    text: str = ""
    everything: bool = False

    @property
    def query(self) -> CaptureQuery:
        """Which captures. Raises InvalidInputError when neither they nor everything are named."""
        names = ("since", "until", "kind", "app", "text")
        query = CaptureQuery(**{name: getattr(self, name) for name in names})
        if (query == CaptureQuery()) != self.everything:
            raise InvalidInputError(
                "Nothing was deleted",
                "Either say which captures, or say everything, not both and not neither",
                "Give an app, a text, a kind or a time; or everything alone",
            )
        return query


class SetAutostart(Value):
    """Whether to start at login."""

    enabled: bool
