"""Use cases about captures: what was seen, counted, and deleted one by one."""

from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import Future
from enum import StrEnum

from understudy.core.attention import local
from understudy.core.ports import CaptureQuery, StoredCapture
from understudy.core.store_queries import Count
from understudy.core.value import Millis
from understudy.engine.cases.base import Cases
from understudy.engine.keeping import purge
from understudy.engine.views import Purged
from understudy.errors import NotFoundError


class CountBy(StrEnum):
    """What captures are counted by; times are those of the person's zone."""

    APP = "app"
    KIND = "kind"
    DAY = "day"
    """2026-11-21."""
    HOUR = "hour"
    """Of the day: 00 to 23."""
    WEEKDAY = "weekday"
    """0 = Monday to 6 = Sunday."""


_FORMATS = {CountBy.DAY: "%Y-%m-%d", CountBy.HOUR: "%H"}


class CaptureCases(Cases):
    """What can be asked about captures."""

    def captures(self, query: CaptureQuery) -> list[StoredCapture]:
        """Return stored captures, newest first; `before_id` = id of the last one of the page before."""
        if query.before_id:
            self.capture(query.before_id)
        return self._context.store.captures.find(query)

    def capture(self, capture_id: int) -> StoredCapture:
        """Return one capture."""
        stored = self._context.store.captures.get(capture_id)
        if stored is None:
            raise NotFoundError(
                f"There is no capture {capture_id}", "It may have been deleted", "See: understudy captures"
            )
        return stored

    def capture_statistics(self, by: CountBy, since: Millis = 0, until: Millis = 0) -> list[Count]:
        """Return how many captures there were: by app and kind the most frequent first, by time in order."""
        store = self._context.store.captures
        if by is CountBy.APP:
            return store.totals("app", since, until)
        if by is CountBy.KIND:
            return store.totals("kind", since, until)
        return _by_time(store.quarters(since, until), by, self._context.clock.zone())

    def delete_capture(self, capture_id: int) -> Future[Purged]:
        """Delete one capture for good with all that came of it; the future gets what was deleted."""
        self.capture(capture_id)
        return purge(self._context, CaptureQuery(id=capture_id), everything=False)


def _by_time(quarters: Iterable[tuple[Millis, int, Millis]], by: CountBy, zone: str) -> list[Count]:
    """Put quarters of an hour together to local days, hours of the day or weekdays."""
    groups: dict[str, tuple[int, Millis]] = defaultdict(lambda: (0, 0))
    for begin, captures, lasted in quarters:
        key = _key(begin, by, zone)
        groups[key] = groups[key][0] + captures, groups[key][1] + lasted
    return [Count(key=key, captures=count, lasted=lasted) for key, (count, lasted) in sorted(groups.items())]


def _key(begin: Millis, by: CountBy, zone: str) -> str:
    moment = local(begin, zone)
    return str(moment.weekday()) if by is CountBy.WEEKDAY else moment.strftime(_FORMATS[by])
