"""Text typed into real programs: exactly what was approved, into nothing but the window in front."""

import contextlib
import threading
import time

import pytest
from Xlib import X

from tests.e2e.windows import Windows
from tests.fakes.action_context import FakeActionContext
from tests.integration.typing_hands import PersonKeys, editor, in_front, reader, type_text, typing_on
from understudy.adapters.actions.type_text import Parameters, TypeText
from understudy.adapters.applications import Applications
from understudy.adapters.typing.choice import choose_typer
from understudy.errors import (
    ActionFailedError,
    CapabilityMissingError,
    RefusedError,
    StoppedError,
    TimedOutError,
)

pytestmark = pytest.mark.desktop

ABROAD = "Grüße, Ærøskøbing; 世界漢字; Привет; 🎉🚀 “ok” €5"


@pytest.fixture
def typing(desktop):
    """The action on this desktop."""
    return typing_on(desktop)


@pytest.fixture
def keys(desktop):
    """A keyboard in the hands of the person; what is still down is let go at the end."""
    keyboard = PersonKeys(desktop.env["DISPLAY"])
    yield keyboard
    keyboard.close()


# ---------------------------------------------------------------- exactly the text


@pytest.mark.desktop("mousepad")
def test_an_editor_gets_every_character_exactly(desktop, typing):
    """Letters that no layout here has arrive as they are: umlauts, Chinese, Cyrillic, emoji."""
    editor(desktop)
    performed = type_text(typing, ABROAD)
    assert performed.output == f"{len(ABROAD)} characters"
    arrived = [desktop.editor_text()]
    with contextlib.suppress(TimeoutError):
        desktop.until(lambda: arrived.append(desktop.editor_text()) or arrived[-1] == ABROAD)
    assert arrived[-1] == ABROAD, list(dict.fromkeys(arrived))


def test_a_terminal_gets_every_character_exactly(desktop, typing):
    """Terminals ignore the events other programs send; these are real keys."""
    _, file = reader(desktop, "notes")
    type_text(typing, ABROAD + " plain Words 123 !?")
    desktop.until(
        lambda: file.read_text() == ABROAD + " plain Words 123 !?", 3, f"text, got {file.read_text()!r}"
    )


@pytest.mark.desktop("mousepad")
def test_more_foreign_letters_than_spare_keys_are_typed_in_pieces(desktop, typing):
    """Keys are lent again and again until the text is through."""
    editor(desktop)
    text = "".join(chr(0x4E00 + 7 * number) for number in range(120))
    type_text(typing, text)
    assert desktop.editor_text() == text


@pytest.mark.parametrize("layout", ["de", "fr", "ru", "us"])
def test_the_layout_does_not_matter(desktop, typing, layout):
    """On each layout the same text comes out, and the layout is as it was."""
    desktop.run("setxkbmap", layout)
    try:
        before = desktop.run("xmodmap", "-pke").stdout
        _, file = reader(desktop, "notes")
        type_text(typing, "Zyx azq äß; (1) @ я")
        desktop.until(lambda: file.read_text() == "Zyx azq äß; (1) @ я", 3, file.read_text())
        assert desktop.run("xmodmap", "-pke").stdout == before
    finally:
        desktop.run("setxkbmap", "us")


def test_the_second_of_two_layouts_is_typed_on_as_it_stands(desktop, typing, keys):
    """Whoever has switched to Russian gets Latin letters all the same."""
    desktop.run("setxkbmap", "us,ru", "-option", "grp:shifts_toggle")
    try:
        keys.press("Shift_L")
        keys.press("Shift_R")
        keys.release("Shift_R")
        keys.release("Shift_L")
        _, file = reader(desktop, "notes")
        type_text(typing, "Latin и кириллица, both")
        desktop.until(lambda: file.read_text() == "Latin и кириллица, both", 3, file.read_text())
    finally:
        desktop.run("setxkbmap", "us", "-option", "")


def test_a_line_end_is_typed_only_when_it_was_allowed(desktop, typing):
    """Return runs a command in a terminal: it has to be asked for."""
    _, file = reader(desktop, "notes")
    type_text(typing, "a\nb", newlines=True)
    desktop.until(lambda: file.read_bytes() == b"a\rb", 3, str(file.read_bytes()))


# ---------------------------------------------------------------- only where it belongs


