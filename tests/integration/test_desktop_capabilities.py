"""What doctor says of the desktop: with everything there, with nothing there, and on Wayland."""

import pytest

from understudy.adapters.desktop_capabilities import capabilities
from understudy.adapters.notifiers.choice import choose_notifier
from understudy.adapters.open_windows import choose_windows
from understudy.adapters.typing.choice import choose_typer
from understudy.errors import CapabilityMissingError

NAMES = ["notifications", "notification_buttons", "typing", "open_app", "open_url", "scripts"]


def look(environment):
    """Ask for all of them in this environment."""
    notifier = choose_notifier(environment)
    try:
        return capabilities(
            environment,
            notifier=notifier,
            typer=choose_typer(environment),
            windows=choose_windows(environment),
        )
    finally:
        notifier.stop()


@pytest.mark.desktop("xdg-open")
def test_on_a_whole_desktop_everything_is_ready(desktop):
    """X11, a window manager, a notification daemon, an opener."""
    desktop.start_fakes(tray="none")
    assert [(each.name, each.state) for each in look(desktop.env)] == [(name, "ready") for name in NAMES]


def test_without_a_desktop_each_missing_part_has_a_reason_and_a_fix(tmp_path):
    """Nothing is silently absent."""
    found = look({"PATH": str(tmp_path)})
    assert [each.name for each in found] == NAMES
    assert {each.name: each.state for each in found if each.name != "scripts"} == dict.fromkeys(
        NAMES[:-1], "missing"
    )
    assert all(each.text and each.fix for each in found if each.state == "missing")


def test_on_wayland_applications_still_start(tmp_path):
    """What works and what does not is said one by one."""
    states = {each.name: each.state for each in look({"PATH": str(tmp_path), "WAYLAND_DISPLAY": "wayland-0"})}
    assert (states["open_app"], states["typing"]) == ("degraded", "missing")


@pytest.mark.desktop
def test_without_a_window_manager_windows_cannot_be_seen(fresh_desktop):
    """The X server alone is not enough."""
    fresh_desktop.window_manager.kill()
    states = {each.name: each.state for each in look(fresh_desktop.env)}
    assert (states["typing"], states["open_app"]) == ("missing", "degraded")


@pytest.mark.parametrize("environment", [{}, {"WAYLAND_DISPLAY": "wayland-0"}])
def test_windows_that_cannot_be_seen_are_an_error_whatever_is_asked(environment):
    """No empty list that looks like an empty desktop."""
    windows = choose_windows(environment)
    for ask in (
        windows.all,
        windows.active,
        lambda: windows.bring_to_front(1),
        lambda: windows.ask_to_close(1),
    ):
        with pytest.raises(CapabilityMissingError, match="Windows cannot be seen"):
            ask()
