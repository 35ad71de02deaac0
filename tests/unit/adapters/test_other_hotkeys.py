"""Hotkeys where there is no X server: said with what to do, or heard through pynput."""

import sys
from types import SimpleNamespace

import pytest

from understudy.adapters.hotkeys.absent import NoHotkeys
from understudy.adapters.hotkeys.choice import choose_hotkeys
from understudy.adapters.hotkeys.with_pynput import PynputHotkeys, in_pynput
from understudy.adapters.hotkeys.x11 import AWAY, XHotkeys

HOTKEY, LAST = "ctrl+alt+m", "ctrl+alt+p"


@pytest.mark.parametrize(
    "environment, kind, text",
    [
        ({"DISPLAY": ":987"}, XHotkeys, AWAY),
        ({"DISPLAY": ":987", "WAYLAND_DISPLAY": "wayland-0"}, NoHotkeys, "Wayland gives keys to the window"),
        ({}, NoHotkeys, "There is no desktop"),
    ],
)
def test_where_they_cannot_be_heard_that_is_said_with_what_to_do(environment, kind, text):
    """Missing, why, and how to get them; every hotkey that is wanted counts as refused."""
    hotkeys = choose_hotkeys(environment)
    found = hotkeys.availability()
    assert (type(hotkeys), found.name, found.state) == (kind, "hotkeys", "missing")
    assert found.text.startswith(text)
    assert found.fix
    hotkeys.start(lambda _: None)
    hotkeys.listen_to(frozenset({HOTKEY}))
    assert list(hotkeys.refused()) == [HOTKEY]
    hotkeys.stop()


class Listener:
    """In place of pynput's: knows what it was given and whether it listens."""

    made: list["Listener"] = []

    def __init__(self, calls):
        self.calls, self.is_on = calls, False
        self.made.append(self)

    def start(self):
        self.is_on = True

    def stop(self):
        self.is_on = False


def parse(name):
    if "f24" in name:
        raise ValueError(name)


def test_through_pynput_one_listener_at_a_time_has_the_latest_list(monkeypatch):
    """Each list is a listener of its own; what it has no name for is told."""
    keys = SimpleNamespace(GlobalHotKeys=Listener, HotKey=SimpleNamespace(parse=parse))
    monkeypatch.setitem(sys.modules, "pynput", SimpleNamespace(keyboard=keys))
    monkeypatch.setitem(sys.modules, "pynput.keyboard", keys)
    monkeypatch.setattr(Listener, "made", [])
    told, hotkeys = [], PynputHotkeys()
    hotkeys.listen_to(frozenset({HOTKEY}))
    hotkeys.start(told.append)
    hotkeys.listen_to(frozenset({LAST, "f24"}))
    hotkeys.listen_to(frozenset({LAST, "f24"}))
    assert [list(each.calls) for each in Listener.made] == [["<ctrl>+<alt>+m"], ["<ctrl>+<alt>+p"]]
    assert [each.is_on for each in Listener.made] == [False, True]
    Listener.made[-1].calls["<ctrl>+<alt>+p"]()
    assert (told, list(hotkeys.refused()), hotkeys.availability().state) == ([LAST], ["f24"], "untested")
    hotkeys.stop()
    assert not Listener.made[-1].is_on


@pytest.mark.parametrize(
    "hotkey, name",
    [
        ("ctrl+alt+m", "<ctrl>+<alt>+m"),
        ("shift+super+esc", "<shift>+<cmd>+<esc>"),
        ("f9", "<f9>"),
        ("alt+pageup", "<alt>+<page_up>"),
        ("super+print", "<cmd>+<print_screen>"),
        ("ctrl+1", "<ctrl>+1"),
    ],
)
def test_pynput_has_names_of_its_own(hotkey, name):
    """As its documentation lists them."""
    assert in_pynput(hotkey) == name
