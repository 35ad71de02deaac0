"""What every test shares: the profile for generated cases, and a desktop for the tests that ask for one."""

import os

import hypothesis
import pytest

from tests.e2e.capabilities import missing_for_desktop

hypothesis.settings.register_profile("understudy", deadline=None, print_blob=True)
hypothesis.settings.load_profile("understudy")


DESKTOP_FIXTURES = {"desktop", "fresh_desktop", "shared_desktop"}


def pytest_runtest_setup(item):
    """Skip a desktop test by the name of what is missing; where a desktop is required, fail instead."""
    programs = [program for marker in item.iter_markers("desktop") for program in marker.args]
    if not (item.get_closest_marker("desktop") or DESKTOP_FIXTURES & set(item.fixturenames)):
        return
    reason = missing_for_desktop(programs)
    if reason and os.environ.get("UNDERSTUDY_REQUIRE_DESKTOP") == "1":
        pytest.fail(reason, pytrace=False)
    if reason:
        pytest.skip(reason)


@pytest.fixture(scope="session")
def shared_desktop():
    """One desktop for the whole run; tests take it as `desktop`, which is empty each time."""
    from tests.e2e.desktop import Desktop

    desktop = Desktop()
    try:
        yield desktop.start()
    finally:
        desktop.stop()


@pytest.fixture
def desktop(shared_desktop):
    """A desktop without windows and with an empty home; what the test starts ends with it."""
    try:
        yield shared_desktop
    finally:
        shared_desktop.reset()


@pytest.fixture
def fresh_desktop():
    """A desktop of the test's own, for tests that kill parts of it."""
    from tests.e2e.desktop import Desktop

    desktop = Desktop()
    try:
        yield desktop.start()
    finally:
        desktop.stop()
