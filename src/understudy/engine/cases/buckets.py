"""Use cases: the buckets of ActivityWatch's clients. Their events are captures with the source `aw:BUCKET`."""

from collections.abc import Iterable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import msgspec

from understudy.core.bucket import Bucket
from understudy.core.bucket_event import data_of, is_incognito
from understudy.core.capture import Capture
from understudy.core.ports import CaptureQuery, ImportOptions, StoredCapture
from understudy.core.privacy import screen
from understudy.core.reason import Reason
from understudy.core.value import DAY, Millis, Value
from understudy.engine import intake, keeping
from understudy.engine.beat import Beat, is_same, prolonged
from understudy.engine.bucket_reading import (
    BucketDump,
    BucketEvent,
    Records,
    capture_of,
    check_bucket,
    event_of,
    records_of,
    source_of,
)
from understudy.engine.cases.base import Cases
from understudy.engine.context import Context
from understudy.engine.messages import Captured
from understudy.engine.replies import all_of, ready, then
from understudy.errors import InvalidInputError, NotFoundError, RefusedError

if TYPE_CHECKING:
    from understudy.engine.views import Imported, Purged

MOST_BUCKETS = 200
REACH: Millis = DAY
"""How long before the time asked for an event may have begun; ActivityWatch looks as far back."""


class BucketCard(Value):
    """A bucket, and how far it goes."""

    bucket: Bucket
    last_updated: Millis
    """End of its latest event; 0 = it is empty."""


class EventQuery(Value):
    """Which events of a bucket."""

    start: Millis = 0
    """They end at or after this time; 0 = any."""
    end: Millis = 0
    """They begin at or before this time; 0 = any."""
    limit: int = -1
    """The newest so many; below 0 = all."""


