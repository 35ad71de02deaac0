"""The hands and eyes of the typing tests: a keyboard of the person, places to type into, and the action itself."""

import itertools
import time

from jeepney import DBusAddress
from Xlib import XK, X, display
from Xlib.ext import xtest

from tests.e2e.accessibility import ACCESSIBLE
from tests.fakes.action_context import FakeActionContext
from understudy.adapters.actions.type_text import Parameters, TypeText
from understudy.adapters.applications import Applications
from understudy.adapters.typing.choice import choose_typer

NUMBERS = itertools.count(1)
FOCUSED = 12
"""The number of the bit among the states that the accessibility bus knows."""


def typing_on(desktop):
    """Return the action on this desktop."""
    return TypeText(typer=choose_typer(desktop.env), applications=Applications(desktop.env, desktop.home))


class PersonKeys:
    """Real keys, down for as long as the test wants."""

    def __init__(self, name):
        self.display = display.Display(name)
        self.down = []

    def code(self, name):
        return self.display.keysym_to_keycode(XK.string_to_keysym(name))

    def press(self, name):
        xtest.fake_input(self.display, X.KeyPress, self.code(name))
        self.display.sync()
        self.down.append(name)

    def release(self, name):
        xtest.fake_input(self.display, X.KeyRelease, self.code(name))
        self.display.sync()
        self.down.remove(name)

    def tap(self, name):
        self.press(name)
        self.release(name)

    def close(self):
        for name in tuple(self.down):
            self.release(name)
        if self.display.screen().root.query_pointer().mask & X.LockMask:
            self.tap("Caps_Lock")
        self.display.close()


def type_text(typing, text, context=None, **options):
    """Check, prepare and perform, as the engine does."""
    context = context or FakeActionContext()
    parameters = typing.check(Parameters(text=text, **options))
    return typing.perform(parameters, context, typing.prepare(parameters, context))


def in_front(desktop, window):
    """Bring it to the front, and wait until the window manager has come to rest with it there."""
    shown = desktop.until(lambda: (found := desktop.window_named(window.title)) and found.width > 1 and found)
    desktop.focus(shown)
    desktop.until(
        lambda: getattr(desktop.windows.display.get_input_focus().focus, "id", 1) > 1, what="a focus"
    )
    time.sleep(0.1)
    return shown


def reader(desktop, name):
    """A terminal in front whose program writes what is typed into a file, each key at once."""
    file = desktop.home / name
    window = desktop.open_terminal(name, command=f"stty raw -echo; touch {file}; exec cat >> {file}")
    desktop.until(file.exists, what="the terminal to listen")
    return in_front(desktop, window), file


def editor(desktop, text=""):
    """Mousepad in front, with the cursor at the end."""
    file = desktop.home / f"letter-{next(NUMBERS)}.txt"  # the window of the test before may still be listed
    file.write_text(text)
    window = in_front(desktop, desktop.open_editor(file))
    desktop.until(lambda: _has_cursor(desktop), what="the cursor in the text")
    desktop.windows.press("ctrl+End")
    desktop.until(lambda: desktop.editor_text() == text, what="the file in the editor")
    return window


def field_of_editor(desktop):
    """The one text of the editor, on the accessibility bus; nothing while there is none, or that of another one."""
    texts = [element for element in desktop.screen.elements("mousepad") if element.role == "text"]
    return texts[0] if len(texts) == 1 else None


def _has_cursor(desktop):
    """Whether the text of the editor has the keyboard, as it says itself."""
    field = field_of_editor(desktop)
    if field is None:
        return False
    service, path = field.reference
    low, _high = desktop.screen.bus.call(DBusAddress(path, service, ACCESSIBLE), "GetState")[0]
    return bool(low >> FOCUSED & 1)