@pytest.mark.timeout(180)
def test_when_the_focus_moves_while_typing_at_most_one_key_goes_astray(desktop, typing):
    """Twenty tries, at twenty moments; the report says how many characters were typed."""
    away, away_file = reader(desktop, "away")
    notes, file = reader(desktop, "notes")
    text = "x" * 2000
    hand = Windows(desktop.env)
    stray = []

    def move_the_focus_after(length):
        desktop.until(lambda: len(file.read_bytes()) > length)
        hand.ask_for_focus(away)

    for turn in range(20):
        desktop.focus(notes)
        before, away_before = len(file.read_bytes()), len(away_file.read_bytes())
        person = threading.Thread(target=move_the_focus_after, args=(before + 7 * turn,))
        person.start()
        with pytest.raises(ActionFailedError, match="The focus moved to another place") as caught:
            type_text(typing, text)
        person.join()
        count = int(caught.value.why.split("; ")[1].split()[0])
        desktop.until(lambda: len(file.read_bytes()) - before >= count - 1, 3)  # noqa: B023
        stray.append(len(away_file.read_bytes()) - away_before)
        assert abs(len(file.read_bytes()) - before - count) <= 1
    hand.disconnect()
    assert max(stray) <= 1, stray


def test_another_application_in_front_gets_nothing(desktop, typing):
    """The text was approved for one application."""
    _, file = reader(desktop, "notes")
    with pytest.raises(RefusedError, match="notes is in front, not ledger"):
        type_text(typing, "secret plan", app="ledger")
    type_text(typing, "hello", app="Notes")
    desktop.until(lambda: file.read_text() == "hello", 3)


def test_nothing_is_typed_when_nothing_has_the_focus(desktop, typing):
    """An empty desktop has no place for keys."""
    with pytest.raises(RefusedError, match="not known which window"):
        type_text(typing, "hello")


@pytest.mark.parametrize(
    "name, title",
    [
        ("pinentry-gtk", "Question"),
        ("polkit-gnome-authentication-agent-1", "x"),
        ("keepassxc", "Passwords.kdbx"),
        ("zenity", "Authentication required"),
        ("terminal", "[sudo] password for kim"),
    ],
)
def test_a_window_that_asks_for_a_password_gets_nothing(desktop, typing, name, title):
    """Known by the program, or by what the title asks."""
    in_front(desktop, desktop.open_terminal(name, title))
    with pytest.raises(RefusedError, match="password"):
        type_text(typing, "hello")


def may_type(typing):
    """Whether it would type into the window in front."""
    try:
        return bool(typing.prepare(Parameters(text="hello"), FakeActionContext()))
    except RefusedError:
        return False


def test_a_terminal_that_reads_without_echo_gets_nothing(desktop, typing):
    """So do sudo and ssh ask; an ordinary prompt in the same terminal is typed into."""
    in_front(
        desktop,
        desktop.open_terminal("shell", command="stty -echo; read secret; stty echo; read answer; cat"),
    )
    time.sleep(0.3)
    with pytest.raises(RefusedError, match="asks for a password"):
        type_text(typing, "hello")
    desktop.windows.press("Return")
    desktop.until(lambda: may_type(typing), what="the end of the question")
    assert type_text(typing, "hello").output == "5 characters"


def test_a_password_prompt_that_comes_up_while_typing_gets_nothing(desktop, typing):
    """The rest of the text stays out of a prompt its first line has opened."""
    file = desktop.home / "secret"
    command = f"read line; stty -echo; read secret; echo $secret > {file}; cat"
    in_front(desktop, desktop.open_terminal("shell", command=command))
    time.sleep(0.3)
    with pytest.raises(ActionFailedError, match="A password is asked for in the terminal"):
        type_text(typing, "go\n" + "x" * 1500, newlines=True)
    desktop.windows.press("Return")
    desktop.until(file.exists)
    assert len(file.read_text().strip()) < 40  # (typed before the prompt was up, and then read by it)


def test_a_menu_that_holds_the_keyboard_gets_nothing(desktop, typing, keys):
    """Menus, lock screens and password prompts grab the keyboard: keys would go to them."""
    reader(desktop, "notes")
    keys.display.screen().root.grab_keyboard(1, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)
    with pytest.raises(RefusedError, match="holds the keyboard"):
        type_text(typing, "hello")


# ---------------------------------------------------------------- the person's hands


