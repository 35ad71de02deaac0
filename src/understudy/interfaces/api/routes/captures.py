"""Captures: what was seen, counted, imported, exported and deleted."""

from typing import Annotated

import msgspec

from understudy.core.capture import CaptureKind
from understudy.core.ports import CaptureQuery, ImportOptions, StoredCapture
from understudy.core.store_queries import Count
from understudy.core.value import Value
from understudy.engine.cases.captures import CountBy
from understudy.engine.exported import Export
from understudy.engine.views import Imported, Purged
from understudy.errors import InvalidInputError
from understudy.interfaces.api.routes.route import Id, Limit, Nothing, Page, Route, Time

CaptureId = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
RESTRICTING = ("since", "until", "kind", "app", "text")


class FindCaptures(Value):
    """Which captures to show; empty fields do not restrict."""

    since: Time = 0
    until: Time = 0
    kind: CaptureKind | None = None
    app: str = ""
    text: str = ""
    limit: Limit = 100
    before_id: CaptureId = 0
    """Id of the last one of the page before."""

    @property
    def query(self) -> CaptureQuery:
        """The same, as the store takes it."""
        return CaptureQuery(**{name: getattr(self, name) for name in self.__struct_fields__})


class OneCapture(Value):
    """One capture."""

    id: CaptureId


class CountCaptures(Value):
    """What to count by, and over which time."""

    by: CountBy = CountBy.APP
    since: Time = 0
    until: Time = 0


class Import(Value):
    """A source to read: a path on this machine, or an address."""

    source: Id
    format_name: str = ""
    """Empty = found out."""
    options: ImportOptions = ImportOptions()


class Purge(Value):
    """What to delete for good: at least one restriction, or `everything`."""

    since: Time = 0
    until: Time = 0
    kind: CaptureKind | None = None
    app: str = ""
    text: str = ""
    everything: bool = False

    @property
    def query(self) -> CaptureQuery:
        """Which captures. Raises InvalidInputError when neither they nor everything are named."""
        query = CaptureQuery(**{name: getattr(self, name) for name in RESTRICTING})
        if (query == CaptureQuery()) != self.everything:
            raise InvalidInputError(
                "Nothing was deleted",
                "Either say which captures, or say everything, not both and not neither",
                "Give an app, a text, a kind or a time; or everything alone",
            )
        return query


PATH = "/api/captures"

ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path=PATH,
        name="list_captures",
        summary="What was seen, newest first.",
        takes=FindCaptures,
        gives=list[StoredCapture],
        call=lambda use, q, _: use.captures(q.query),
        page=Page(field="before_id", cursor=lambda stored: str(stored.id)),
    ),
    Route(
        method="GET",
        path=f"{PATH}/statistics",
        name="capture_statistics",
        summary="How much was seen, by app, kind, day, hour or weekday.",
        takes=CountCaptures,
        gives=list[Count],
        call=lambda use, q, _: use.capture_statistics(q.by, q.since, q.until),
    ),
    Route(
        method="GET",
        path=f"{PATH}/{{id}}",
        name="show_capture",
        summary="One capture.",
        takes=OneCapture,
        gives=StoredCapture,
        call=lambda use, q, _: use.capture(q.id),
    ),
    Route(
        method="DELETE",
        path=f"{PATH}/{{id}}",
        name="delete_capture",
        summary="Delete one capture for good, with what was learned from it.",
        takes=OneCapture,
        gives=Purged,
        call=lambda use, q, _: use.delete_capture(q.id),
    ),
    Route(
        method="POST",
        path="/api/import",
        name="import_source",
        summary="Read a log of another program into the captures.",
        takes=Import,
        gives=Imported,
        call=lambda use, q, _: use.import_source(q.source, q.format_name, q.options),
    ),
    Route(
        method="GET",
        path="/api/export",
        name="export_everything",
        summary="Everything that is kept.",
        takes=Nothing,
        gives=Export,
        call=lambda use, _, __: use.export(),
    ),
    Route(
        method="POST",
        path="/api/purge",
        name="purge",
        summary="Delete captures for good, with all that was learned from them.",
        takes=Purge,
        gives=Purged,
        call=lambda use, q, _: use.purge(q.query, everything=q.everything),
    ),
)
