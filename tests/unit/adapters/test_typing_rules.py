"""What is typed, into what, and what is not; without a screen."""

import pytest

from tests.fakes.action_context import FakeActionContext
from tests.fakes.typer import FakeTyper
from understudy.adapters.actions.type_text import Parameters, TypeText
from understudy.adapters.focus.active_window import WindowView
from understudy.adapters.typing.choice import choose_typer
from understudy.adapters.typing.port import NoTyper, Place, Typed
from understudy.adapters.typing.prompts import Terminals, asks_password
from understudy.adapters.typing.with_pynput import PynputTyper
from understudy.adapters.typing.x11 import XTyper
from understudy.adapters.typing.x_keyboard import Keyboard, keysym
from understudy.core.action import UndoStatus
from understudy.errors import (
    ActionFailedError,
    CapabilityMissingError,
    InvalidInputError,
    RefusedError,
    StoppedError,
    TimedOutError,
)

PLACE = Place(view=WindowView(id=7, title="Notes", wm_class=("notes", "Notes")), inner=7)


class NoApplications:
    """Nothing is installed."""

    def find(self, name):
        return None

    def named(self, app):
        return app

    def identify(self, wm_class, gtk_id="", exe=""):
        return wm_class[1].lower()


@pytest.fixture
def typer():
    return FakeTyper()


@pytest.fixture
def typing(typer):
    return TypeText(typer=typer, applications=NoApplications())


@pytest.mark.parametrize(
    "text", ["", "x" * 2001, "a\nb", "a\tb", "a\x00b", "a\x1bb", "\u202eabc", "\ud800", "a\u2028b", "\u200b"]
)
def test_what_is_no_plain_text_is_refused_when_saving(typing, text):
    """Nothing invisible, nothing that leads into another field, no line end that was not allowed."""
    with pytest.raises(InvalidInputError):
        typing.check(Parameters(text=text))


@pytest.mark.parametrize("text", ["x", "Grüße", "👨‍👩‍👧 🇩🇪", "नमस्ते", "a b"])
def test_plain_text_of_any_script_is_taken(typing, text):
    """Joiners are part of some scripts and of some emoji."""
    assert typing.check(Parameters(text=text)).text == text


def test_nothing_is_typed_when_the_focus_moved_between_looking_and_typing(typing, typer):
    """The place is that of the intent in the journal."""
    parameters = typing.check(Parameters(text="hello"))
    before = typing.prepare(parameters, FakeActionContext())
    typer.window = 8
    with pytest.raises(RefusedError, match="before the first key"):
        typing.perform(parameters, FakeActionContext(), before)
    assert typer.text == ""


def test_an_undo_that_is_broken_off_is_partly_undone(typing, typer):
    """Some characters are gone, and it is not called undone."""
    performed = typing.perform(typing.check(Parameters(text="hello")), FakeActionContext(), {})

    def break_off(typed, stop, deadline):
        raise InvalidInputError("Typing was broken off", "3 of 5 characters typed")

    typer.erase = break_off
    undone = typing.undo(performed.undo, FakeActionContext())
    assert (undone.status, "3 of 5" in undone.text) == (UndoStatus.PARTLY_UNDONE, True)


# ---------------------------------------------------------------- places for passwords


@pytest.mark.parametrize(
    "view",
    [
        WindowView(id=1, title="Question", wm_class=("pinentry-gtk-2", "Pinentry")),
        WindowView(id=1, title="x", wm_class=("ssh-askpass", "Ssh-askpass")),
        WindowView(id=1, title="Passwords", wm_class=("keepassxc", "KeePassXC")),
        WindowView(
            id=1,
            title="x",
            wm_class=("x", "x"),
            exe="/usr/lib/polkit-gnome/polkit-gnome-authentication-agent-1",
        ),
        WindowView(id=1, title="x", wm_class=("", ""), gtk_id="org.gnome.seahorse.Application"),
        WindowView(id=1, title="Authentication Required", wm_class=("gcr", "Gcr")),
        WindowView(id=1, title="Enter your password", wm_class=("zenity", "Zenity")),
        WindowView(id=1, title="kim@host: [sudo] password for kim", wm_class=("xterm", "XTerm")),
        WindowView(id=1, title="My vault - Bitwarden", wm_class=("firefox", "firefox")),
    ],
    ids=lambda view: f"{view.wm_class[1]} {view.title}",
)
def test_places_for_passwords_are_known(view):
    """By program, by file, by application id, by title."""
    assert asks_password(view) is True


