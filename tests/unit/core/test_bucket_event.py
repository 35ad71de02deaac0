"""Events of ActivityWatch's buckets become captures, and read back as what was kept of them."""

import pytest

from understudy.core.bucket import Bucket
from understudy.core.bucket_event import data_of, fields_of, kind_of
from understudy.core.capture import Capture, CaptureKind


def a_bucket(bucket_id="aw-watcher-window_desk", kind="currentwindow", client="aw-watcher-window"):
    return Bucket(id=bucket_id, type=kind, client=client, hostname="desk", created_at=1)


WINDOW = a_bucket()
WEB = a_bucket("aw-watcher-web-firefox", "web.tab.current", "aw-client-web")
NAMED_WEB = a_bucket("my-tabs", "web.tab.current", "aw-watcher-web-Google Chrome_desk")
HOST_WEB = a_bucket("aw-watcher-web-brave_desk", "web.tab.current", "aw-client-web")
AFK = a_bucket("aw-watcher-afk_desk", "afkstatus")
EDITOR = a_bucket("aw-watcher-vscode_desk", "app.editor.activity")
OTHER = a_bucket("aw-watcher-spotify_desk", "currently-playing")


def round_trip(bucket, data):
    """(capture without time and source, what a client reads back)."""
    capture = Capture(at=1, source="s", **fields_of(kind_of(bucket), data, bucket))
    seen = (capture.kind, capture.app, capture.title, capture.url, capture.text)
    return seen, data_of(capture)


@pytest.mark.parametrize(
    "bucket,data,seen,back",
    [
        (
            WINDOW,
            {"app": "Gnome-terminal-server", "title": "~"},
            (CaptureKind.FOCUS, "org.gnome.Terminal", "~", "", ""),
            {"app": "org.gnome.Terminal", "title": "~"},
        ),
        (
            WINDOW,
            {"app": "Safari", "title": "a", "url": "https://a.example/"},
            (CaptureKind.FOCUS, "safari", "a", "https://a.example/", ""),
            {"app": "safari", "title": "a", "url": "https://a.example/"},
        ),
        (
            WEB,
            {"url": "https://a.example/b", "title": "B", "audible": True, "incognito": False, "tabCount": 4},
            (CaptureKind.URL, "firefox", "B", "https://a.example/b", ""),
            {"url": "https://a.example/b", "title": "B"},
        ),
        (AFK, {"status": "afk"}, (CaptureKind.PRESENCE, "", "", "", "idle"), {"status": "afk"}),
        (AFK, {"status": "not-afk"}, (CaptureKind.PRESENCE, "", "", "", "active"), {"status": "not-afk"}),
        (
            EDITOR,
            {"file": "/a/b.py", "project": "a", "language": "py"},
            (CaptureKind.FILE, "code", "", "", "/a/b.py"),
            {"file": "/a/b.py"},
        ),
        (
            OTHER,
            {"track": "A", "n": 1},
            (CaptureKind.FOREIGN, "currently-playing", "", "", '{"track":"A","n":1}'),
            {"track": "A", "n": 1},
        ),
    ],
)
def test_each_kind_keeps_what_the_module_says(bucket, data, seen, back):
    """The rest of an event's data is not kept, and not made up when it is read."""
    assert round_trip(bucket, data) == (seen, back)


@pytest.mark.parametrize(
    "bucket,browser", [(WEB, "firefox"), (NAMED_WEB, "google-chrome"), (HOST_WEB, "brave-browser")]
)
def test_the_browser_is_known_from_the_bucket_or_its_client(bucket, browser):
    """However the extension of the day writes it."""
    assert fields_of("web", {"url": "https://a.example/"}, bucket)["app"] == browser


@pytest.mark.parametrize(
    "bucket,data,why",
    [
        (WINDOW, {"title": ""}, "neither program nor title"),
        (WINDOW, {"app": 7}, "“app” must be a text"),
        (WEB, {"title": "a"}, "no address"),
        (WEB, {"url": "https://a.example/", "incognito": True}, "private window"),
        (AFK, {"status": "hibernating"}, "“hibernating”"),
        (EDITOR, {"project": "a"}, "no file"),
    ],
)
def test_what_cannot_be_used_is_said(bucket, data, why):
    """The message names what is wrong."""
    with pytest.raises(ValueError, match=why):
        fields_of(kind_of(bucket), data, bucket)


def test_a_bucket_without_a_type_is_known_by_its_name():
    """As in old exports; one that says nothing is of no known kind."""
    kinds = [kind_of(a_bucket(each, "")) for each in ("aw-watcher-afk_desk", "aw-watcher-window_desk", "x")]
    assert kinds == ["afk", "window", ""]


@pytest.mark.parametrize("text", ['{"a":"cut he', "[1]", ""])
def test_json_that_was_cut_reads_back_as_text(text):
    """What is left of it is shown, as what it is."""
    capture = Capture(at=1, source="s", kind=CaptureKind.FOREIGN, app="x", text=text)
    assert data_of(capture) == {"text": text}


def test_a_presence_that_clients_do_not_know_keeps_its_own_word():
    """A locked screen is neither here nor away in their words."""
    capture = Capture(at=1, source="s", kind=CaptureKind.PRESENCE, text="locked")
    assert data_of(capture) == {"status": "locked"}
