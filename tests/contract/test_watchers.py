"""What every watcher must keep, whoever wrote it: tried without a desktop and on a busy one."""

import threading
import time
from pathlib import Path

import pytest

from tests.e2e.waiting import until
from understudy.adapters.applications import Applications
from understudy.adapters.clock import SystemClock
from understudy.adapters.plugins import discover
from understudy.adapters.presence import Presence
from understudy.core.capture import Capture, CaptureKind
from understudy.core.ports import Capability

STATES = {"ready", "degraded", "missing", "untested"}


def build(environment, home):
    """Every watcher, for a session with this environment."""
    services = {
        "applications": Applications(environment, home),
        "clock": SystemClock(),
        "environment": environment,
        "home_folder": home,
        "presence": Presence(environment),
    }
    return discover("understudy.adapters.watchers", "understudy.watchers", services)


NAMES = list(build({}, Path()))


@pytest.fixture
def bare(tmp_path):
    """The watchers of a session with nothing: no display, no bus, an empty home."""
    system_bus = {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={tmp_path}/nothing"}
    return build(system_bus, tmp_path)


@pytest.fixture
def on_desktop(desktop):
    """The watchers of a desktop."""
    desktop.start_system_bus()
    return build(desktop.env, desktop.home)


def threads():
    """The threads alive, those of libraries that stay for good left out."""
    return {thread for thread in threading.enumerate() if not thread.name.startswith("InotifyFD")}


# ---------------------------------------------------------------- without anything


@pytest.mark.parametrize("name", NAMES)
def test_a_watcher_says_what_it_is(bare, name):
    """It is found under its own name and tells people what it sees."""
    watcher = bare[name]
    assert watcher.name == name
    assert watcher.title
    assert not watcher.title.endswith(".")


@pytest.mark.parametrize("name", NAMES)
def test_without_a_desktop_a_watcher_says_so_within_a_second(bare, name):
    """No exception, no waiting, and words about what is missing."""
    started = time.monotonic()
    capability = bare[name].availability()
    assert time.monotonic() - started < 1
    assert isinstance(capability, Capability)
    assert (capability.name, capability.state in STATES, bool(capability.text)) == (name, True, True)


@pytest.mark.parametrize("name", NAMES)
def test_to_ask_a_watcher_starts_nothing(bare, name):
    """Availability leaves no thread behind."""
    before = threads()
    bare[name].availability()
    until(lambda: threads() <= before, 2)


@pytest.mark.parametrize("name", NAMES)
def test_a_watcher_can_be_stopped_without_start_and_twice(bare, name):
    """Ending what has ended is fine."""
    bare[name].stop()
    bare[name].start(lambda _: None)
    bare[name].stop()
    bare[name].stop()


@pytest.mark.parametrize("name", NAMES)
def test_without_a_desktop_a_watcher_starts_and_ends_in_time(bare, name):
    """Start never blocks, stop takes less than a second, and no thread stays."""
    before = threads()
    started = time.monotonic()
    bare[name].start(lambda _: None)
    assert time.monotonic() - started < 0.5
    started = time.monotonic()
    bare[name].stop()
    assert time.monotonic() - started < 1
    until(lambda: threads() <= before, 2)


# ---------------------------------------------------------------- on a desktop


def keep_busy(desktop):
    """Do a bit of everything that any of the watchers could see."""
    desktop.open_terminal("busy")
    desktop.wait_active("busy")
    with (desktop.home / ".bash_history").open("a") as history:
        history.write("make busy\n")
    desktop.windows.clear()


@pytest.mark.desktop
@pytest.mark.parametrize("name", NAMES)
def test_what_a_watcher_reports_is_a_valid_capture_of_its_own(desktop, on_desktop, name):
    """Each has a time, a kind and the watcher's own name; all of it can be stored."""
    captures = []
    on_desktop[name].start(captures.append)
    time.sleep(0.3)
    keep_busy(desktop)
    time.sleep(0.3)
    on_desktop[name].stop()
    now = SystemClock().now()
    for capture in captures:
        assert isinstance(capture, Capture)
        assert isinstance(capture.kind, CaptureKind)
        assert (capture.source, 0 < capture.at <= now) == (name, True)
        assert capture.digest > 0
        assert capture.run_id == ""


@pytest.mark.desktop
@pytest.mark.parametrize("name", NAMES)
def test_after_stop_a_watcher_reports_nothing(desktop, on_desktop, name):
    """Whatever happens then, and however much of it was seen before."""
    captures = []
    on_desktop[name].start(captures.append)
    time.sleep(0.3)
    on_desktop[name].stop()
    seen = len(captures)
    keep_busy(desktop)
    time.sleep(0.5)
    assert len(captures) == seen


@pytest.mark.desktop
@pytest.mark.parametrize("name", NAMES)
def test_started_twice_a_watcher_reports_everything_once(desktop, on_desktop, name):
    """The second start changes nothing; after a stop it begins again."""
    captures = []
    on_desktop[name].start(captures.append)
    on_desktop[name].start(captures.append)
    time.sleep(0.3)
    keep_busy(desktop)
    time.sleep(0.3)
    on_desktop[name].stop()
    identities = [
        (capture.kind, capture.app, capture.title, capture.text, capture.at) for capture in captures
    ]
    assert len(identities) == len(set(identities))
    before = len(captures)
    on_desktop[name].start(captures.append)
    time.sleep(0.3)
    keep_busy(desktop)
    if before:
        until(lambda: len(captures) > before, 5, "something new")
    on_desktop[name].stop()


@pytest.mark.desktop
@pytest.mark.parametrize("name", NAMES)
def test_a_watcher_survives_the_end_of_the_desktop(fresh_desktop, name):
    """X server and bus are killed under it: no exception, nothing spins, and stop still takes no time."""
    watcher = build(fresh_desktop.env, fresh_desktop.home)[name]
    watcher.start(lambda _: None)
    time.sleep(0.3)
    fresh_desktop.bus_daemon.kill()
    fresh_desktop.x_server.kill()
    used = time.process_time()
    time.sleep(1)
    assert time.process_time() - used < 0.3
    started = time.monotonic()
    watcher.stop()
    assert time.monotonic() - started < 1
