"""The notifiers for places without D-Bus: they show what they can, and say what they cannot."""

import sys
import types

import pytest

from understudy.adapters.notifiers.absent import AbsentNotifier
from understudy.adapters.notifiers.choice import choose_notifier
from understudy.adapters.notifiers.loop_thread import LoopThread
from understudy.adapters.notifiers.with_desktop_notifier import LibraryNotifier
from understudy.adapters.notifiers.with_plyer import PlyerNotifier
from understudy.core.ports import Notice
from understudy.errors import CapabilityMissingError, StoppedError

MESSAGE = Notice(key="a", title="Done\n", body="x" * 300)
QUESTION = Notice(key="q", title="Open?", body="", buttons=(("do", "Do it"),))


def test_plyer_gets_short_plain_messages():
    """Cut and cleaned as everywhere."""
    sent = []
    PlyerNotifier(lambda **given: sent.append(given)).show(MESSAGE)
    assert sent == [{"title": "Done", "message": "x" * 239 + "…", "app_name": "Understudy"}]


def test_plyer_shows_no_question():
    """Without buttons nobody could answer; the tray menu asks instead."""
    notifier = PlyerNotifier(lambda **_: pytest.fail("it was shown"))
    for notice, ended in ((QUESTION, None), (MESSAGE, print)):
        with pytest.raises(CapabilityMissingError, match="cannot be shown"):
            notifier.show(notice, ended)


def test_a_failure_of_plyer_is_a_missing_capability():
    """Whatever its back end raises."""

    def fail(**_):
        raise NotImplementedError("No usable implementation found!")

    with pytest.raises(CapabilityMissingError, match="No usable implementation"):
        PlyerNotifier(fail).show(MESSAGE)


def test_plyer_is_reported_as_what_it_is():
    """Degraded: whether a message was shown is unknown."""
    notifier = PlyerNotifier()
    found = notifier.availability()
    assert [(each.name, each.state) for each in found] == [
        ("notifications", "degraded"),
        ("notification_buttons", "missing"),
    ]
    assert (found[0].text.startswith("Shown: unknown"), notifier.close("a"), notifier.stop()) == (
        True,
        False,
        None,
    )


def test_nothing_there_is_an_error_each_time():
    """It never returns as if something had been shown."""
    notifier = AbsentNotifier("There is no session bus", "Log in")
    with pytest.raises(CapabilityMissingError, match="no session bus"):
        notifier.show(MESSAGE)
    assert {(each.state, each.fix) for each in notifier.availability()} == {("missing", "Log in")}
    assert (notifier.close("a"), notifier.stop()) == (False, None)


@pytest.mark.parametrize(
    "platform, installed, expected",
    [
        ("win32", {"desktop_notifier", "plyer"}, LibraryNotifier),
        ("darwin", {"plyer"}, PlyerNotifier),
        ("darwin", set(), AbsentNotifier),
    ],
)
def test_the_choice_on_other_systems_follows_what_is_installed(monkeypatch, platform, installed, expected):
    """The best that is there; nothing if nothing is."""
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: name if name in installed else None)
    assert type(choose_notifier({})) is expected


def test_without_its_library_the_notifier_for_other_systems_says_so():
    """It is untested here, and it fails as the port wants it."""
    notifier = LibraryNotifier()
    try:
        with pytest.raises(CapabilityMissingError, match="desktop_notifier"):
            notifier.show(MESSAGE)
        assert {each.state for each in notifier.availability()} == {"untested"}
        assert notifier.close("a") is False
    finally:
        notifier.stop()


class FakeLibrary:
    """desktop-notifier as far as it is used: keeps what was sent, and lets the test press buttons."""

    sent = []
    cleared = []

    def __init__(self, app_name):
        self.app_name = app_name

    async def send(self, *, on_dispatched, **given):
        self.sent.append(given)
        on_dispatched()
        return f"id-{len(self.sent)}"

    async def clear(self, number):
        self.cleared.append(number)


@pytest.fixture
def library(monkeypatch):
    """A module in place of the one that is not installed here."""
    module = types.ModuleType("desktop_notifier")
    module.DesktopNotifier = type("Fresh", (FakeLibrary,), {"sent": [], "cleared": []})
    module.Button = lambda title, on_pressed: (title, on_pressed)
    monkeypatch.setitem(sys.modules, "desktop_notifier", module)
    notifier = LibraryNotifier()
    yield notifier, module.DesktopNotifier
    notifier.stop()


def test_through_the_library_each_button_ends_the_question_with_its_key(library):
    """Once, whatever is pressed afterwards."""
    notifier, screen = library
    told = []
    notifier.show(QUESTION, told.append)
    ((title, press),) = screen.sent[0]["buttons"]
    press()
    screen.sent[0]["on_dismissed"]()
    assert (title, told) == ("Do it", ["do"])


def test_through_the_library_a_key_is_shown_once(library):
    """The earlier one is taken off the screen, and its listener hears that."""
    notifier, screen = library
    told = []
    notifier.show(QUESTION, told.append)
    notifier.show(QUESTION, told.append)
    assert (told, screen.cleared) == (["closed"], ["id-1"])
    assert (notifier.close("q"), notifier.close("q")) == (True, False)
    assert (told, screen.cleared) == (["closed", "closed"], ["id-1", "id-2"])


def test_a_listener_that_fails_is_logged(library, caplog):
    """The thread of the notifier lives on."""
    notifier, _ = library
    notifier.show(QUESTION, lambda _: 1 / 0)
    assert (notifier.close("q"), "ZeroDivisionError" in caplog.text) == (True, True)


def test_after_the_end_nothing_is_shown():
    """A stopped thread refuses, and stopping twice is fine."""

    async def work():
        return 1

    thread = LoopThread("test")
    assert thread.run(work(), 5) == 1
    thread.stop()
    thread.stop()
    with pytest.raises(StoppedError):
        thread.run(work(), 5)