def test_caps_lock_is_refused(desktop, typing, keys):
    """It would turn every letter around."""
    _, file = reader(desktop, "notes")
    keys.tap("Caps_Lock")
    with pytest.raises(RefusedError, match="Caps Lock is on"):
        type_text(typing, "hello")
    assert file.read_bytes() == b""


def test_a_held_modifier_is_waited_for(desktop, typing, keys):
    """Whoever has just pressed a shortcut lets go of it; then the text comes, and nothing but the text."""
    _, file = reader(desktop, "notes")
    keys.press("Control_L")
    threading.Timer(0.5, keys.release, ("Control_L",)).start()
    type_text(typing, "hello")
    desktop.until(lambda: file.read_bytes() == b"hello", 3, str(file.read_bytes()))


def test_a_modifier_that_stays_down_is_refused_after_two_seconds(desktop, typing, keys):
    """Ctrl and the letters of a text would be commands."""
    _, file = reader(desktop, "notes")
    keys.press("Control_L")
    began = time.monotonic()
    with pytest.raises(RefusedError, match="A key is held down"):
        type_text(typing, "hello")
    assert (file.read_bytes(), 1.9 < time.monotonic() - began < 3) == (b"", True)


def test_a_key_of_the_person_breaks_it_off(desktop, typing, keys):
    """Two do not type at once: the person goes first."""
    _, file = reader(desktop, "notes")

    def tap_in_between():
        desktop.until(lambda: len(file.read_bytes()) > 50)
        keys.tap("z")

    person = threading.Thread(target=tap_in_between)
    person.start()
    with pytest.raises(ActionFailedError, match=r"You used the keyboard or clicked; \d+ of 2000 characters"):
        type_text(typing, "x" * 2000)
    person.join()
    desktop.until(lambda: b"z" in file.read_bytes(), 3)
    assert len(file.read_bytes().partition(b"z")[2]) <= 1


def test_nothing_is_typed_while_the_person_types(desktop, typing, keys):
    """It waits for a pause, and gives up after two seconds."""
    _, file = reader(desktop, "notes")
    done = threading.Event()

    def go_on_typing():
        while not done.wait(0.1):
            keys.tap("z")

    person = threading.Thread(target=go_on_typing)
    person.start()
    try:
        with pytest.raises(RefusedError, match="using the keyboard yourself"):
            type_text(typing, "hello")
    finally:
        done.set()
        person.join()
    assert set(file.read_bytes()) <= {ord("z")}


# ---------------------------------------------------------------- ends


def test_stop_ends_it_within_fifty_milliseconds(desktop, typing):
    """And says how far it came."""
    reader(desktop, "notes")
    context, stopped = FakeActionContext(), []

    def stop():
        stopped.append(time.monotonic())
        context.stop.set()

    threading.Timer(0.5, stop).start()
    with pytest.raises(StoppedError, match=r"\d+ of 2000 characters typed"):
        type_text(typing, "x" * 2000, context)
    # (the action itself ends once the last keys have been taken in, up to 0.2 s later)
    assert time.monotonic() - stopped[0] < 0.3


def test_the_deadline_ends_it(desktop, typing):
    """A step has its time, and no more."""
    reader(desktop, "notes")
    with pytest.raises(TimedOutError, match=r"\d+ of 2000 characters typed"):
        type_text(typing, "x" * 2000, FakeActionContext(seconds=0.6))


def test_the_keyboard_is_as_before_after_an_interruption(desktop, typing):
    """Lent keys are given back however it ends."""
    before = desktop.run("xmodmap", "-pke").stdout
    reader(desktop, "notes")
    with pytest.raises(TimedOutError):
        type_text(typing, "漢字" * 1000, FakeActionContext(seconds=0.6))
    assert desktop.run("xmodmap", "-pke").stdout == before


def test_an_x_server_that_has_gone_is_a_missing_capability(desktop, typing):
    """The reason names the server."""
    gone = TypeText(
        typer=choose_typer({"DISPLAY": ":998"}), applications=Applications(desktop.env, desktop.home)
    )
    with pytest.raises(CapabilityMissingError, match="X server does not answer"):
        type_text(gone, "hello")


def test_on_wayland_nothing_is_typed_and_the_reason_is_said(desktop):
    """Where the focus cannot be seen, no key is sent."""
    wayland = TypeText(
        typer=choose_typer({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": desktop.env["DISPLAY"]}),
        applications=Applications(desktop.env, desktop.home),
    )
    with pytest.raises(CapabilityMissingError, match="Wayland does not tell"):
        type_text(wayland, "hello")
