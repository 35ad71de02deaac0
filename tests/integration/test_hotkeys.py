"""Hotkeys on a real X server: held keys, locks, layouts, our own typing, and a server that ends."""

import queue
import subprocess

import pytest
from Xlib import X
from Xlib.display import Display

from tests.e2e.desktop import Desktop
from tests.e2e.waiting import until
from tests.integration.typing_hands import PersonKeys, editor, type_text, typing_on
from understudy.adapters.hotkeys.x11 import AWAY, NO_KEY, TAKEN, XHotkeys
from understudy.core.hotkey import FUNCTION_KEYS, KEYS

pytestmark = pytest.mark.desktop

HOTKEY, LAST = "ctrl+alt+m", "ctrl+alt+p"
GROUP = 13
"""Where the layout that is switched on stands in the state of the keyboard."""
LEAST_HEARD = 120
"""Combinations that a keyboard of twelve F keys has, besides those of the window manager."""


@pytest.fixture(scope="module")
def own_desktop():
    """A desktop whose keyboard these tests may change: others type on the shared one."""
    desktop = Desktop()
    try:
        yield desktop.start()
    finally:
        desktop.stop()


@pytest.fixture
def desk(own_desktop):
    """It, with the keyboard it had and without windows."""
    keyboard(own_desktop, "setxkbmap", "-layout", "us", "-option", "")
    yield own_desktop
    own_desktop.reset()


class Ears:
    """Hotkeys that are heard on a desktop, and what was told of them."""

    def __init__(self, desktop, *hotkeys):
        self.told = queue.Queue()
        self.hotkeys = XHotkeys(desktop.env["DISPLAY"])
        self.hotkeys.listen_to(frozenset((*hotkeys, LAST)))
        self.hotkeys.start(self.told.put)
        until(self.hotkeys._keys.known.is_set, timeout=30, what="the server's word")
        self.refused = self.hotkeys.refused()
        self.presses = []
        """Every key whose press the server has sent us."""
        self._handle = self.hotkeys._keys.handle
        self.hotkeys._keys.handle = self._note
        self._desktop = desktop

    def _note(self, event):
        if event.type == X.KeyPress:
            self.presses.append(event.detail)
        self._handle(event)

    def held(self, *hotkeys):
        """The key of each of these, as it is held."""
        places = self.hotkeys._keys._held
        return tuple(min(code for code, _ in places.get(hotkey, {(0, 0)})) for hotkey in hotkeys)

    def all(self):
        """Everything told so far: a last press marks the end."""
        self._desktop.windows.press(LAST)
        every = []
        while not every or every[-1] != LAST:
            every.append(self.told.get(timeout=10))
        return every[:-1]


@pytest.fixture
def listening(desk):
    """Make ears for hotkeys; they are closed at the end."""
    made = []

    def listen(*hotkeys):
        made.append(Ears(desk, *hotkeys))
        return made[-1]

    yield listen
    for ears in made:
        ears.hotkeys.stop()


def keyboard(desktop, *argv):
    """Change the keyboard, and wait until the server has done it."""
    subprocess.run(argv, env=desktop.env, check=True, timeout=30)


def hands(desktop, *argv):
    subprocess.run(("xdotool", *argv), env=desktop.env, check=True, timeout=30)


# ---------------------------------------------------------------- keys


def test_a_key_that_is_held_down_counts_once(desk, listening):
    """It repeats itself many times a second; that is one press, and the next one is another."""
    ears = listening(HOTKEY)
    keyboard(desk, "xset", "r", "rate", "200", "40")
    for times in (5, 10):
        hands(desk, "keydown", "ctrl", "keydown", "alt", "keydown", "m")
        until(lambda: len(ears.presses) >= times, what="the key to repeat itself")  # noqa: B023  (called at once)
        hands(desk, "keyup", "m", "keyup", "alt", "keyup", "ctrl")
    assert ears.all() == [HOTKEY] * 2


def test_caps_lock_and_num_lock_make_no_difference(desk, listening):
    """All four states of the two."""
    ears = listening(HOTKEY)
    for lock in ("Caps_Lock", "Num_Lock", "Caps_Lock", "Num_Lock"):
        hands(desk, "key", lock)
        hands(desk, "key", HOTKEY)
    assert ears.all() == [HOTKEY] * 4


@pytest.mark.parametrize("layout", ["de", "fr", "us,ru", "ru,us"])
def test_a_changed_layout_moves_the_hotkey_with_its_letter(desk, listening, layout):
    """Y and Z change places between two countries; the letter counts, not the place."""
    ears = listening("ctrl+alt+y", "ctrl+alt+1")
    keyboard(desk, "setxkbmap", "-layout", layout)
    with_letter = codes(desk, "y"), codes(desk, "1")
    until(lambda: ears.held("ctrl+alt+y", "ctrl+alt+1") == with_letter, what="the keyboard to be read")
    for code in with_letter:
        hands(desk, "keydown", "ctrl", "keydown", "alt", "key", str(code), "keyup", "alt", "keyup", "ctrl")
    assert ears.all() == ["ctrl+alt+y", "ctrl+alt+1"]