@pytest.mark.parametrize(
    "title, name",
    [
        ("Untitled 1 - Mousepad", "Mousepad"),
        ("How to choose a password — Firefox", "firefox"),
        ("kim@host: ~", "XTerm"),
    ],
)
def test_ordinary_windows_are_typed_into(title, name):
    """The word alone in a title refuses nothing."""
    assert asks_password(WindowView(id=1, title=title, wm_class=(name.lower(), name))) is False


def test_a_window_without_a_process_has_no_terminal():
    """Nothing is opened, nothing is asked."""
    terminals = Terminals(0)
    assert terminals.ask_password() is False
    terminals.close()


# ---------------------------------------------------------------- the keyboard


class SmallKeyboard:
    """A layout with a, A and two spare keys; keeps the changes made to it."""

    def __init__(self, spare=2, rows=None):
        self.rows = rows or [[0x61, 0x41], [0x62, 0x42], *([[0, 0]] * spare)]
        self.changes = []
        self.display = self
        self.info = self
        self.min_keycode, self.max_keycode = 8, 8 + len(self.rows) - 1

    def get_keyboard_mapping(self, first, count):
        return self.rows[first - 8 : first - 8 + count]

    def keysym_to_keycode(self, symbol):
        return 50

    def change_keyboard_mapping(self, first, rows):
        self.changes.append((first, rows))

    def sync(self):
        pass


def test_a_line_end_is_return_and_other_characters_are_themselves():
    """Latin-1 has numbers of its own, everything else is Unicode."""
    assert [keysym(c) for c in "\n\baä€世"] == [0xFF0D, 0xFF08, 0x61, 0xE4, 0x10020AC, 0x1004E16]


def test_two_characters_share_a_spare_key():
    """Half as many changes of the keyboard."""
    display = SmallKeyboard()
    keyboard = Keyboard(display, 0)
    ((piece, needed),) = keyboard.pieces("aäöüb")
    with keyboard.with_spare(needed) as keys:
        assert len({keys[keysym(c)] for c in "aäöüb"}) == 5
        assert display.changes == [(10, [[0xFC, 0xFC], [0xE4, 0xF6]])]
    assert (piece, display.changes[1:]) == ("aäöüb", [(10, [[0, 0], [0, 0]])])


def test_a_text_with_more_characters_than_keys_comes_in_pieces():
    """Each piece fits."""
    keyboard = Keyboard(SmallKeyboard(), 0)
    assert [(piece, len(needed)) for piece, needed in keyboard.pieces("äöüßa漢字")] == [
        ("äöüßa", 4),
        ("漢字", 2),
    ]


def test_without_a_free_key_a_missing_character_is_an_error_that_names_it():
    """Not a wrong character."""
    keyboard = Keyboard(SmallKeyboard(spare=0), 0)
    assert list(keyboard.pieces("ab")) == [("ab", ())]
    with pytest.raises(CapabilityMissingError, match="has no 'ä'"):
        list(keyboard.pieces("abä"))


def test_the_keyboard_is_given_back_when_typing_fails():
    """Whatever happens in between."""
    display = SmallKeyboard()
    keyboard = Keyboard(display, 0)
    with pytest.raises(RuntimeError), keyboard.with_spare((0xE4,)):
        raise RuntimeError
    assert display.changes[-1] == (11, [[0, 0]])


