"""The table of routes: method, path, who may, what comes back. The guard and the application both go by it."""

import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import unquote

from understudy import __version__
from understudy.core.bucket import Bucket
from understudy.core.value import Millis
from understudy.engine.bucket_reading import BucketEvent
from understudy.engine.cases.buckets import BucketCases, EventQuery
from understudy.errors import InvalidInputError
from understudy.interfaces.activitywatch import shapes
from understudy.interfaces.activitywatch.exchange import NOT_MODIFIED, Answer, Request

SHORT, LONG = 256 * 1024, 10 * 1024 * 1024
"""Bytes of a body: of any request, of an import."""


class Access(Enum):
    """Who may."""

    OPEN = "open"
    """Whoever the guard lets in."""
    WATCHER = "watcher"
    """The same for the bucket of a known watcher; for any other bucket, the token."""
    TOKEN = "token"  # noqa: S105 - it is the name of a rule
    """Whoever has the token."""


Reading = Callable[[Request], Any]
"""Makes of the request what the work takes; away from the engine's thread."""
Work = Callable[[BucketCases, str, Any], Any]
"""(use cases, id of the bucket, what was read) -> a value, or a future of one; on the engine's thread."""
Writing = Callable[[Any, Request], Answer]
"""Makes an answer of what came of it; away from the engine's thread."""


def _json(content: Any, _request: Request) -> Answer:
    return Answer(content=content)


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """One thing that can be asked."""

    method: str
    path: re.Pattern[str]
    """Of the path as it was sent."""
    access: Access
    read: Reading = lambda _: None
    work: Work | None = None
    """None = nothing has to be asked of the engine."""
    write: Writing = _json
    longest: int = SHORT


_SEGMENT = r"(?:[A-Za-z0-9._~()@+,=:!-]|%20|%[89A-Fa-f][0-9A-Fa-f])+"
"""Escapes are taken for blanks and letters beyond ASCII alone: there is one way to write each path."""


def _path(pattern: str) -> re.Pattern[str]:
    named = pattern.replace("{event}", r"(?P<event>[0-9]{1,18})")
    named = re.sub(r"\{(bucket|key)\}", rf"(?P<\1>{_SEGMENT})", named)
    return re.compile(rf"/api/0/{named}")


def find(path: str, method: str) -> tuple[Route | None, dict[str, str], bool]:
    """Return (route, what the path names, whether there is such a path at all)."""
    known = False
    for route in ROUTES:
        match = route.path.fullmatch(path)
        if match is None:
            continue
        known = True
        if route.method == method:
            return route, {name: unquote(text) for name, text in match.groupdict().items()}, True
    return None, {}, known


# --- what each of them does -----------------------------------------------------------------------


def _info(_: Any, _request: Request) -> Answer:
    info = {"hostname": socket.gethostname(), "version": f"v{__version__} (Understudy)", "testing": False}
    return Answer(content={**info, "device_id": "understudy"})


def _created(is_new: Any, _: Request) -> Answer:
    return Answer(content={}) if is_new else Answer(status=NOT_MODIFIED)


def _nothing(_: Any, _request: Request) -> Answer:
    return Answer()


def _empty(_: Any, _request: Request) -> Answer:
    return Answer(content={})


def _new_bucket(request: Request) -> Bucket:
    new = shapes.read(request.body, shapes.NewBucket)
    return Bucket(id=request.bucket, type=new.type, client=new.client, hostname=new.hostname, created_at=0)


def _changes(request: Request) -> dict[str, Any]:
    return shapes.read(request.body, shapes.ChangedBucket).changes()


def _is_forced(request: Request) -> bool:
    return request.query.get("force") == "1"


def _deleted(purged: Any, _: Request) -> Answer:
    if purged is None:
        return Answer(status=401, content={"message": "Deleting a bucket needs ?force=1"})
    return Answer(content={})


def _heartbeat(request: Request) -> tuple[BucketEvent, Millis]:
    """Return the event and the pulse time."""
    try:
        pulse = float(request.query["pulsetime"])
    except (KeyError, ValueError) as error:
        raise InvalidInputError("Missing required parameter pulsetime", fix="Give seconds") from error
    event = shapes.event_from(shapes.read(request.body, shapes.Event))
    return event, shapes.millis_of_seconds("pulsetime", pulse)


def _event(event: BucketEvent | None, _: Request) -> Answer:
    return Answer(status=404) if event is None else Answer(content=shapes.event_json(event))


def _events(events: list[BucketEvent], _: Request) -> Answer:
    return Answer(content=[shapes.event_json(each) for each in events])