class BucketCases(Cases):
    """Buckets and their events."""

    def buckets(self) -> list[BucketCard]:
        """Return all buckets, by id."""
        return [self._bucket_card(bucket) for bucket in self._context.store.buckets.all()]

    def bucket(self, bucket_id: str) -> Bucket:
        """Return one bucket."""
        bucket = self._context.store.buckets.get(bucket_id)
        if bucket is None:
            raise NotFoundError(f"There's no bucket named {bucket_id}", fix="Create it first")
        return bucket

    def create_bucket(self, bucket: Bucket) -> bool:
        """Store a new bucket; False = there was one of that id."""
        store = self._context.store.buckets
        if store.get(bucket.id) is not None:
            return False
        check_bucket(bucket)
        if len(store.all()) >= MOST_BUCKETS:
            raise RefusedError("No more buckets", f"There are {MOST_BUCKETS} already", "Delete one of them")
        created = bucket.created_at or self._context.now
        store.put(msgspec.structs.replace(bucket, created_at=created))
        return True

    def update_bucket(self, bucket_id: str, changes: dict[str, Any]) -> Bucket:
        """Change what is said of a bucket: type, client, hostname, name, data."""
        changed = msgspec.structs.replace(self.bucket(bucket_id), **changes)
        check_bucket(changed)
        self._context.store.buckets.put(changed)
        return changed

    def delete_bucket(self, bucket_id: str) -> "Future[Purged]":
        """Delete a bucket, its events, and what was learned from them, for good."""
        bucket = self.bucket(bucket_id)
        purged = keeping.purge(self._context, CaptureQuery(source=source_of(bucket.id)), everything=False)
        self._context.store.buckets.delete(bucket.id)
        return purged

    # --- events ------------------------------------------------------------------------------------

    def bucket_events(self, bucket_id: str, query: EventQuery) -> list[BucketEvent]:
        """Return events, newest first; of one that reaches beyond the time asked for, the part in it."""
        source = source_of(self.bucket(bucket_id).id)
        if query.limit == 0:
            return []
        found = self._context.store.captures.find(
            CaptureQuery(
                source=source,
                since=max(0, query.start - REACH),
                until=query.end + 1 if query.end else 0,
                limit=0 if query.start else max(0, query.limit),
            )
        )
        events = [
            _part_of(event_of(each), query)
            for each in found
            if each.capture.at + each.capture.lasted >= query.start
        ]
        return events[: query.limit] if query.limit > 0 else events

    def bucket_event(self, bucket_id: str, event_id: int) -> BucketEvent | None:
        """Return one event; None = there is none of that id in the bucket."""
        source = source_of(self.bucket(bucket_id).id)
        stored = self._context.store.captures.get(event_id)
        if stored is None or stored.capture.source != source:
            return None
        return event_of(stored)

    def add_bucket_events(self, bucket_id: str, events: Iterable[BucketEvent]) -> "Future[list[BucketEvent]]":
        """Store events; the future gets them with their ids. Of one with an id, only the length can change."""
        bucket = self.bucket(bucket_id)
        seen = [(event, self._bucket_capture(bucket, event)) for event in events]
        return all_of([self._add_bucket_event(bucket, event, capture) for event, capture in seen])

    def delete_bucket_event(self, bucket_id: str, event_id: int) -> "Future[bool]":
        """Delete one event and what was learned from it, for good; False = there is none of that id."""
        if self.bucket_event(bucket_id, event_id) is None:
            return ready(answer=False)
        purged = keeping.purge(self._context, CaptureQuery(id=event_id), everything=False)
        return then(purged, lambda each: each.captures > 0)

    def heartbeat(self, bucket_id: str, event: BucketEvent, pulse: Millis) -> "Future[BucketEvent]":
        """Prolong the latest event of the bucket by an equal one at most `pulse` ms later, or begin a new one."""
        bucket, context = self.bucket(bucket_id), self._context
        capture = self._bucket_capture(bucket, event)
        kept = _kept(capture, context)
        if capture is None or kept is None:
            context.beats[bucket.id] = None
            return ready(event)
        beat = self._latest_beat(bucket.id, kept.at)
        lasted = prolonged(beat, kept, pulse) if beat else None
        if beat is None or lasted is None:
            context.beats[bucket.id] = beat = Beat(capture=kept, lasted=kept.lasted)
            return self._store_bucket_event(capture, beat, bucket.id)
        if lasted > beat.lasted and beat.id is not None:
            context.store.captures.extend(beat.id, lasted)
        beat.lasted = lasted
        return ready(_beaten(beat))

    def import_buckets(self, dumps: tuple[BucketDump, ...]) -> "Future[Imported]":
        """Create the buckets that are missing, store the events of all, and learn from them."""
        for dump in dumps:
            self.create_bucket(dump.bucket)
        records = Records(records_of(dumps, self._context.now))
        return intake.begin(self._context, records, "", "activitywatch", ImportOptions())

    # --- inside ------------------------------------------------------------------------------------

    def _bucket_card(self, bucket: Bucket) -> BucketCard:
        latest = self._context.store.captures.find(CaptureQuery(source=source_of(bucket.id), limit=1))
        ends = [each.capture.at + each.capture.lasted for each in latest]
        return BucketCard(bucket=bucket, last_updated=max(ends, default=0))

    def _bucket_capture(self, bucket: Bucket, event: BucketEvent) -> Capture | None:
        """Return the event as a capture; None where a browser says that nothing is to be kept."""
        if is_incognito(event.data):
            return None
        try:
            return capture_of(bucket, event, self._context.now)
        except ValueError as error:
            raise InvalidInputError(
                "This event cannot be used", str(error), "Send it as clients do"
            ) from error

    def _latest_beat(self, bucket_id: str, at: Millis) -> Beat | None:
        """Return the latest event of the bucket: from memory, after a start from the store."""
        beats = self._context.beats
        if bucket_id not in beats:
            query = CaptureQuery(source=source_of(bucket_id), since=max(0, at - REACH), limit=1)
            latest = self._context.store.captures.find(query)
            beats[bucket_id] = _beat_of(latest[0]) if latest else None
        return beats[bucket_id]

    def _add_bucket_event(
        self, bucket: Bucket, event: BucketEvent, capture: Capture | None
    ) -> "Future[BucketEvent]":
        kept = _kept(capture, self._context)
        if capture is None or kept is None:
            return ready(event)
        beat = Beat(capture=kept, lasted=kept.lasted)
        return (
            self._store_bucket_event(capture, beat)
            if event.id is None
            else ready(self._prolong_bucket_event(bucket, event.id, beat))
        )

    def _prolong_bucket_event(self, bucket: Bucket, event_id: int, beat: Beat) -> BucketEvent:
        """Give an event its new length. Raises InvalidInputError where more than that would change."""
        stored = self._context.store.captures.get(event_id)
        if stored is None or stored.capture.source != source_of(bucket.id):
            raise NotFoundError(f"There is no event {event_id} in {bucket.id}", fix="Send it without an id")
        if stored.capture.at != beat.capture.at or not is_same(stored.capture, beat.capture):
            raise InvalidInputError(
                f"Event {event_id} cannot become another one",
                "Only its length can change",
                "Delete it, then add one",
            )
        self._context.store.captures.extend(event_id, beat.lasted)
        beat.id = event_id
        self._context.beats.pop(bucket.id, None)
        return _beaten(beat)

    def _store_bucket_event(self, capture: Capture, beat: Beat, bucket_id: str = "") -> "Future[BucketEvent]":
        """Send it the way of every capture; the future gets the event with its id."""
        stored: Future[int | None] = Future()

        def settle(capture_id: int | None) -> BucketEvent:
            beat.id = self._known_bucket_event(beat) if capture_id is None else capture_id
            if beat.id is not None and beat.lasted > beat.capture.lasted:
                self._context.store.captures.extend(beat.id, beat.lasted)
            return _beaten(beat)

        def forget(_: object) -> None:
            if beat.id is None and self._context.beats.get(bucket_id) is beat:
                self._context.beats[bucket_id] = None

        reply = then(stored, settle)
        stored.add_done_callback(forget)
        self._context.post(Captured(capture=capture, reply=stored))
        return reply

    def _known_bucket_event(self, beat: Beat) -> int | None:
        """Return the id of the capture that is there already, if this bucket brought it."""
        source, at = beat.capture.source, beat.capture.at
        found = self._context.store.captures.find(
            CaptureQuery(source=source, since=at, until=at + 1, limit=0)
        )
        return next((each.id for each in found if is_same(each.capture, beat.capture)), None)


def _part_of(event: BucketEvent, query: EventQuery) -> BucketEvent:
    """Return what of an event is in the time asked for, as ActivityWatch does: sums over a day do not count twice."""
    begin, end = max(event.at, query.start), event.at + event.lasted
    until = min(end, query.end) if query.end else end
    return msgspec.structs.replace(event, at=begin, lasted=until - begin)


def _kept(capture: Capture | None, context: Context) -> Capture | None:
    """Return what of it will be stored; None = nothing."""
    if capture is None or context.is_paused:
        return None
    kept = screen(capture, context.settings.privacy)
    if isinstance(kept, Reason):
        context.screened += 1
        return None
    return kept


def _beat_of(stored: StoredCapture) -> Beat:
    return Beat(capture=stored.capture, lasted=stored.capture.lasted, id=stored.id)


def _beaten(beat: Beat) -> BucketEvent:
    return BucketEvent(id=beat.id, at=beat.capture.at, lasted=beat.lasted, data=data_of(beat.capture))