def codes(desktop, key):
    """The key that bears this now."""
    with_display = Display(desktop.env["DISPLAY"])
    try:
        return min(with_display.keysym_to_keycodes(ord(key)), key=lambda found: found[1])[0]
    finally:
        with_display.close()


def test_with_the_other_layout_switched_on_it_is_the_same_key(desk, listening):
    """Who writes Russian just now still stops everything."""
    keyboard(desk, "setxkbmap", "-layout", "us,ru", "-option", "grp:shifts_toggle")
    ears = listening(HOTKEY)
    code = codes(desk, "m")
    person = PersonKeys(desk.env["DISPLAY"])
    for act in (person.press, person.release):
        act("Shift_L")
        act("Shift_R")
    person.close()
    assert desk.windows.root.query_pointer().mask >> GROUP & 3 == 1
    hands(desk, "keydown", "ctrl", "keydown", "alt", "key", str(code), "keyup", "alt", "keyup", "ctrl")
    assert ears.told.get(timeout=10) == HOTKEY


def test_a_key_that_the_keyboard_lacks_is_told(desk, listening):
    """Until there is one: a changed keyboard is looked at again."""
    ears = listening("f22")
    assert ears.refused == {"f22": NO_KEY}
    found = ears.hotkeys.availability()
    assert (found.state, found.text) == ("degraded", "Not heard are F22: this keyboard has no such key")
    keyboard(desk, "xmodmap", "-e", "keycode 248 = F22")
    until(lambda: ears.hotkeys.refused() == {}, what="the new key")


def test_no_other_key_reaches_us(desk, listening):
    """Whatever is typed elsewhere: the server sends us nothing of it."""
    ears = listening(HOTKEY)
    desk.open_terminal("notes")
    desk.wait_active("notes")
    desk.windows.type_text("my secret is Hunter2!")
    assert ears.all() == []
    assert ears.presses == [codes(desk, "p")]


@pytest.mark.desktop("mousepad")
def test_our_own_typing_is_never_a_hotkey(desk, listening):
    """With each key under one modifier, and those that may stand alone: it presses nothing but Shift and letters."""
    every = {f"{each}+{key}" for each in ("ctrl", "alt", "super") for key in KEYS}
    editor(desk)
    ears = listening(*every, *FUNCTION_KEYS, "pause", "shift+f5")
    assert len(every.difference(ears.refused)) > LEAST_HEARD
    text = "The quick brown fox JUMPS over 13 lazy dogs; äöü € 漢字 {}[]~"
    type_text(typing_on(desk), text)
    until(lambda: desk.editor_text() == text, what="the text")
    assert ears.all() == []


# ---------------------------------------------------------------- the server


def test_after_a_restart_of_the_server_it_is_heard_again(fresh_desktop):
    """The connection comes back by itself, and with it what was asked for meanwhile."""
    ears = Ears(fresh_desktop, HOTKEY)
    try:
        fresh_desktop.x_server.kill()
        ears.hotkeys.listen_to(frozenset({HOTKEY, LAST, "f9"}))
        assert ears.hotkeys.refused() == dict.fromkeys((HOTKEY, LAST, "f9"), AWAY)
        assert ears.hotkeys.availability().state == "missing"
        fresh_desktop.start_x_server()
        until(lambda: ears.hotkeys.refused() == {}, timeout=30, what="the grabs")
        fresh_desktop.windows.press(HOTKEY, "F9")
        assert ears.all() == [HOTKEY, "f9"]
    finally:
        ears.hotkeys.stop()


def test_what_another_program_gives_free_is_had_with_the_next_wish(desk, listening):
    """Nothing tells us that it is free; whatever changes, it is tried again."""
    other, ears = Ears(desk, HOTKEY), listening(HOTKEY)
    assert ears.refused == {HOTKEY: TAKEN, LAST: TAKEN}
    other.hotkeys.stop()

    def is_free():
        ears.hotkeys.listen_to(frozenset({HOTKEY, LAST}))
        return not ears.hotkeys.refused()

    until(is_free, what="the server to hear of the end")
    desk.windows.press(HOTKEY)
    assert ears.all() == [HOTKEY]


def test_without_a_server_wishes_wait_for_it_and_block_nobody():
    """However many there are."""
    hotkeys = XHotkeys(":987")
    hotkeys.start(lambda _: None)
    for number in range(200):
        hotkeys.listen_to(frozenset({f"f{number % 24 + 1}"}))
    assert hotkeys.refused() == {"f8": AWAY}
    hotkeys.stop()
