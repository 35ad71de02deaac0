"""The windows watcher on a real desktop: what is told when the last window of a program closes."""

import pytest

from tests.e2e.waiting import until
from tests.fakes.running_clock import RunningClock
from understudy.adapters.applications import Applications
from understudy.adapters.watchers.windows import WindowsWatcher
from understudy.core.capture import CaptureKind

pytestmark = pytest.mark.desktop("xterm")


@pytest.fixture
def seen(desktop):
    """What the watcher reported."""
    captures = []
    applications = Applications(desktop.env, desktop.home)
    watcher = WindowsWatcher(RunningClock(1_780_000_000_000), desktop.env, applications)
    watcher.start(captures.append)
    try:
        yield captures
    finally:
        watcher.stop()


def test_the_last_window_of_a_program_that_closes_is_told_once(desktop, seen):
    """The first of two windows closes in silence, the second is told with the program's identity."""
    first = desktop.open_terminal("meeting", title="first")
    second = desktop.open_terminal("meeting", title="second")
    desktop.open_terminal("notes")
    desktop.windows.close(first)
    until(lambda: desktop.window_named("first") is None, what="the first to close")
    desktop.windows.close(second)
    (capture,) = until(lambda: list(seen), what="the report")
    assert (capture.kind, capture.app, capture.text) == (CaptureKind.STATE, "meeting", "closed")
    desktop.windows.close(desktop.window_named("notes"))
    until(lambda: [each.app for each in seen] == ["meeting", "notes"], what="the second report")
