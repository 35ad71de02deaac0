"""Addresses opened with the real xdg-open, which hands them to what the person has set."""

import threading
import time
from pathlib import Path

import pytest

from tests.fakes.action_context import FakeActionContext
from understudy.adapters.actions.open_url import OpenUrl, Parameters
from understudy.adapters.open_windows import choose_windows
from understudy.adapters.url_opener import opener_capability
from understudy.core.action import UndoStatus
from understudy.core.capture import CaptureKind
from understudy.errors import (
    ActionFailedError,
    CapabilityMissingError,
    InvalidInputError,
    StoppedError,
    TimedOutError,
)

PAGE = "https://tracker.example/browse/OPS-12?view=all&x=%20y#top"

REFUSED = [
    "",
    "-h",
    "--version",
    "javascript:alert(1)",
    "data:text/html,x",
    "ftp://files.example/x",
    "vnc://desk.example",
    "steam://run/1",
    "tracker.example/browse",
    "//tracker.example",
    "http:",
    "http://",
    "https:///path",
    "https://bank.example@evil.example/",
    "https://user:secret@tracker.example/",
    "https://tracker.example/a b",
    "https://tracker.example/\n",
    "https://tracker.example/\x00",
    "https://tracker.example/\u202egpj.exe",
    "https://tracker.example/\u200b",
    "https://tracker.example:99999/",
    "https://[::1/",
    "https://tracker.example/" + "x" * 2048,
    "file://server/share/notes.txt",
    "file:notes.txt",
    "file:///home/kim/.local/share/applications/x.desktop",
    "file:///home/kim/x%2Edesktop",
    "file:///home/kim/run.SH",
    "mailto:kim@example.org?attach=/etc/passwd",
    "mailto:kim@example.org?subject=x&%61ttachment=/etc/passwd",
    " https://tracker.example/",
    "\ud800https://tracker.example/",
]

ALLOWED = [
    PAGE,
    "http://localhost:8000/",
    "http://[::1]:8000/",
    "HTTPS://Tracker.Example/",
    "https://müller.example/straße",
    "mailto:kim@example.org?subject=Hello%20there",
    "file:///home/kim/notes.txt",
    "file://localhost/home/kim/notes.txt",
]


def make(environment):
    """The action in this environment."""
    return OpenUrl(windows=choose_windows(environment), environment=environment)


def open_url(opening, url, context=None):
    """Check, prepare and perform, as the engine does."""
    context = context or FakeActionContext()
    parameters = opening.check(Parameters(url=url))
    return opening.perform(parameters, context, opening.prepare(parameters, context))


def set_browser(desktop, script):
    """Make a small program the browser of this desktop: it gets the address as its argument."""
    program = desktop.home / "browser"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    desktop.install_application("page-viewer", f"{program} %u")
    (Path(desktop.env["XDG_CONFIG_HOME"]) / "mimeapps.list").write_text(
        "[Default Applications]\n"
        "x-scheme-handler/https=page-viewer.desktop\nx-scheme-handler/http=page-viewer.desktop\n"
    )
    return desktop.env | {"BROWSER": str(program)}


# ---------------------------------------------------------------- what is opened at all


@pytest.mark.parametrize("url", REFUSED)
def test_everything_but_plain_addresses_is_refused(url):
    """Options, scripts, programs, hidden characters and hidden hosts do not get as far as the opener."""
    with pytest.raises(InvalidInputError):
        make({}).check(Parameters(url=url))


@pytest.mark.parametrize("url", ALLOWED)
def test_plain_addresses_are_taken_as_they_are(url):
    """Nothing is rewritten: what was approved is what is opened."""
    assert make({}).check(Parameters(url=url)).url == url


@pytest.mark.parametrize("url", REFUSED)
def test_a_changed_document_does_not_get_past_the_check_either(url):
    """Whoever edits the journal gains nothing: it is checked again before it is opened."""
    with pytest.raises(InvalidInputError):
        make({"PATH": ""}).perform(Parameters(url=url), FakeActionContext(), {})


# ---------------------------------------------------------------- opening


