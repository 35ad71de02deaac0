"""The events of ActivityWatch's buckets, as captures and back. Pure; for the importer and for what is sent to us.

Of a window program, title and address are kept; of a page address, title and browser; of presence whether
the person was there; of an edited file its path. All else an event may hold (tab counts, sound, language,
project) is not. An event of any other type is kept whole, as JSON of 4 KiB at most.
"""

from typing import Any, Protocol

import msgspec

from understudy.core.capture import Capture, CaptureKind
from understudy.core.programs import program_id

SOURCE = "aw:"
"""What the sources of captures begin with that a client sent to a bucket of ours; the bucket's id follows."""
_STATUS = {"afk": "idle", "not-afk": "active"}
_PRESENCE = {text: status for status, text in _STATUS.items()}
_WATCHER, _WEB = "aw-watcher-", "aw-watcher-web-"
_MARKS = ("window", "web", "afk", "editor")


class Stream(Protocol):
    """What has to be known of a bucket."""

    @property
    def id(self) -> str:
        """Its name, as aw-watcher-window_HOST."""

    @property
    def type(self) -> str:
        """What its events are: currentwindow, web.tab.current, afkstatus, app.editor.activity, ..."""

    @property
    def client(self) -> str:
        """Who fills it."""

    @property
    def hostname(self) -> str:
        """Where that is."""


def kind_of(stream: Stream) -> str:
    """Return window, web, afk or editor; empty = anything else."""
    for mark in _MARKS:
        if mark in stream.type or (not stream.type and mark in stream.id):
            return mark
    return ""


def is_incognito(data: dict[str, Any]) -> bool:
    """Whether a browser says of an event that nothing of it is to be kept."""
    return data.get("incognito") is True


def fields_of(kind: str, data: dict[str, Any], stream: Stream) -> dict[str, Any]:
    """Return the fields of the capture that an event of this kind is. Raises ValueError with what is wrong."""
    if is_incognito(data):
        raise ValueError("it was seen in a private window")
    if kind == "window":
        return _window(data)
    if kind == "web":
        return _web(data, stream)
    if kind == "afk":
        return _afk(data)
    if kind == "editor":
        return _editor(data, stream)
    return {"kind": CaptureKind.FOREIGN, "app": stream.type, "text": msgspec.json.encode(data).decode()}


def data_of(capture: Capture) -> dict[str, Any]:
    """Return what a client reads back as an event's data."""
    if capture.kind is CaptureKind.PRESENCE:
        return {"status": _PRESENCE.get(capture.text, capture.text)}
    if capture.kind is CaptureKind.FILE:
        return {"file": capture.text}
    if capture.kind is CaptureKind.URL:
        return {"url": capture.url, "title": capture.title}
    if capture.kind is CaptureKind.FOREIGN:
        return _other(capture.text)
    url = {"url": capture.url} if capture.url else {}
    return {"app": capture.app, "title": capture.title, **url}


def _window(data: dict[str, Any]) -> dict[str, Any]:
    app, title = _text(data, "app"), _text(data, "title")
    if not app and not title:
        raise ValueError("neither program nor title is given")
    return {"kind": CaptureKind.FOCUS, "app": program_id(app), "title": title, "url": _text(data, "url")}


def _web(data: dict[str, Any], stream: Stream) -> dict[str, Any]:
    url = _text(data, "url")
    if not url:
        raise ValueError("no address is given")
    browser = stream.id.removeprefix(_WEB) if stream.id.startswith(_WEB) else stream.client
    if stream.hostname:
        browser = browser.removesuffix(f"_{stream.hostname}")
    app = program_id(browser.removeprefix(_WEB).partition("_")[0])
    return {"kind": CaptureKind.URL, "app": app, "title": _text(data, "title"), "url": url}


def _afk(data: dict[str, Any]) -> dict[str, Any]:
    status = _text(data, "status")
    if status not in _STATUS:
        raise ValueError(f"there is no status “{status[:40]}”")
    return {"kind": CaptureKind.PRESENCE, "text": _STATUS[status]}


def _editor(data: dict[str, Any], stream: Stream) -> dict[str, Any]:
    path = _text(data, "file")
    if not path:
        raise ValueError("no file is given")
    app = stream.id.removeprefix(_WATCHER).partition("_")[0]
    return {"kind": CaptureKind.FILE, "app": program_id(app), "text": path}


def _text(data: dict[str, Any], name: str) -> str:
    value = data.get(name, "")
    if not isinstance(value, str):
        raise ValueError(f"the field “{name}” must be a text")  # noqa: TRY004 - bad records are ValueErrors here
    return value


def _other(text: str) -> dict[str, Any]:
    """Return the JSON that was kept; where it was cut or something was taken out of it, as text."""
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (ValueError, RecursionError):  # DecodeError is a ValueError
        return {"text": text}
