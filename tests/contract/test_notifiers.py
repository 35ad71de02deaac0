"""What every notifier promises: the fake, and the real one in front of a fake daemon."""

import queue

import pytest

from tests.e2e.notification_drivers import DISMISSED, EXPIRED
from tests.fakes.notifier import FakeNotifier
from understudy.adapters.notifiers.over_dbus import DBusNotifier
from understudy.core.ports import Notice

BUTTONS = (("do", "Do it"), ("never", "Never"))


def notice(key="s-1", title="Open Obsidian?", body="", buttons=BUTTONS):
    """A question with two buttons."""
    return Notice(key=key, title=title, body=body, buttons=buttons, stays=True)


class OnFake:
    """The fake, and the person in front of it."""

    def __init__(self):
        self.notifier = FakeNotifier()

    def titles(self):
        return [shown.title for shown in self.notifier.shown]

    def press(self, key, button):
        self.notifier.press(key, button)

    def dismiss(self, key):
        self.notifier.end(key, "dismissed")

    def expire(self, key):
        self.notifier.end(key, "expired")


class OnDaemon:
    """The real notifier, and the person in front of the fake daemon. Titles are keys here."""

    def __init__(self, desktop):
        desktop.start_fakes(tray="none")
        self.person = desktop.fake_notifications()
        self.notifier = DBusNotifier(desktop.env)

    def titles(self):
        return [shown.title for shown in self.person.shown()]

    def press(self, key, button):
        self.person.press_key(self.person.shown()[-1], button)

    def dismiss(self, key):
        self.person.close(self.person.shown()[-1], DISMISSED)

    def expire(self, key):
        self.person.close(self.person.shown()[-1], EXPIRED)


@pytest.fixture(params=["fake", pytest.param("daemon", marks=pytest.mark.desktop)])
def screen(request):
    """A notifier with somebody in front of it."""
    if request.param == "fake":
        yield OnFake()
        return
    screen = OnDaemon(request.getfixturevalue("desktop"))
    yield screen
    screen.notifier.stop()


def outcomes(screen, shown, act):
    """Show it, act, and return every outcome that was told."""
    told = queue.Queue()
    screen.notifier.show(shown, told.put)
    act()
    first = told.get(timeout=5)
    return [first, *([] if told.empty() else [told.get()])]


def test_a_notice_is_on_screen_when_show_returns(screen):
    """Nothing is called shown that is not."""
    screen.notifier.show(notice())
    assert screen.titles() == ["Open Obsidian?"]


def test_a_button_ends_it_with_its_key(screen):
    """The person's answer is the key of the button."""
    assert outcomes(screen, notice(), lambda: screen.press("s-1", "do")) == ["do"]


def test_a_key_it_does_not_have_is_no_answer(screen):
    """A faulty desktop cannot say yes."""
    assert outcomes(screen, notice(), lambda: screen.press("s-1", "always")) == ["dismissed"]


def test_dismissed_and_expired_are_told_apart(screen):
    """Both are no answer, and each has its name."""
    assert outcomes(screen, notice(), lambda: screen.dismiss("s-1")) == ["dismissed"]
    assert outcomes(screen, notice(), lambda: screen.expire("s-1")) == ["expired"]


def test_close_takes_it_off_the_screen_and_ends_it(screen):
    """What is closed is gone, and its listener hears it once."""
    closed = []
    assert outcomes(screen, notice(), lambda: closed.append(screen.notifier.close("s-1"))) == ["closed"]
    assert (closed, screen.titles()) == ([True], [])


def test_closing_what_is_not_there_says_so(screen):
    """False = it was not there."""
    assert screen.notifier.close("nobody") is False
    screen.notifier.show(notice())
    screen.notifier.close("s-1")
    assert screen.notifier.close("s-1") is False


def test_the_same_key_replaces_what_is_on_screen_and_ends_it(screen):
    """At most one notification a key, and the first listener is not forgotten."""
    first, second = queue.Queue(), queue.Queue()
    screen.notifier.show(notice(title="One"), first.put)
    screen.notifier.show(notice(title="Two"), second.put)
    assert (first.get(timeout=5), screen.titles()) == ("closed", ["Two"])
    screen.press("s-1", "never")
    assert (second.get(timeout=5), first.empty(), second.empty()) == ("never", True, True)


def test_two_keys_stand_side_by_side(screen):
    """Different notices do not touch each other."""
    screen.notifier.show(notice("a", "A"))
    screen.notifier.show(notice("b", "B"))
    assert sorted(screen.titles()) == ["A", "B"]


def test_it_says_what_it_can_do(screen):
    """Messages and buttons are two capabilities."""
    assert [(each.name, each.state) for each in screen.notifier.availability()] == [
        ("notifications", "ready"),
        ("notification_buttons", "ready"),
    ]