@pytest.mark.desktop("xdg-open")
def test_the_browser_gets_exactly_the_address(desktop):
    """Question marks, ampersands and per cent signs arrive as they are, as one argument."""
    got = desktop.home / "got"
    opening = make(set_browser(desktop, f'printf "%s\\n" "$#" "$@" >> {got}'))
    performed = open_url(opening, PAGE)
    desktop.until(got.exists, what="the browser to be called")
    assert (got.read_text(), performed.output, performed.undo) == (f"1\n{PAGE}\n", "opened by xdg-open", None)


def test_a_failure_of_the_opener_is_a_failure(tmp_path):
    """Its exit code is believed: it is not called opened."""
    opener = tmp_path / "xdg-open"
    opener.write_text("#!/bin/sh\nexit 3\n")
    opener.chmod(0o755)
    with pytest.raises(ActionFailedError, match="xdg-open ended with exit code 3"):
        open_url(make({"PATH": str(tmp_path)}), "mailto:kim@example.org")


@pytest.mark.desktop("xdg-open", "xterm")
def test_an_opener_that_becomes_the_browser_has_opened_when_its_window_is_there(desktop):
    """Without a desktop environment xdg-open runs the browser itself, and ends only with it."""
    environment = set_browser(desktop, "exec xterm -T page -e cat")
    environment["XDG_CURRENT_DESKTOP"] = ""
    began = time.monotonic()
    assert open_url(make(environment), PAGE).output == "opened by xdg-open"
    assert (desktop.wait_window("page").title, time.monotonic() - began < 10) == ("page", True)
    desktop.windows.close(desktop.window_named("page"))


@pytest.mark.desktop("xdg-open")
def test_an_opener_that_hangs_is_ended_with_its_children(desktop, monkeypatch):
    """No window, no end: that is a failure, and nothing of it is left."""
    monkeypatch.setattr("understudy.adapters.url_opening.LONGEST_WAIT", 0.5)
    environment = set_browser(desktop, "sleep 4801")
    environment["XDG_CURRENT_DESKTOP"] = ""
    with pytest.raises(TimedOutError, match="did not end"):
        open_url(make(environment), PAGE)
    assert desktop.run("pgrep", "-f", "sleep 4801").stdout == ""


@pytest.mark.desktop("xdg-open")
def test_stop_ends_the_opener(desktop):
    """At once, with what it started."""
    environment = set_browser(desktop, "sleep 4802")
    environment["XDG_CURRENT_DESKTOP"] = ""
    context = FakeActionContext()
    threading.Timer(0.5, context.stop.set).start()
    began = time.monotonic()
    with pytest.raises(StoppedError):
        open_url(make(environment), PAGE, context)
    assert (time.monotonic() - began < 1.5, desktop.run("pgrep", "-f", "sleep 4802").stdout) == (True, "")


@pytest.mark.desktop("xdg-open", "xdg-mime")
def test_the_browsers_window_is_announced_before_it_comes(desktop):
    """So that it is not taken for something the person did."""
    context = FakeActionContext()
    open_url(make(set_browser(desktop, "true")), PAGE, context)
    assert [(each.kind, each.app) for each in context.announced] == [(CaptureKind.FOCUS, "page-viewer")]


def test_without_an_opener_the_package_is_named(tmp_path):
    """The person reads what to install."""
    environment = {"PATH": str(tmp_path), "DISPLAY": ":5"}
    with pytest.raises(CapabilityMissingError, match="xdg-utils"):
        make(environment).prepare(Parameters(url=PAGE), FakeActionContext())
    found = opener_capability(environment)
    assert (found.state, found.fix) == ("missing", "Install the package xdg-utils")


def test_gio_opens_where_xdg_open_is_missing(tmp_path):
    """The second choice gets the address as its last argument."""
    got = tmp_path / "got"
    gio = tmp_path / "gio"
    gio.write_text(f'#!/bin/sh\necho "$@" > {got}\n')
    gio.chmod(0o755)
    performed = open_url(make({"PATH": str(tmp_path)}), PAGE)
    assert (got.read_text(), performed.output) == (f"open {PAGE}\n", "opened by gio")


def test_there_is_no_way_back_and_that_is_said():
    """Before, and when asked."""
    opening = make({})
    assert opening.undo_preview(Parameters(url=PAGE)) == "Opening an address cannot be taken back."
    assert opening.undo({}, FakeActionContext()).status is UndoStatus.REFUSED