def _added(events: list[BucketEvent], _: Request) -> Answer:
    """One event comes back with its id; of several, nothing does."""
    return Answer(content=shapes.event_json(events[0]) if len(events) == 1 else None)


def _exported(pairs: list[tuple[Bucket, list[BucketEvent]]], request: Request) -> Answer:
    one = request.bucket
    content = {bucket.id: shapes.export_json(bucket, events) for bucket, events in pairs}
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", one)
    filename = f"aw-bucket-export_{plain}.json" if one else "aw-buckets-export.json"
    return Answer(content={"buckets": content}, filename=filename)


def _with_events(use: BucketCases, bucket: Bucket) -> tuple[Bucket, list[BucketEvent]]:
    return bucket, use.bucket_events(bucket.id, EventQuery())


_BUCKET, _EVENTS = "buckets/{bucket}", "buckets/{bucket}/events"

ROUTES: tuple[Route, ...] = (
    Route(method="GET", path=_path("info"), access=Access.OPEN, write=_info),
    Route(method="GET", path=_path("settings/?"), access=Access.TOKEN, write=_empty),
    Route(method="GET", path=_path("settings/{key}"), access=Access.TOKEN, write=_nothing),
    Route(
        method="GET",
        path=_path("buckets/?"),
        access=Access.TOKEN,
        work=lambda use, _, __: use.buckets(),
        write=lambda cards, _: Answer(content={card.bucket.id: shapes.card_json(card) for card in cards}),
    ),
    Route(
        method="GET",
        path=_path(_BUCKET),
        access=Access.TOKEN,
        work=lambda use, bucket, _: use.bucket(bucket),
        write=lambda bucket, _: Answer(content=shapes.bucket_json(bucket)),
    ),
    Route(
        method="POST",
        path=_path(_BUCKET),
        access=Access.WATCHER,
        read=_new_bucket,
        work=lambda use, _, new: use.create_bucket(new),
        write=_created,
    ),
    Route(
        method="PUT",
        path=_path(_BUCKET),
        access=Access.TOKEN,
        read=_changes,
        work=lambda use, bucket, changes: use.update_bucket(bucket, changes),
        write=_empty,
    ),
    Route(
        method="DELETE",
        path=_path(_BUCKET),
        access=Access.TOKEN,
        read=_is_forced,
        work=lambda use, bucket, is_forced: use.delete_bucket(bucket) if is_forced else None,
        write=_deleted,
    ),
    Route(
        method="GET",
        path=_path(_EVENTS),
        access=Access.TOKEN,
        read=lambda request: request.events,
        work=lambda use, bucket, query: use.bucket_events(bucket, query),
        write=_events,
    ),
    Route(
        method="POST",
        path=_path(_EVENTS),
        access=Access.WATCHER,
        read=lambda request: shapes.read_events(request.body),
        work=lambda use, bucket, events: use.add_bucket_events(bucket, events),
        write=_added,
    ),
    Route(
        method="GET",
        path=_path(_EVENTS + "/count"),
        access=Access.TOKEN,
        read=lambda request: request.events,
        work=lambda use, bucket, query: len(use.bucket_events(bucket, query)),
    ),
    Route(
        method="GET",
        path=_path(_EVENTS + "/{event}"),
        access=Access.TOKEN,
        read=lambda request: request.event,
        work=lambda use, bucket, event: use.bucket_event(bucket, event),
        write=_event,
    ),
    Route(
        method="DELETE",
        path=_path(_EVENTS + "/{event}"),
        access=Access.TOKEN,
        read=lambda request: request.event,
        work=lambda use, bucket, event: use.delete_bucket_event(bucket, event),
        write=lambda success, _: Answer(content={"success": success}),
    ),
    Route(
        method="POST",
        path=_path("buckets/{bucket}/heartbeat"),
        access=Access.WATCHER,
        read=_heartbeat,
        work=lambda use, bucket, beat: use.heartbeat(bucket, *beat),
        write=_event,
    ),
    Route(
        method="GET",
        path=_path("buckets/{bucket}/export"),
        access=Access.TOKEN,
        work=lambda use, bucket, _: [_with_events(use, use.bucket(bucket))],
        write=_exported,
    ),
    Route(
        method="GET",
        path=_path("export"),
        access=Access.TOKEN,
        work=lambda use, _, __: [_with_events(use, card.bucket) for card in use.buckets()],
        write=_exported,
    ),
    Route(
        method="POST",
        path=_path("import"),
        access=Access.TOKEN,
        read=lambda request: shapes.dumps_from(shapes.read(request.body, shapes.Dump)),
        work=lambda use, _, dumps: use.import_buckets(dumps),
        write=_nothing,
        longest=LONG,
    ),
)