def test_of_two_layouts_the_one_in_use_counts():
    """Its own keys, and those that all layouts share; of a third layout nothing is known."""
    rows = [[0x61, 0x41, 0x6C6, 0x6E6], [0x31, 0x21, 0, 0], [0, 0, 0, 0]]
    second = Keyboard(SmallKeyboard(rows=rows), 1)
    assert [needed for _, needed in second.pieces("1")] == [()]
    assert [needed for _, needed in second.pieces("a")] == [(0x61,)]
    assert [needed for _, needed in Keyboard(SmallKeyboard(rows=rows), 2).pieces("1")] == [(0x31,)]


# ---------------------------------------------------------------- the choice


@pytest.mark.parametrize(
    "environment, kind",
    [
        ({"DISPLAY": ":5"}, XTyper),
        ({"DISPLAY": ":5", "WAYLAND_DISPLAY": "wayland-0"}, NoTyper),
        ({}, NoTyper),
    ],
)
def test_the_typer_follows_the_session(environment, kind):
    """On Wayland nothing is typed, even where XWayland is there."""
    assert type(choose_typer(environment)) is kind


@pytest.mark.parametrize("installed, kind", [(True, PynputTyper), (False, NoTyper)])
def test_elsewhere_it_is_pynput_if_that_is_installed(monkeypatch, installed, kind):
    """And it is called untested."""
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: name if installed else None)
    typer = choose_typer({})
    assert (type(typer), typer.capability().state) == (kind, "untested" if installed else "missing")


def test_no_typer_refuses_everything_with_its_reason():
    """No silent success."""
    typer = NoTyper("There is no desktop.", "Log in")
    asked = (
        typer.look,
        lambda: typer.type("x", PLACE, None, 0.0),
        lambda: typer.erase(Typed(place=PLACE, count=1), None, 0.0),
    )
    for ask in asked:
        with pytest.raises(CapabilityMissingError, match=r"There is no desktop\. Log in"):
            ask()


def test_where_the_window_in_front_is_unknown_pynput_types_nothing():
    """As here, on a system it was not written for."""
    typer = PynputTyper()
    with pytest.raises(RefusedError, match="not known which window"):
        typer.look()
    with pytest.raises(RefusedError, match="cannot be told"):
        typer.erase(Typed(place=PLACE, count=1), None, 0.0)


class OtherSystem:
    """A system with a window in front and a keyboard that pynput would move."""

    def __init__(self, monkeypatch):
        self.front = PLACE.view
        self.text = ""
        module = "understudy.adapters.typing.with_pynput"
        monkeypatch.setattr(f"{module}._front", lambda: self.front)
        monkeypatch.setattr(f"{module}._controller", lambda: self)

    def type(self, character):
        self.text += character
        if character == "!":
            self.front = WindowView(id=8, title="Other", wm_class=("other", "Other"))


@pytest.fixture
def other_system(monkeypatch):
    return OtherSystem(monkeypatch)


def test_elsewhere_the_focus_is_looked_at_before_every_key(other_system):
    """At most the keys before it moved."""
    context = FakeActionContext()
    typed = PynputTyper().type("hello", PynputTyper().look(), context.stop, context.deadline)
    assert (other_system.text, typed.count) == ("hello", 5)
    with pytest.raises(ActionFailedError, match="3 of 5"):
        PynputTyper().type("ab!cd", PLACE, context.stop, context.deadline)
    assert other_system.text == "helloab!"


def test_elsewhere_stop_deadline_and_passwords_count_too(other_system):
    """As on X11."""
    context = FakeActionContext(seconds=-1)
    with pytest.raises(TimedOutError, match="0 of 5"):
        PynputTyper().type("hello", PLACE, context.stop, context.deadline)
    context.stop.set()
    with pytest.raises(StoppedError, match="0 of 5"):
        PynputTyper().type("hello", PLACE, context.stop, context.deadline)
    other_system.front = WindowView(id=7, title="Windows Security", wm_class=("x", "x"))
    with pytest.raises(RefusedError, match="password"):
        PynputTyper().look()
    assert other_system.text == ""
