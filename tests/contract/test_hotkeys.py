"""What everything that hears hotkeys promises: the fake, and the real one on an X server."""

import queue

import pytest

from tests.e2e.waiting import until
from tests.fakes.hotkeys import FakeHotkeys
from understudy.adapters.hotkeys.x11 import XHotkeys

MAIL, STOP = "ctrl+alt+m", "shift+super+esc"


class OnFake:
    """The fake, and the hands at its keyboard."""

    def __init__(self):
        self.hotkeys = FakeHotkeys()
        self.press = self.hotkeys.press

    def settle(self):
        """Wait until it is known what can be had."""

    def take(self, hotkey):
        """Let another program have it."""
        self.hotkeys.taken[hotkey] = "Another program has it"


class OnX:
    """The real one, and the hands at a keyboard of the X server."""

    def __init__(self, desktop):
        self._desktop = desktop
        self.hotkeys = XHotkeys(desktop.env["DISPLAY"])
        self._other = XHotkeys(desktop.env["DISPLAY"])

    def press(self, hotkey):
        self._desktop.windows.press(hotkey.replace("esc", "Escape"))

    def settle(self):
        until(self.hotkeys._keys.known.is_set, timeout=30, what="the server's word")

    def take(self, hotkey):
        self._other.listen_to(frozenset({hotkey}))
        self._other.start(lambda _: None)
        until(lambda: self._other.refused() == {}, timeout=30, what="the other program")

    def leave(self):
        self.hotkeys.stop()
        self._other.stop()


@pytest.fixture(params=["fake", pytest.param("x11", marks=pytest.mark.desktop)])
def keyboard(request):
    """Something that hears, and a keyboard in front of it."""
    if request.param == "fake":
        yield OnFake()
        return
    keyboard = OnX(request.getfixturevalue("desktop"))
    yield keyboard
    keyboard.leave()


def heard(keyboard, *presses):
    """Press these, and return where what is told of them comes in."""
    told = queue.Queue()
    keyboard.hotkeys.start(told.put)
    keyboard.settle()
    for hotkey in presses:
        keyboard.press(hotkey)
    return told


def all_told(told, last):
    """Return everything up to the press that is known to be heard last."""
    every = []
    while not every or every[-1] != last:
        every.append(told.get(timeout=10))
    return every


def test_each_press_of_what_was_asked_for_is_told_once(keyboard):
    """In order, and nothing of what is pressed besides."""
    keyboard.hotkeys.listen_to(frozenset({MAIL, STOP}))
    told = heard(keyboard, MAIL, "ctrl+alt+n", MAIL, "m", STOP)
    assert all_told(told, STOP) == [MAIL, MAIL, STOP]


def test_what_is_no_longer_asked_for_is_no_longer_heard(keyboard):
    """It belongs to other programs again; a new one is heard at once."""
    keyboard.hotkeys.listen_to(frozenset({MAIL}))
    told = heard(keyboard, MAIL)
    keyboard.hotkeys.listen_to(frozenset({STOP}))
    keyboard.settle()
    keyboard.press(MAIL)
    keyboard.press(STOP)
    assert all_told(told, STOP) == [MAIL, STOP]


def test_one_that_another_program_has_is_told_and_keeps_no_other_from_being_heard(keyboard):
    """Not an exception: which, and why; and the rest works."""
    keyboard.take(MAIL)
    keyboard.hotkeys.listen_to(frozenset({MAIL, STOP}))
    told = heard(keyboard, MAIL, STOP)
    assert all_told(told, STOP) == [STOP]
    assert keyboard.hotkeys.refused() == {MAIL: "Another program has it"}
    assert keyboard.hotkeys.availability().state == "degraded"


def test_everything_heard_is_ready(keyboard):
    """And its name is the one that people are told of."""
    keyboard.hotkeys.listen_to(frozenset({MAIL}))
    keyboard.hotkeys.start(lambda _: None)
    keyboard.settle()
    found = keyboard.hotkeys.availability()
    assert (found.name, found.state) == ("hotkeys", "ready")


def test_nothing_is_told_after_the_end(keyboard):
    """Stop is safe to call twice, or before the start."""
    keyboard.hotkeys.stop()
    keyboard.hotkeys.listen_to(frozenset({MAIL}))
    told = heard(keyboard, MAIL)
    until(lambda: not told.empty(), what="the press")
    keyboard.hotkeys.stop()
    keyboard.hotkeys.stop()
    keyboard.press(MAIL)
    assert told.qsize() == 1
